"""Records verified, rejected and archived in the admin, many at once."""

from typing import Any

import pytest

from credentials.models import Certification
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.award_pages import ask, confirm, page, told
from tests.admin.certification_pages import ACT, RECORDS
from tests.admin.conftest import Browser
from tests.answers import stored
from tests.conftest import make_member
from tests.factories import certification, certification_type

FOUND = {"method": "called the issuer", "note": "Spoke to =Mrs Hall"}


@pytest.fixture
def held(acme: Tenant, ada: Membership) -> Certification:
    kind = certification_type(acme)
    return certification(acme, ada.user, type=kind.uuid, serial_number="RC-17")


@pytest.mark.parametrize(("action", "status"), [("verify", "verified"), ("reject", "rejected")])
def test_many_are_judged_with_method_and_note_and_an_event_each(
    acme_issuer: Browser, acme: Tenant, held: Certification, action: str, status: str
) -> None:
    other = certification(acme, make_member(acme, "eve").user)

    question = ask(acme_issuer, action, held, other)
    assert "ada · First aid · RC-17" in question.content.decode()
    done = confirm(acme_issuer, question, **FOUND)

    assert f"2 certifications {status}." in done.content.decode()
    for row in (held, other):
        row.refresh_from_db()
        assert (row.verification_status, row.verification_method) == (status, FOUND["method"])
        assert row.verification_note == FOUND["note"]
        assert row.last_verified_at
        assert told(row)[-1][0] == status
    assert Event.objects.filter(action=status, actor=acme_issuer.user).count() == 2


def test_nothing_happens_before_it_is_confirmed(acme_issuer: Browser, held: Certification) -> None:
    before = stored(held)

    for action in ("verify", "reject", "archive"):
        assert "are you sure?" in ask(acme_issuer, action, held).content.decode()

    assert stored(held) == before


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"method": ""}, "This field is required."),
        ({"method": " "}, "This field may not be blank."),
        ({"method": "x" * 256}, "no more than 255 characters"),
        ({"note": "x" * 1001}, "no more than 1000 characters"),
        ({"method": "portal"}, "finds the status by itself"),
    ],
)
def test_what_the_api_refuses_is_asked_for_again(
    acme_issuer: Browser, held: Certification, written: Any, complaint: str
) -> None:
    before = stored(held)

    again = confirm(acme_issuer, ask(acme_issuer, "verify", held), **FOUND | written)

    assert complaint in again.content.decode()
    assert stored(held) == before


@pytest.mark.parametrize("action", ["verify", "reject"])
def test_nobody_judges_a_record_of_their_own(
    acme: Tenant, acme_issuer: Browser, held: Certification, action: str
) -> None:
    mine = certification(acme, acme_issuer.user)
    before = stored(mine)

    question = ask(acme_issuer, action, mine, held)
    assert "1 of them is your own" in question.content.decode()
    done = confirm(acme_issuer, question, **FOUND).content.decode()

    assert "1 certification " in done
    assert "Nobody verifies a record of their own: 1 of yours left as before." in done
    assert stored(mine) == before
    held.refresh_from_db()
    assert held.verification_status != "unverified"
    assert 'value="verify"' not in acme_issuer.get(page(mine)).content.decode()


def test_superuser_judges_no_record_of_their_own_either(root: Browser, acme: Tenant) -> None:
    members.add_member(acme, root.user.pk, Role.MEMBER, by=OPERATOR)
    mine = certification(acme, root.user)

    confirm(root, ask(root, "verify", mine), **FOUND)

    mine.refresh_from_db()
    assert mine.verification_status == "unverified"


def test_one_is_judged_from_its_page(acme_issuer: Browser, held: Certification) -> None:
    shown = acme_issuer.get(page(held)).content.decode()
    for action in ("verify", "reject", "archive"):
        assert f'name="action" value="{action}"' in shown

    confirm(acme_issuer, ask(acme_issuer, "reject", held), method="m", note="Forged <b>")

    shown = acme_issuer.get(page(held)).content.decode()
    assert "Forged &lt;b&gt;" in shown
    assert "<td>rejected</td>" in shown


def test_archived_ones_are_kept_and_told(acme_issuer: Browser, held: Certification) -> None:
    done = confirm(acme_issuer, ask(acme_issuer, "archive", held), reason="Left in May")

    assert "1 certification archived." in done.content.decode()
    held.refresh_from_db()
    assert held.lifecycle_status == "archived"
    assert [action for action, _ in told(held)] == ["archived"]
    assert 'value="archive"' not in acme_issuer.get(page(held)).content.decode()

    question = ask(acme_issuer, "archive", held)
    assert "1 of them is archived already" in question.content.decode()
    assert "0 certifications archived." in confirm(acme_issuer, question).content.decode()
    assert len(told(held)) == 1
    assert "Left in May" in acme_issuer.get(page(held)).content.decode()


def test_staff_does_not_judge_a_foreign_one(acme_issuer: Browser, globex: Tenant) -> None:
    foreign = certification(globex, make_member(globex, "gus").user)
    before = stored(foreign)

    for action, done in (("verify", "verified"), ("archive", "archived")):
        sent = {"act": action, "chosen": foreign.pk, **FOUND}
        shown = acme_issuer.post(ACT, sent, follow=True)
        assert f"0 certifications {done}." in shown.content.decode()

    assert stored(foreign) == before


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "pending", "chosen": "1"},
        {"act": "", "chosen": "1"},
        {"act": "verify", "chosen": "x"},
        {"act": "verify"},
        {"act": "archive", "chosen": ",".join(["1"] * 1001)},
    ],
)
def test_a_form_that_no_page_showed_is_400(acme_issuer: Browser, sent: Any) -> None:
    assert acme_issuer.post(ACT, FOUND | sent).status_code == 400


def test_a_judgement_is_posted(acme_issuer: Browser) -> None:
    assert acme_issuer.get(ACT).status_code == 405


def test_the_way_back_keeps_the_filters(acme_issuer: Browser, held: Certification) -> None:
    chosen = {"action": "verify", "_selected_action": held.pk}
    question = acme_issuer.post(f"{RECORDS}?source=manual", chosen)

    done = confirm(acme_issuer, question, **FOUND)

    assert done.redirect_chain[-1][0].endswith(f"{RECORDS}?source=manual")
