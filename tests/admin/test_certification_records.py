"""Records in the admin: added and changed by the engine, under the rules of the API."""

from datetime import date
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.models import Certification, CertificationType
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.admin.award_pages import page, told
from tests.admin.certification_pages import ACT, RECORDS, add, faults, opened, save
from tests.admin.conftest import Browser, errors, staff
from tests.answers import stored
from tests.conftest import make_member
from tests.factories import certification, certification_type

FACTS: dict[str, Any] = {
    "issued_on": "2026-01-01",
    "expires_on": "2030-01-01",
    "issuer_name": "Red Cross",
    "serial_number": "RC-17",
    "external_source": "hr",
    "external_id": "17",
}


@pytest.fixture
def kind(acme: Tenant) -> CertificationType:
    return certification_type(acme)


@pytest.fixture
def held(acme: Tenant, ada: Membership, kind: CertificationType) -> Certification:
    facts = {"issued_on": date(2026, 1, 1), "issuer_name": "Red Cross", "serial_number": "RC-17"}
    pair = {"external_source": "hr", "external_id": "17"}
    return certification(acme, ada.user, type=kind.uuid, **facts, **pair)


# --- Added


def test_issuer_adds_a_record_of_a_member(
    acme_issuer: Browser, ada: Membership, kind: CertificationType
) -> None:
    response = add(acme_issuer, RECORDS, membership=ada.pk, certification_type=kind.pk, **FACTS)

    assert response.status_code == 302
    made = Certification.objects.get()
    assert (made.membership_id, made.certification_type_id) == (ada.pk, kind.pk)
    assert (made.issued_on, made.expires_on) == (date(2026, 1, 1), date(2030, 1, 1))
    assert (made.issuer_name, made.serial_number) == ("Red Cross", "RC-17")
    assert (made.source, made.verification_status) == ("manual", "unverified")
    event = Event.objects.get(object_kind="certification")
    assert (event.action, event.actor_id) == ("created", acme_issuer.user.pk)


def test_a_record_needs_no_more_than_its_member(acme_issuer: Browser, ada: Membership) -> None:
    assert add(acme_issuer, RECORDS, membership=ada.pk).status_code == 302

    made = Certification.objects.get()
    assert (made.certification_type, made.issuer_name, made.external_id) == (None, None, None)


def test_superuser_adds_in_the_tenant_of_the_member(root: Browser, globex: Tenant) -> None:
    standard, member = certification_type(None), make_member(globex, "gus")

    done = add(root, RECORDS, membership=member.pk, certification_type=standard.pk)

    assert done.status_code == 302
    made = Certification.objects.get()
    assert (made.tenant_id, made.type_owner) == (globex.pk, 0)


@pytest.mark.parametrize(
    ("fields", "at", "complaint"),
    [
        ({"membership": ""}, "membership", "This field is required."),
        ({"membership": "999999"}, "membership", "Select a valid choice."),
        ({"certification_type": "first"}, "certification_type", "Select a valid choice."),
        ({"issued_on": "2023-02-29"}, "issued_on", "Enter a valid date."),
        ({"issued_on": "12/25/2023"}, "issued_on", "Enter a valid date."),
        ({"issued_on": "2030-01-02"}, "expires_on", "The last day is before the first one"),
        ({"issuer_name": " "}, "issuer_name", "This field may not be blank."),
        ({"serial_number": "x" * 256}, "serial_number", "no more than 255 characters"),
        ({"source": "guess"}, "source", "Select a valid choice."),
    ],
)
def test_what_the_api_refuses_is_refused_at_its_field(
    acme_issuer: Browser, ada: Membership, fields: Any, at: str, complaint: str
) -> None:
    response = add(acme_issuer, RECORDS, **{"membership": ada.pk, **FACTS, **fields})

    assert complaint in str(faults(response)[at])
    assert not Certification.objects.exists()
    assert not Event.objects.filter(object_kind="certification").exists()


def test_foreign_members_and_types_and_archived_types_are_refused(
    acme_issuer: Browser, globex: Tenant, ada: Membership, kind: CertificationType
) -> None:
    changes.change(kind, {"status": "archived"}, by=OPERATOR)
    foreign = certification_type(globex, slug="foreign")

    member = add(acme_issuer, RECORDS, membership=make_member(globex, "gus").pk)
    kinds = [
        add(acme_issuer, RECORDS, membership=ada.pk, certification_type=each.pk)
        for each in (foreign, kind)
    ]

    assert "Select a valid choice." in str(faults(member)["membership"])
    assert "Select a valid choice." in str(faults(kinds[0])["certification_type"])
    assert "no such active" in str(faults(kinds[1])["certification_type"])
    assert not Certification.objects.exists()


