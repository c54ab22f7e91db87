"""Assertions in the admin: issued by the engine, revoked for good, and never changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from credentials.organization_credentials import deletion
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.admin.award_pages import ask, confirm, page, told
from tests.admin.catalogue_pages import ASSERTIONS, add
from tests.admin.conftest import Browser, errors, staff
from tests.conftest import make_member
from tests.factories import assertion, definition

ACT = f"{ASSERTIONS}act/"


@pytest.fixture
def welder(acme: Tenant) -> CredentialDefinition:
    return definition(acme)


@pytest.fixture
def held(ada: Membership, welder: CredentialDefinition) -> Assertion:
    return assertion("ada", welder)


# --- Issued


@pytest.mark.parametrize("name", ["ADA", "ada@acme.example"])
def test_issuer_issues_to_a_member_by_name_or_address(
    acme_issuer: Browser, ada: Membership, welder: CredentialDefinition, name: str
) -> None:
    fields = {"narrative": "Ten\r\nseams", "evidence_url": "https://school.example/e"}

    response = add(acme_issuer, ASSERTIONS, definition=welder.pk, identity=name, **fields)

    assert response.status_code == 302
    made = Assertion.objects.get()
    assert (made.holder_id, made.identity, made.definition_id) == (ada.user_id, name, welder.pk)
    assert (made.narrative, made.evidence_url) == ("Ten\nseams", fields["evidence_url"])
    assert made.expires_at is None
    event = Event.objects.get(object_kind="assertion")
    assert (event.action, event.actor_id) == ("awarded", acme_issuer.user.pk)


def test_issuer_issues_to_somebody_who_is_no_member_yet(
    acme_issuer: Browser, welder: CredentialDefinition
) -> None:
    sent = {"definition": welder.pk, "identity": "newton@royal.example"}

    assert add(acme_issuer, ASSERTIONS, **sent).status_code == 302

    made = Assertion.objects.get()
    assert (made.holder_id, made.identity) == (None, "newton@royal.example")
    assert acme_issuer.get(page(made)).status_code == 200


def test_superuser_issues_in_the_tenant_of_the_definition(root: Browser, globex: Tenant) -> None:
    response = add(root, ASSERTIONS, definition=definition(globex).pk, identity="newton")

    assert response.status_code == 302
    assert Assertion.objects.get().tenant_id == globex.pk


def test_an_expiry_that_is_written_comes_before_that_of_the_definition(
    acme: Tenant, acme_issuer: Browser
) -> None:
    of = definition(acme, valid_for_amount=1, valid_for_duration="years")
    expiry = {"expires_at_0": "2999-12-31", "expires_at_1": "00:00:00"}

    add(acme_issuer, ASSERTIONS, definition=of.pk, identity="ada", **expiry)
    add(acme_issuer, ASSERTIONS, definition=of.pk, identity="newton")

    written, usual = Assertion.objects.order_by("id")
    assert written.expires_at == datetime(2999, 12, 31, tzinfo=UTC)
    assert usual.expires_at == usual.awarded_at + relativedelta(years=1)


@pytest.mark.parametrize(
    ("fields", "at", "complaint"),
    [
        ({"identity": ""}, "identity", "This field is required."),
        ({"identity": " "}, "identity", "This field may not be blank."),
        ({"identity": "x" * 256}, "identity", "no more than 255 characters"),
        ({"evidence_url": "ftp://x.example"}, "evidence_url", "Write an http or https URL."),
        ({"narrative": "x" * 65_537}, "narrative", "no more than 65536 characters"),
        (
            {"expires_at_0": "2020-01-01", "expires_at_1": "00:00:00"},
            "expires_at",
            "What has expired already is not issued.",
        ),
        ({"definition": "999999"}, "definition", "Select a valid choice."),
        ({"definition": "first"}, "definition", "Select a valid choice."),
    ],
)
def test_what_the_api_refuses_is_refused_at_its_field(
    acme_issuer: Browser, welder: CredentialDefinition, fields: Any, at: str, complaint: str
) -> None:
    sent = {"definition": welder.pk, "identity": "ada"} | fields

    response = add(acme_issuer, ASSERTIONS, **sent)

    assert response.status_code == 200
    assert complaint in str(response.context["adminform"].form.errors[at])
    assert not Assertion.objects.exists()
    assert not Event.objects.filter(object_kind="assertion").exists()


def test_who_holds_it_is_not_given_it_again(
    acme_issuer: Browser, held: Assertion, welder: CredentialDefinition
) -> None:
    response = add(acme_issuer, ASSERTIONS, definition=welder.pk, identity="ADA")

    assert "holds a live assertion" in errors(response)
    assert Assertion.objects.count() == 1


def test_a_withdrawn_definition_and_another_tenants_issue_nothing(
    acme_issuer: Browser, globex: Tenant, welder: CredentialDefinition
) -> None:
    changes.change(welder, {"revoked": True}, by=OPERATOR)

    withdrawn = add(acme_issuer, ASSERTIONS, definition=welder.pk, identity="ada")
    foreign = add(acme_issuer, ASSERTIONS, definition=definition(globex).pk, identity="ada")

    assert "The definition is withdrawn" in errors(withdrawn)
    assert "Select a valid choice." in errors(foreign)
    assert not Assertion.objects.exists()


def test_issuers_issue_what_is_private_and_choose_it_by_its_name(
    acme: Tenant, acme_issuer: Browser
) -> None:
    hidden = definition(acme, name="Secret", is_public=False)
    asked = {"app_label": "credentials", "model_name": "assertion", "field_name": "definition"}

    found = acme_issuer.get("autocomplete/", {**asked, "term": "sec"}).json()["results"]

    assert [each["text"] for each in found] == ["Secret"]
    assert add(acme_issuer, ASSERTIONS, definition=hidden.pk, identity="ada").status_code == 302


def test_what_was_deleted_is_not_offered(
    acme_issuer: Browser, welder: CredentialDefinition
) -> None:
    deletion.delete(welder, by=OPERATOR)

    response = add(acme_issuer, ASSERTIONS, definition=welder.pk, identity="ada")

    assert "Select a valid choice." in errors(response)


# --- Revoked


def test_to_revoke_asks_for_a_reason_and_writes_an_event_each(
    acme_issuer: Browser, held: Assertion, welder: CredentialDefinition
) -> None:
    other = assertion("newton", welder)
    question = ask(acme_issuer, "revoke", held, other)
    assert "Revoke 2 assertions:" in question.content.decode()
    assert "ada · Welder" in question.content.decode()
    assert "Optional" not in question.content.decode()

    again = confirm(acme_issuer, question, reason=" ")
    assert "This field is required." in again.content.decode()
    assert not Assertion.objects.filter(status="revoked").exists()

    done = confirm(acme_issuer, question, reason="Copied")
    assert "2 assertions revoked." in done.content.decode()
    for row in (held, other):
        row.refresh_from_db()
        assert (row.status, row.revocation_reason) == ("revoked", "Copied")
        assert told(row)[-1][0] == "revoked"
    assert Event.objects.filter(action="revoked", actor=acme_issuer.user).count() == 2


def test_a_revocation_stands(acme_issuer: Browser, held: Assertion) -> None:
    lifecycle.move(held, "revoked", by=OPERATOR, reason="Copied")

    shown = acme_issuer.get(ASSERTIONS).content.decode()
    assert '<option value="revoke">' in shown
    assert "award_again" not in shown
    acme_issuer.post(ASSERTIONS, {"action": "award_again", "_selected_action": held.pk})
    sent = {"act": "award_again", "chosen": held.pk, "reason": "Cleared"}
    assert acme_issuer.post(ACT, sent).status_code == 400

    held.refresh_from_db()
    assert held.status == "revoked"


def test_one_is_revoked_from_its_page(acme_issuer: Browser, held: Assertion) -> None:
    form = '<form method="post" action="/admin/credentials/assertion/">'
    assert form in acme_issuer.get(page(held)).content.decode()

    confirm(acme_issuer, ask(acme_issuer, "revoke", held), reason="Copied <b>")

    shown = acme_issuer.get(page(held)).content.decode()
    assert form not in shown
    assert "Copied &lt;b&gt;" in shown
    assert acme_issuer.user.username in shown
    assert f'/c/{held.uuid}"' in shown


def test_staff_does_not_revoke_a_foreign_one(acme_issuer: Browser, globex: Tenant) -> None:
    foreign = assertion("gus", definition(globex))

    sent = {"act": "revoke", "chosen": foreign.pk, "reason": "x"}
    done = acme_issuer.post(ACT, sent, follow=True)

    assert "0 assertions revoked." in done.content.decode()
    foreign.refresh_from_db()
    assert foreign.status == "awarded"


# --- Who may


@pytest.mark.parametrize("who", ["acme_issuer", "acme_admin", "root"])
def test_nobody_changes_or_deletes_one(request: Any, held: Assertion, who: str) -> None:
    browser = request.getfixturevalue(who)
    sent = {"identity": "newton", "narrative": "Mine", "post": "yes"}

    assert browser.post(page(held), sent).status_code == 403
    assert browser.post(f"{ASSERTIONS}{held.pk}/delete/", sent).status_code == 403
    held.refresh_from_db()
    assert (held.identity, held.narrative) == ("ada", "")


def test_staff_of_the_role_member_sees_nothing(acme: Tenant, held: Assertion) -> None:
    browser = staff(make_member(acme, "mia"))
    issuers = "credentials/issuerprofile/"

    for path in (
        ASSERTIONS,
        page(held),
        f"{ASSERTIONS}add/",
        f"{ASSERTIONS}export/",
        ACT,
        issuers,
    ):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


def test_the_history_button_leads_administrators_to_the_events(
    acme_issuer: Browser, acme_admin: Browser, held: Assertion
) -> None:
    path = f"{ASSERTIONS}{held.pk}/history/"

    assert path in acme_admin.get(page(held)).content.decode()
    assert path not in acme_issuer.get(page(held)).content.decode()
    shown = acme_admin.rows(acme_admin.get(path).headers["Location"])
    assert [event.object_id for event in shown] == [held.pk]


def test_the_page_of_one_whose_definition_was_deleted_still_names_it(
    acme_issuer: Browser, held: Assertion, welder: CredentialDefinition
) -> None:
    lifecycle.move(held, "revoked", by=OPERATOR, reason="Copied")
    deletion.delete(welder, by=OPERATOR)

    assert "Welder" in acme_issuer.get(page(held)).content.decode()
    assert acme_issuer.rows(ASSERTIONS) == [held]


def test_expired_ones_can_still_be_revoked(
    acme_issuer: Browser, welder: CredentialDefinition
) -> None:
    past = timezone.now() - timedelta(days=9)
    row = assertion("newton", welder)
    Assertion.objects.update(awarded_at=past, expires_at=past + timedelta(days=1))

    confirm(acme_issuer, ask(acme_issuer, "revoke", row), reason="Copied")

    row.refresh_from_db()
    assert row.status == "revoked"
