"""Definitions in the admin: made, changed, withdrawn and deleted by the API's rules."""

from datetime import UTC, datetime

import pytest

from credentials.models import CredentialDefinition, IssuerProfile
from credentials.organization_credentials import deletion
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.admin.award_pages import act, page, press, told
from tests.admin.catalogue_pages import DEFINITIONS, add, opened, save
from tests.admin.conftest import Browser, errors
from tests.factories import assertion, definition, issuer_profile


@pytest.fixture
def school(acme: Tenant) -> IssuerProfile:
    return issuer_profile(acme)


@pytest.fixture
def welder(acme: Tenant, school: IssuerProfile) -> CredentialDefinition:
    return definition(acme, issuer=school)


# --- Made and changed


def test_admin_adds_a_definition_with_all_that_it_may_say(
    acme_admin: Browser, school: IssuerProfile
) -> None:
    fields = {
        "issuer": school.pk,
        "name": "Welder",
        "description": "One\r\ntwo",
        "credential_type": "A type of our own",
        "criteria_url": "https://school.example/criteria",
        "criteria_text": "Weld.",
        "issuing_signal": "COURSE_PASSED",
        "courses": "course-v1:Acme+W1\r\n\r\n spaced \r\n",
        "programs": "Metalwork",
        "issued_on_0": "2026-01-31",
        "issued_on_1": "09:30:00",
        "expires_at_0": "2026-02-01",
        "expires_at_1": "00:00:00",
        "valid_for_amount": "2",
        "valid_for_duration": "years",
        "html_template": "<b>{{ recipient_name }}</b>\r\n",
        "css_template": "b { color: red }",
        "icon_image": "https://school.example/icon.png",
    }
    response = add(acme_admin, DEFINITIONS, **fields)

    assert response.status_code == 302
    row = CredentialDefinition.objects.get()
    assert (row.tenant_id, row.issuer_id) == (school.tenant_id, school.pk)
    assert (row.description, row.html_template) == ("One\ntwo", "<b>{{ recipient_name }}</b>\n")
    assert (row.courses, row.programs) == (["course-v1:Acme+W1", " spaced "], ["Metalwork"])
    assert row.issued_on == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert row.expires_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert (row.valid_for_amount, row.valid_for_duration) == (2, "years")
    assert (row.is_public, row.revoked) == (True, False)
    for name in ("name", "credential_type", "criteria_url", "issuing_signal", "icon_image"):
        assert getattr(row, name) == fields[name]
    event = Event.objects.get(object_kind="credentialdefinition")
    assert (event.action, event.actor_id) == ("created", acme_admin.user.pk)


def test_a_new_definition_is_a_certificate_and_public_unless_said_otherwise(
    acme_admin: Browser, school: IssuerProfile
) -> None:
    form = opened(acme_admin, f"{DEFINITIONS}add/")
    del form["is_public"]

    add(acme_admin, DEFINITIONS, issuer=school.pk, name="Plain")
    acme_admin.post(f"{DEFINITIONS}add/", form | {"issuer": school.pk, "name": "Private"})

    found = CredentialDefinition.objects.order_by("id")
    assert list(found.values_list("name", "credential_type", "is_public")) == [
        ("Plain", "CERTIFICATE", True),
        ("Private", "CERTIFICATE", False),
    ]
    offered = acme_admin.get(f"{DEFINITIONS}add/").content.decode()
    assert '<option value="PATHWAY_CERTIFICATE">' in offered


def test_superuser_adds_a_definition_to_the_tenant_of_its_issuer(
    root: Browser, acme: Tenant, globex: Tenant
) -> None:
    response = add(root, DEFINITIONS, issuer=issuer_profile(globex).pk, name="Welder")

    assert response.status_code == 302
    assert CredentialDefinition.objects.get().tenant_id == globex.pk


