"""The portal's own check: a record against the credential that the portal issued."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.core import lifecycle
from credentials.models import Assertion, Certification, UserCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.ids import new_uuid
from tenants.models import Role, Tenant
from tests.certifications.conftest import OWN
from tests.conftest import Caller, make_member
from tests.factories import (
    assertion,
    award,
    certification,
    certification_type,
    course,
    definition,
    issuer_profile,
    micro_credential,
)
from users.models import User

TODAY = datetime.now(UTC).date()


@pytest.fixture
def issued(acme: Tenant, member: Caller) -> UserCredential:
    return award(member.user.username, course(acme))


def claimed(acme: Tenant, member: Caller, serial: Any, **facts: Any) -> Certification:
    """The member's record of that serial number, of a type of the course's title."""
    kind = certification_type(acme, slug=f"kind-{new_uuid()}", title="WELDING ")
    wanted = {"issuer_name": "acme", "serial_number": str(serial), **facts}
    return certification(acme, member.user, type=kind.uuid, **wanted)


def checked(issuer: Caller, row: Certification) -> tuple[str, str]:
    response = issuer.post(f"{OWN}/{row.uuid}/verification", {"method": "portal"})
    assert response.status_code == 200, response.content
    note = Certification.objects.get(pk=row.pk).verification_note
    return response.json()["data"]["verification_status"], note


def test_an_award_is_verified(
    issuer: Caller, member: Caller, acme: Tenant, issued: UserCredential
) -> None:
    for serial in (issued.uuid, str(issued.uuid).upper()):
        row = claimed(acme, member, serial, issued_on=TODAY)
        assert checked(issuer, row) == ("verified", "The portal issued it.")


@pytest.mark.parametrize("issuer_name", ["School of Metalwork", " ACME "])
def test_an_assertion_is_verified_by_its_issuer_or_organization(
    issuer: Caller, member: Caller, acme: Tenant, issuer_name: str
) -> None:
    earned = definition(acme, name="Welding", issuer=issuer_profile(acme))
    held: Assertion = assertion(member.user.username, earned)

    row = claimed(acme, member, held.uuid, issuer_name=issuer_name)

    assert checked(issuer, row)[0] == "verified"


def test_what_another_tenant_issued_to_the_same_person_is_verified(
    issuer: Caller, member: Caller, acme: Tenant, globex: Tenant
) -> None:
    members.add_member(globex, member.user.pk, Role.MEMBER, by=OPERATOR)
    theirs = award(member.user.username, course(globex))

    row = claimed(acme, member, theirs.uuid, issuer_name="Globex")

    assert checked(issuer, row)[0] == "verified"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"issuer_name": "Red Cross"}, "another issuer"),
        ({"issuer_name": None}, "another issuer"),
        ({"issued_on": TODAY - timedelta(days=1)}, "another day"),
        ({"expires_on": TODAY}, "does not end"),
    ],
)
def test_what_disagrees_is_rejected(
    issuer: Caller,
    member: Caller,
    acme: Tenant,
    issued: UserCredential,
    facts: dict[str, Any],
    told: str,
) -> None:
    status, note = checked(issuer, claimed(acme, member, issued.uuid, **facts))

    assert (status, told in note) == ("rejected", True)


def test_the_last_day_is_compared(issuer: Caller, member: Caller, acme: Tenant) -> None:
    end = datetime.now(UTC) + timedelta(days=30)
    held = assertion(member.user.username, definition(acme, name="Welding"), expires_at=end)

    right = claimed(acme, member, held.uuid, expires_on=end.date())
    endless = claimed(acme, member, held.uuid)

    assert checked(issuer, right)[0] == "verified"
    assert checked(issuer, endless)[0] == "rejected"


def test_somebody_else_s_is_rejected(
    issuer: Caller, colleague: Caller, acme: Tenant, issued: UserCredential
) -> None:
    status, note = checked(issuer, claimed(acme, colleague, issued.uuid))

    assert (status, note) == (
        "rejected",
        "The credential of this serial number is somebody else's.",
    )


def test_what_waits_for_its_holder_is_nobody_s(
    issuer: Caller, member: Caller, acme: Tenant
) -> None:
    waiting = award("nobody yet", course(acme))

    assert checked(issuer, claimed(acme, member, waiting.uuid))[0] == "rejected"


def test_revoked_and_inactive_are_rejected(
    issuer: Caller, member: Caller, acme: Tenant, issued: UserCredential
) -> None:
    User.objects.filter(pk=member.user.pk).update(state=User.State.INACTIVE)
    assert checked(issuer, claimed(acme, member, issued.uuid))[0] == "rejected"
    User.objects.filter(pk=member.user.pk).update(state=User.State.ACTIVE)
    lifecycle.move(issued, "revoked", by=OPERATOR)

    status, note = checked(issuer, claimed(acme, member, issued.uuid))

    assert (status, "not valid" in note) == ("rejected", True)


def test_another_title_is_for_somebody_to_look_at(
    issuer: Caller, member: Caller, acme: Tenant
) -> None:
    held = award(member.user.username, course(acme, title="Cooking"))
    untyped = certification(acme, member.user, issuer_name="Acme", serial_number=str(held.uuid))

    for row in (claimed(acme, member, held.uuid), untyped):
        status, note = checked(issuer, row)
        assert (status, "Cooking" in note) == ("pending", True)


@pytest.mark.parametrize("serial", ["RC-17", "0190a3c4-0000-7000-8000-000000000000", "17"])
def test_what_the_portal_did_not_issue_it_cannot_judge(
    issuer: Caller, member: Caller, acme: Tenant, serial: str
) -> None:
    assert checked(issuer, claimed(acme, member, serial))[0] == "pending"
    bare = certification(acme, member.user)
    assert checked(issuer, bare)[0] == "pending"


def test_what_its_holder_recorded_vouches_for_nothing(
    issuer: Caller, member: Caller, acme: Tenant
) -> None:
    """Otherwise anybody could verify their own records, in two steps."""
    own = micro_credential(acme, member.user, title="Welding")

    status, note = checked(issuer, claimed(acme, member, own.uuid))

    assert (status, "nobody issued it" in note) == ("pending", True)


def test_an_invited_person_holds_nothing_yet(
    issuer: Caller, acme: Tenant, globex: Tenant, issued: UserCredential
) -> None:
    """Whether the address is somebody's, and what they hold, is not told before they come."""
    nova = make_member(globex, "nova")
    held = award("nova", course(globex))
    invited = members.invite(acme, "nova@globex.example", Role.MEMBER, by=OPERATOR)
    assert held.holder_id == nova.user_id
    sent = {
        "organization_member_id": str(invited.uuid),
        "serial_number": str(held.uuid),
        "issuer_name": "Globex",
    }
    made = issuer.post("/api/v1/organizations/acme/certifications", sent).json()["data"]

    assert checked(issuer, Certification.objects.get(uuid=made["id"]))[0] == "rejected"
