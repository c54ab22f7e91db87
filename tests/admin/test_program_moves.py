"""Awards in the admin: many revoked or awarded again at once, after a question; and who may."""

import re
from typing import Any

import pytest

from credentials.core import lifecycle
from credentials.models import Program, UserCredential
from tenants import admin_actions, members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.award_pages import ACT, ADD, LIST, ask, confirm, page, told
from tests.admin.conftest import Browser, staff
from tests.conftest import make_member
from tests.factories import award, program

Status = UserCredential.Status


def test_revoking_many_asks_first_and_then_writes_an_event_each(
    acme_issuer: Browser, metalwork: Program
) -> None:
    rows = [award(f"learner{number:02}", metalwork) for number in range(25)]
    award("learner00", metalwork, status="revoked")

    question = ask(acme_issuer, "revoke", *rows, query="?q=learner")

    text = question.content.decode()
    assert "Revoke 25 program credentials" in text
    assert "learner19" in text
    assert "learner20" not in text
    assert "and 5 more" in text
    assert "1 of them is revoked already" in text
    assert UserCredential.objects.filter(status="revoked").count() == 1

    done = confirm(acme_issuer, question, reason="Wrong list")

    assert "24 program credentials revoked." in done.content.decode()
    assert done.request["QUERY_STRING"] == "q=learner"
    stored = UserCredential.objects.filter(revocation_reason="Wrong list", status="revoked")
    assert stored.count() == 24
    events = Event.objects.filter(action="revoked", actor=acme_issuer.user)
    assert {event.object_id for event in events} == {row.pk for row in rows[1:]}


def test_awarding_again_keeps_its_reason_in_the_history(
    acme_issuer: Browser, held: UserCredential
) -> None:
    lifecycle.move(held, Status.REVOKED, by=OPERATOR, reason="Copied")

    done = confirm(acme_issuer, ask(acme_issuer, "award_again", held), reason="Cleared")

    assert "1 program credential awarded again." in done.content.decode()
    held.refresh_from_db()
    assert (held.status, held.revoked_at, held.revocation_reason) == ("awarded", None, "")
    assert told(held)[-1][0] == "awarded"
    assert told(held)[-1][1]["reason"] == "Cleared"
    assert "Cleared" in acme_issuer.get(page(held)).content.decode()


def test_sending_the_confirmation_twice_changes_nothing_more(
    acme_issuer: Browser, held: UserCredential
) -> None:
    question = ask(acme_issuer, "revoke", held)
    confirm(acme_issuer, question, reason="First")

    again = confirm(acme_issuer, question, reason="Second")

    assert "0 program credentials revoked." in again.content.decode()
    held.refresh_from_db()
    assert held.revocation_reason == "First"
    assert len(told(held)) == 1


def test_too_many_at_once_are_refused(
    acme_issuer: Browser, metalwork: Program, monkeypatch: Any
) -> None:
    rows = [award(f"learner{number}", metalwork) for number in range(3)]
    monkeypatch.setattr(admin_actions, "ROWS_AT_ONCE", 2)

    refused = ask(acme_issuer, "revoke", rows[0], select_across="1")
    assert refused.status_code == 302
    assert "Choose at most 2 at once." in acme_issuer.get(LIST).content.decode()

    ids = ",".join(str(row.pk) for row in rows)
    assert acme_issuer.post(ACT, {"act": "revoke", "chosen": ids}).status_code == 400
    assert not UserCredential.objects.filter(status="revoked").exists()


def test_a_thousand_are_moved_with_a_few_statements(
    acme_issuer: Browser, metalwork: Program, django_assert_max_num_queries: Any
) -> None:
    row = award("first", metalwork)
    UserCredential.objects.bulk_create(
        UserCredential(
            tenant_id=row.tenant_id,
            username=f"learner{number}",
            program=metalwork,
            awarded_at=row.awarded_at,
        )
        for number in range(999)
    )
    question = ask(acme_issuer, "revoke", row, select_across="1")
    assert "Revoke 1000 program credentials" in question.content.decode()

    with django_assert_max_num_queries(40):
        done = confirm(acme_issuer, question)

    assert "1000 program credentials revoked." in done.content.decode()
    assert Event.objects.filter(action="revoked").count() == 1000