def test_another_tenants_issuer_and_a_deleted_one_are_not_named(
    acme_admin: Browser, globex: Tenant, school: IssuerProfile
) -> None:
    deletion.delete(school, by=OPERATOR)

    for issuer in (school, issuer_profile(globex)):
        response = add(acme_admin, DEFINITIONS, issuer=issuer.pk, name="Welder")
        assert "Select a valid choice." in errors(response)
    assert not CredentialDefinition.objects.exists()


def test_admin_changes_a_definition_with_one_event(
    acme_admin: Browser, welder: CredentialDefinition
) -> None:
    changed = {"name": "Welder II", "valid_for_amount": "18", "valid_for_duration": "months"}

    assert save(acme_admin, welder, **changed, courses="W1").status_code == 302

    assert told(welder) == [
        (
            "changed",
            {
                "name": "Welder II",
                "courses": ["W1"],
                "valid_for_amount": 18,
                "valid_for_duration": "months",
            },
        )
    ]


def test_what_may_be_absent_is_cleared(acme: Tenant, acme_admin: Browser) -> None:
    row = definition(
        acme,
        courses=["W1"],
        issued_on=datetime(2026, 1, 1, tzinfo=UTC),
        valid_for_amount=1,
        valid_for_duration="days",
        issuing_signal="COURSE_PASSED",
        criteria_url="https://school.example/",
    )
    names = ("courses", "issued_on_0", "issued_on_1", "valid_for_amount", "valid_for_duration")
    blank = dict.fromkeys((*names, "issuing_signal", "criteria_url"), "")

    assert save(acme_admin, row, **blank).status_code == 302

    row.refresh_from_db()
    assert (row.courses, row.issued_on, row.valid_for_amount) == ([], None, None)
    assert (row.valid_for_duration, row.issuing_signal, row.criteria_url) == ("", "", "")


@pytest.mark.parametrize(
    ("fields", "at", "complaint"),
    [
        ({"name": "x" * 1001}, "name", "no more than 1000 characters"),
        ({"credential_type": "x" * 256}, "credential_type", "no more than 255 characters"),
        ({"criteria_url": "ftp://x.example"}, "criteria_url", "Write an http or https URL."),
        ({"icon_image": "data:image/png;base64,AA"}, "icon_image", "Write an http or https URL."),
        ({"courses": "a\r\nb\r\na"}, "courses", "“a”: This name came before."),
        ({"courses": "\r\n".join(map(str, range(101)))}, "courses", "no more than 100"),
        ({"programs": f"ok\r\n{'x' * 256}"}, "programs", "no more than 255 characters"),
        ({"programs": "ok\r\n \t"}, "programs", "may not be blank"),
        ({"valid_for_amount": "1"}, "valid_for_duration", "This field is required."),
        ({"valid_for_duration": "days"}, "valid_for_amount", "This field is required."),
        (
            {"valid_for_amount": "5001", "valid_for_duration": "days"},
            "valid_for_amount",
            "less than or equal to 5000",
        ),
        ({"issuing_signal": "COURSE_LOST"}, "issuing_signal", "Select a valid choice."),
        ({"html_template": "x" * 65_537}, "html_template", "no more than 65536 characters"),
        ({"issued_on_0": "soon"}, "issued_on", "Enter a valid date."),
        (
            {"issued_on_0": "2026-02-02", "expires_at_0": "2026-02-01"},
            "expires_at",
            "must not be before",
        ),
    ],
)
def test_what_the_api_refuses_is_refused_at_its_field(
    acme_admin: Browser,
    welder: CredentialDefinition,
    fields: dict[str, str],
    at: str,
    complaint: str,
) -> None:
    times = {f"{name[:-1]}1": "00:00:00" for name in fields if name.endswith("_0")}

    response = save(acme_admin, welder, **fields, **times)

    assert response.status_code == 200
    assert complaint in str(response.context["adminform"].form.errors[at])
    assert told(welder) == []
    shown = opened(acme_admin, page(welder))
    assert shown["name"] == "Welder"