def test_to_add_is_not_to_change_what_the_external_pair_names(
    acme_issuer: Browser, ada: Membership, held: Certification
) -> None:
    before = stored(held)

    response = add(acme_issuer, RECORDS, membership=ada.pk, **FACTS | {"serial_number": "other"})

    assert "The member has a record of this external source" in errors(response)
    assert stored(held) == before
    assert told(held) == []


# --- Changed


def test_a_page_sent_back_untouched_changes_nothing(
    acme_issuer: Browser, held: Certification
) -> None:
    before = stored(held)

    assert save(acme_issuer, held).status_code == 302

    assert stored(held) == before
    assert told(held) == []


def test_what_is_written_is_changed_and_what_was_verified_is_no_longer(
    acme_issuer: Browser, held: Certification
) -> None:
    Certification.objects.update(
        verification_status="verified", last_verified_at="2026-01-02T00:00:00Z"
    )

    assert save(acme_issuer, held, serial_number="RC-18").status_code == 302

    held.refresh_from_db()
    assert (held.serial_number, held.verification_status) == ("RC-18", "unverified")
    action, after = told(held)[0]
    assert action == "changed"
    assert after == {"serial_number": "RC-18", "verification_status": "unverified"}


def test_what_is_emptied_is_taken_away(acme_issuer: Browser, held: Certification) -> None:
    emptied = dict.fromkeys([*FACTS, "certification_type"], "")

    assert save(acme_issuer, held, **emptied).status_code == 302

    held.refresh_from_db()
    assert {getattr(held, name) for name in emptied} == {None}
    assert held.source == "manual"


def test_an_archived_type_stays_on_its_record_and_comes_on_no_other(
    acme: Tenant, acme_issuer: Browser, held: Certification, kind: CertificationType
) -> None:
    changes.change(kind, {"status": "archived"}, by=OPERATOR)
    other = certification_type(acme, slug="other", status="archived")

    assert save(acme_issuer, held, serial_number="RC-18").status_code == 302
    refused = save(acme_issuer, held, certification_type=other.pk)

    assert "no such active" in str(faults(refused)["certification_type"])
    held.refresh_from_db()
    assert held.certification_type_id == kind.pk


def test_dates_in_the_wrong_order_are_refused_also_when_one_is_changed(
    acme_issuer: Browser, held: Certification
) -> None:
    response = save(acme_issuer, held, expires_on="2025-12-31")

    assert "before the first one" in str(faults(response)["expires_on"])
    held.refresh_from_db()
    assert held.expires_on is None


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    acme_issuer: Browser, held: Certification
) -> None:
    sent = opened(acme_issuer, page(held))
    changing.change(held, {"serial_number": "RC-99"}, by=OPERATOR)

    response = acme_issuer.post(page(held), sent | {"issuer_name": "Mine"})

    assert "changed by somebody else" in errors(response)
    held.refresh_from_db()
    assert (held.serial_number, held.issuer_name) == ("RC-99", "Red Cross")


def test_the_member_of_a_record_stays(
    acme_issuer: Browser, acme: Tenant, held: Certification, ada: Membership
) -> None:
    other = make_member(acme, "other")

    save(acme_issuer, held, membership=other.pk, verification_status="verified")

    held.refresh_from_db()
    assert (held.membership_id, held.verification_status) == (ada.pk, "unverified")


# --- Who may


@pytest.mark.parametrize("who", ["acme_issuer", "acme_admin", "root"])
def test_nobody_deletes_one(request: Any, held: Certification, who: str) -> None:
    browser = request.getfixturevalue(who)

    assert browser.post(f"{RECORDS}{held.pk}/delete/", {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": held.pk, "post": "yes"}
    browser.post(RECORDS, sent)
    assert Certification.objects.filter(pk=held.pk).exists()


def test_staff_of_the_role_member_sees_nothing(acme: Tenant, held: Certification) -> None:
    browser = staff(make_member(acme, "mia"))

    for path in (RECORDS, page(held), f"{RECORDS}add/", f"{RECORDS}export/", ACT):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403
    for what in ("members", "types"):
        assert browser.get(f"{RECORDS}{what}/").status_code == 403


def test_the_page_tells_the_newest_events_and_leads_administrators_to_all(
    acme_issuer: Browser, acme_admin: Browser, held: Certification
) -> None:
    save(acme_issuer, held, serial_number="RC-18")
    history = f"{RECORDS}{held.pk}/history/"

    shown = acme_issuer.get(page(held)).content.decode()
    assert "<td>changed</td>" in shown
    assert history not in shown
    assert history in acme_admin.get(page(held)).content.decode()
    events = acme_admin.rows(acme_admin.get(history).headers["Location"])
    assert [event.object_id for event in events] == [held.pk, held.pk]
