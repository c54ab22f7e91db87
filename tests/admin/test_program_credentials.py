"""Awards in the admin: made by name, changed with an event each, shown with their history."""

import re
from typing import Any

import pytest

from credentials.models import Course, Program, UserCredential
from credentials.program_credentials.awards import Note
from credentials.program_credentials.models import Attribute
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.admin.award_pages import ADD, LIST, ask, confirm, page, sent, told
from tests.admin.conftest import Browser, errors
from tests.conftest import make_member
from tests.factories import award, program

Status = UserCredential.Status


# --- Added


def test_issuer_awards_a_member_by_name_with_attributes(
    acme_issuer: Browser, ada: Membership, welding: Course
) -> None:
    response = acme_issuer.post(
        ADD, sent(("GRADE", "final grade", "0.5"), username="ADA", course=welding.pk)
    )

    assert response.status_code == 302
    made = UserCredential.objects.get()
    assert (made.holder_id, made.course_id, made.status) == (ada.user_id, welding.pk, "awarded")
    note = Attribute.objects.get(user_credential=made)
    assert (note.namespace, note.name, note.value) == ("grade", "Final Grade", "0.5")
    event = Event.objects.get(object_kind="usercredential")
    assert (event.action, event.actor_id) == ("awarded", acme_issuer.user.pk)


def test_issuer_awards_somebody_who_is_no_member_yet(
    acme_issuer: Browser, metalwork: Program
) -> None:
    assert acme_issuer.post(ADD, sent(username="newton", program=metalwork.pk)).status_code == 302
    made = UserCredential.objects.get()
    assert (made.holder_id, made.username) == (None, "newton")
    assert acme_issuer.get(page(made)).status_code == 200
    assert acme_issuer.rows(f"{LIST}?q=newton") == [made]


def test_superuser_awards_in_the_tenant_of_the_program(
    root: Browser, acme: Tenant, metalwork: Program
) -> None:
    assert root.post(ADD, sent(username="newton", program=metalwork.pk)).status_code == 302
    assert UserCredential.objects.get().tenant_id == acme.pk


@pytest.mark.parametrize(
    ("fields", "notes", "complaint"),
    [
        ({"username": ""}, [], "This field is required."),
        ({"username": "x" * 256}, [], "at most 255 characters"),
        ({"program": ""}, [], "Choose a program or a course, one of the two."),
        ({"course": "welding"}, [], "Choose a program or a course, one of the two."),
        ({"program": "999999"}, [], "Select a valid choice."),
        ({"program": "first"}, [], "Select a valid choice."),
        ({}, [("grade", "Final Grade", "0.5")], "takes only the attribute whitelist"),
        ({}, [("whitelist", "Reason", "x")], "always Whitelist"),
        ({}, [("whitelist", "Whitelist", "")], "Please correct the attributes."),
        ({}, [("whitelist", "Whitelist", "x"), ("WHITELIST", "whitelist", "y")], "came before"),
    ],
)
def test_what_the_api_refuses_is_refused_and_nothing_is_awarded(
    acme_issuer: Browser,
    metalwork: Program,
    welding: Course,
    fields: dict[str, str],
    notes: Any,
    complaint: str,
) -> None:
    data: dict[str, Any] = {"username": "ada", "program": metalwork.pk, **fields}
    if data.get("course"):
        data["course"] = welding.pk

    response = acme_issuer.post(ADD, sent(*notes, **data))

    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert not UserCredential.objects.exists()
    assert not Event.objects.filter(object_kind="usercredential").exists()


def test_an_inactive_program_is_not_awarded(acme_issuer: Browser, metalwork: Program) -> None:
    changes.change(metalwork, {"is_active": False}, by=OPERATOR)

    response = acme_issuer.post(ADD, sent(username="ada", program=metalwork.pk))

    assert "no longer awarded" in errors(response)
    assert not UserCredential.objects.exists()


def test_another_tenants_program_is_not_awarded(acme_issuer: Browser, globex: Tenant) -> None:
    response = acme_issuer.post(ADD, sent(username="ada", program=program(globex).pk))

    assert "Select a valid choice." in errors(response)
    assert not UserCredential.objects.exists()


@pytest.mark.parametrize("name", ["ada", "ADA", "newton", "NewTon"])
def test_to_add_does_not_award_again_what_was_revoked(
    acme_issuer: Browser, ada: Membership, metalwork: Program, name: str
) -> None:
    known = [award(each, metalwork, status="revoked") for each in ("ada", "newton")]

    response = acme_issuer.post(ADD, sent(username=name, program=metalwork.pk))

    assert "This person has this award already; it is revoked." in errors(response)
    assert set(UserCredential.objects.values_list("pk", "status")) == {
        (row.pk, "revoked") for row in known
    }


# --- Changed


def test_a_status_is_changed_with_its_reason_and_an_event(
    acme_issuer: Browser, held: UserCredential
) -> None:
    known = tuple(held.attributes.all())

    revoked = acme_issuer.post(page(held), sent(known=known, status="revoked", reason="Copied"))
    again = acme_issuer.post(
        page(held),
        sent(known=known, reason="Mistaken", **{"status": "awarded", "initial-status": "revoked"}),
    )

    assert (revoked.status_code, again.status_code) == (302, 302)
    held.refresh_from_db()
    assert (held.status, held.revoked_at, held.revocation_reason) == ("awarded", None, "")
    (first, facts), (second, more) = told(held)
    assert (first, facts["revocation_reason"]) == ("revoked", "Copied")
    assert (second, more["reason"]) == ("awarded", "Mistaken")