def test_a_bound_of_the_window_is_compared_with_the_one_that_is_stored(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = definition(acme, expires_at=datetime(2026, 2, 1, 0, 0, 0, 500, tzinfo=UTC))

    response = save(acme_admin, row, issued_on_0="2026-02-02", issued_on_1="00:00:00")

    assert "must not be before" in errors(response)
    row.refresh_from_db()
    assert row.expires_at == datetime(2026, 2, 1, 0, 0, 0, 500, tzinfo=UTC)


def test_the_issuer_stays_as_in_the_api(
    acme: Tenant, acme_admin: Browser, welder: CredentialDefinition
) -> None:
    other = issuer_profile(acme, name="Other")

    assert save(acme_admin, welder, issuer=other.pk, name="Welder II").status_code == 302

    kept = CredentialDefinition.objects.get()
    assert (kept.issuer_id, kept.name) == (welder.issuer_id, "Welder II")


# --- Withdrawn and deleted


def test_many_are_withdrawn_and_offered_again_with_an_event_each(
    acme: Tenant, acme_admin: Browser
) -> None:
    rows = [definition(acme, name=f"Welder {number}") for number in range(3)]

    done = act(acme_admin, "withdraw", *rows)
    assert "3 credential definitions withdrawn." in done.content.decode()
    assert CredentialDefinition.objects.filter(revoked=True).count() == 3

    done = act(acme_admin, "offer_again", *rows)
    assert "3 credential definitions offered again." in done.content.decode()
    assert told(rows[0]) == [("changed", {"revoked": True}), ("changed", {"revoked": False})]


def test_a_definition_without_valid_assertions_is_deleted_with_an_event(
    acme_admin: Browser, welder: CredentialDefinition
) -> None:
    assert acme_admin.post(f"{DEFINITIONS}{welder.pk}/delete/", {"post": "yes"}).status_code == 302

    welder.refresh_from_db()
    assert welder.deleted_at is not None
    assert [action for action, _ in told(welder)] == ["deleted"]
    assert acme_admin.rows(DEFINITIONS) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_with_valid_assertions_is_not_deleted_and_the_page_says_why(
    acme_admin: Browser, welder: CredentialDefinition, method: str
) -> None:
    assertion("ada", welder)

    path = f"{DEFINITIONS}{welder.pk}/delete/"
    response = acme_admin.send(method, path, {"post": "yes"}, follow=True)

    assert "Assertions of this definition are valid." in response.content.decode()
    assert response.request["PATH_INFO"] == f"/admin/{page(welder)}"
    welder.refresh_from_db()
    assert welder.deleted_at is None
    assert told(welder) == []


# --- Who may


def test_who_issues_reads_public_definitions_and_changes_nothing(
    acme: Tenant, acme_issuer: Browser, welder: CredentialDefinition
) -> None:
    hidden = definition(acme, name="Secret", is_public=False)

    assert acme_issuer.rows(DEFINITIONS) == [welder]
    shown = acme_issuer.get(page(welder))
    assert shown.status_code == 200
    assert "Show preview" not in shown.content.decode()
    for path in (page(hidden), f"{DEFINITIONS}{hidden.pk}/history/"):
        assert "Secret" not in acme_issuer.get(path, follow=True).content.decode()
    for path in (page(welder), f"{DEFINITIONS}add/", f"{DEFINITIONS}{welder.pk}/delete/"):
        assert acme_issuer.post(path, {"name": "Mine", "post": "yes"}).status_code == 403
    assert press(acme_issuer, "withdraw", welder).status_code == 403
    welder.refresh_from_db()
    assert (welder.name, welder.revoked, welder.deleted_at) == ("Welder", False, None)


def test_an_admin_reads_private_definitions(acme: Tenant, acme_admin: Browser) -> None:
    hidden = definition(acme, name="Secret", is_public=False)

    assert acme_admin.rows(DEFINITIONS) == [hidden]
    assert acme_admin.get(page(hidden)).status_code == 200