def test_too_long_a_reason_is_asked_for_again(acme_issuer: Browser, held: UserCredential) -> None:
    question = ask(acme_issuer, "revoke", held)

    again = confirm(acme_issuer, question, reason="x" * 1001)

    assert "at most 1000 characters" in again.content.decode()
    assert "Revoke 1 program credential:" in again.content.decode()
    held.refresh_from_db()
    assert held.status == Status.AWARDED


@pytest.mark.parametrize("chosen", ["", "first", "1,", "²", "1.5", "9" * 19, "\0"])
@pytest.mark.parametrize("action", ["revoke", "lost"])
def test_a_malformed_confirmation_is_refused(
    acme_issuer: Browser, held: UserCredential, chosen: str, action: str
) -> None:
    chosen = chosen or (str(held.pk) if action == "lost" else "")

    assert acme_issuer.post(ACT, {"act": action, "chosen": chosen}).status_code == 400
    assert acme_issuer.get(ACT).status_code == 405
    held.refresh_from_db()
    assert held.status == Status.AWARDED


def test_staff_does_not_move_a_foreign_award(acme_issuer: Browser, globex: Tenant) -> None:
    foreign = award("gus", program(globex))

    done = acme_issuer.post(ACT, {"act": "revoke", "chosen": foreign.pk}, follow=True)

    assert "0 program credentials revoked." in done.content.decode()
    foreign.refresh_from_db()
    assert foreign.status == Status.AWARDED


def test_superuser_moves_awards_of_several_tenants(
    root: Browser, globex: Tenant, held: UserCredential
) -> None:
    foreign = award("gus", program(globex))

    confirm(root, ask(root, "revoke", held, foreign))

    events = Event.objects.filter(action="revoked", actor=root.user)
    assert set(events.values_list("tenant_id", "object_id")) == {
        (held.tenant_id, held.pk),
        (globex.pk, foreign.pk),
    }


# --- Who may


def test_staff_of_the_role_member_sees_nothing(acme: Tenant, held: UserCredential) -> None:
    browser = staff(make_member(acme, "mia"))

    for path in (LIST, ADD, page(held), "credentials/program/", f"{LIST}export/", ACT):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


def test_an_issuer_sees_awards_and_catalogues_and_nothing_else(
    acme_issuer: Browser, held: UserCredential
) -> None:
    index = acme_issuer.get("").content.decode()

    shown = set(re.findall(r'href="/admin/(\w+/\w+)/"', index))
    assert shown == {
        "credentials/usercredential",
        "credentials/program",
        "credentials/course",
        "credentials/assertion",
        "credentials/credentialdefinition",
        "credentials/issuerprofile",
        "credentials/certification",
        "credentials/certificationtype",
        "credentials/qualification",
        "credentials/jobrole",
        "credentials/jobroleassignment",
        "credentials/diplomatitle",
    }
    for path in ("tenants/membership/", "tenants/event/", "credentials/microcredential/"):
        assert acme_issuer.get(path).status_code == 403


def test_who_is_no_longer_issuer_moves_nothing(acme_issuer: Browser, held: UserCredential) -> None:
    question = ask(acme_issuer, "revoke", held)
    place = Membership.objects.get(user=acme_issuer.user)
    members.change(place, by=OPERATOR, role=Role.MEMBER)

    assert confirm(acme_issuer, question).status_code == 403
    held.refresh_from_db()
    assert held.status == Status.AWARDED


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_nobody_deletes_an_award(request: Any, held: UserCredential, who: str) -> None:
    browser = request.getfixturevalue(who)

    assert browser.post(f"{LIST}{held.pk}/delete/", {"post": "yes"}).status_code == 403
    assert UserCredential.objects.filter(pk=held.pk).exists()