def test_an_award_of_an_inactive_program_can_be_revoked(
    acme_issuer: Browser, metalwork: Program
) -> None:
    row = award("ada", metalwork)
    changes.change(metalwork, {"is_active": False}, by=OPERATOR)

    assert acme_issuer.post(page(row), sent(status="revoked")).status_code == 302

    row.refresh_from_db()
    assert row.status == Status.REVOKED


def test_an_attribute_is_changed_and_another_added_in_one_event(
    acme_issuer: Browser, held: UserCredential
) -> None:
    (grade,) = held.attributes.all()
    grade.value = "0.9"
    data = sent(("whitelist", "Whitelist", "Late"), known=(grade,), status="awarded")
    # The names of what exists are not the browser's to choose.
    data |= {"attributes-0-namespace": "other", "attributes-0-name": "Other"}

    assert acme_issuer.post(page(held), data).status_code == 302

    stored = held.attributes.values_list("namespace", "name", "value")
    assert list(stored) == [
        ("grade", "Final Grade", "0.9"),
        ("whitelist", "Whitelist", "Late"),
    ]
    ((action, facts),) = told(held)
    assert (action, len(facts["attributes"])) == ("changed", 2)


def test_a_form_that_changes_nothing_writes_nothing(
    acme_issuer: Browser, held: UserCredential
) -> None:
    modified_at = held.modified_at

    data = sent(known=tuple(held.attributes.all()), status="awarded")
    assert acme_issuer.post(page(held), data).status_code == 302

    held.refresh_from_db()
    assert held.modified_at == modified_at
    assert told(held) == []


def test_a_page_that_was_overtaken_undoes_nothing(
    acme_issuer: Browser, held: UserCredential, welding: Course
) -> None:
    """It shows the old status and the old grade; only a whitelist is written into it."""
    data = sent(
        ("whitelist", "Whitelist", "Late"), known=tuple(held.attributes.all()), status="awarded"
    )
    award("ada", welding, Note("grade", "Final Grade", "0.95"), status="revoked")

    assert acme_issuer.post(page(held), data).status_code == 302

    held.refresh_from_db()
    assert held.status == Status.REVOKED
    assert sorted(held.attributes.values_list("value", flat=True)) == ["0.95", "Late"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"status": "lost"}, "Select a valid choice."),
        ({"reason": "x" * 1001, "status": "revoked"}, "at most 1000 characters"),
        ({"reason": "because"}, "Only a new status has a reason."),
        ({"attributes-0-value": "2", "status": "revoked"}, "Write a number from 0 to 1"),
        ({"attributes-0-value": "", "status": "revoked"}, "Please correct the attributes."),
        ({"attributes-TOTAL_FORMS": "x"}, "Please correct the attributes."),
    ],
)
def test_a_faulty_change_is_refused_as_a_whole(
    acme_issuer: Browser, held: UserCredential, fields: dict[str, Any], complaint: str
) -> None:
    data = sent(known=tuple(held.attributes.all()), status="awarded") | fields

    response = acme_issuer.post(page(held), data)

    assert response.status_code == 200
    assert complaint in response.content.decode()
    held.refresh_from_db()
    assert held.status == Status.AWARDED
    assert told(held) == []


def test_the_older_award_of_a_mere_name_is_not_confused_with_the_holders(
    acme: Tenant, acme_issuer: Browser, metalwork: Program
) -> None:
    waiting = award("ada", metalwork)
    make_member(acme, "ada")
    UserCredential.objects.filter(pk=waiting.pk).update(holder=None)
    theirs = award("ada", metalwork)
    note = ("whitelist", "Whitelist", "x")

    response = acme_issuer.post(page(waiting), sent(note, status="awarded"))

    assert "Another award of this certificate" in errors(response)
    assert not theirs.attributes.exists()


def test_the_page_shows_who_revoked_and_why_and_leads_to_the_public_page(
    acme_issuer: Browser, held: UserCredential
) -> None:
    confirm(acme_issuer, ask(acme_issuer, "revoke", held), reason="Copied <b>")

    shown = acme_issuer.get(page(held)).content.decode()

    row = re.search(r"<td>revoked</td>(.*?)</tr>", shown, re.DOTALL)
    assert row
    assert acme_issuer.user.username in row[1]
    assert "Copied &lt;b&gt;" in row[1]
    assert f'/c/{held.uuid}"' in shown


def test_history_names_nobody_from_outside_of_the_tenant(
    acme_issuer: Browser, root: Browser, held: UserCredential
) -> None:
    confirm(root, ask(root, "revoke", held))

    shown = acme_issuer.get(page(held)).content.decode()

    assert "(platform)" in shown
    assert "root" not in shown


def test_the_history_button_is_for_administrators(
    acme_issuer: Browser, acme_admin: Browser, held: UserCredential
) -> None:
    path = f"{LIST}{held.pk}/history/"

    assert path in acme_admin.get(page(held)).content.decode()
    assert path not in acme_issuer.get(page(held)).content.decode()
    shown = acme_admin.rows(acme_admin.get(path).headers["Location"])
    assert [event.object_id for event in shown] == [held.pk]
    assert acme_issuer.get(path, follow=True).status_code == 403
