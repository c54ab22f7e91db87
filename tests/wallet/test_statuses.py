"""A credential's status is what its own family tells of it, in the words of all."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.core import lifecycle
from credentials.core.wallets import Status
from credentials.diplomas import recording
from credentials.models import (
    Assertion,
    Certification,
    MicroCredential,
)
from credentials.verification.finding import find
from credentials.wallet.kinds import KINDS
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.conftest import Caller
from tests.factories import assertion, award, definition, diploma, micro_credential, program
from tests.wallet.conftest import OWN, SEARCH, certified, listed

NOW = datetime.now(UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
Make = Callable[[Tenant, Any], Any]


def micro(**facts: Any) -> Make:
    return lambda acme, user: micro_credential(acme, user, **facts)


def cert(lifecycle_status: str = "active", verification: str = "verified", **facts: Any) -> Make:
    def make(acme: Tenant, user: Any) -> Certification:
        row = certified(acme, user, 1, **facts)
        stood = {"verification_status": verification, "last_verified_at": NOW}
        Certification.objects.filter(pk=row.pk).update(lifecycle_status=lifecycle_status, **stood)
        return row

    return make


def awarded(status: str) -> Make:
    return lambda acme, user: award(user.username, program(acme), status=status)


def issued(*, is_revoked: bool = False, **facts: Any) -> Make:
    def make(acme: Tenant, user: Any) -> Assertion:
        row = assertion(user.username, definition(acme))
        Assertion.objects.filter(pk=row.pk).update(**facts)
        if is_revoked:
            lifecycle.move(row, lifecycle.REVOKED, by=OPERATOR, reason="A mistake.")
        return row

    return make


def over(days: int) -> dict[str, Any]:
    """Issued long ago, and at an end since so many days."""
    return {"awarded_at": NOW - 90 * DAY, "expires_at": NOW - days * DAY}


def micro_tells(record: dict[str, Any]) -> str:
    begun, ended = (datetime.fromisoformat(record[name]) <= NOW for name in ("issued", "expires"))
    return "expired" if ended else "active" if begun else "not_yet_valid"


def assertion_tells(record: dict[str, Any]) -> str:
    if record["revoked"]:
        return "revoked"
    ends = record["expires_at"]
    return "expired" if ends and datetime.fromisoformat(ends) <= NOW else "active"


def certification_tells(record: dict[str, Any]) -> str:
    if record["lifecycle_status"] == "archived":
        return "archived"
    verification, validity = record["verification_status"], record["validity_status"]
    if verification == "rejected":
        return "rejected"
    if validity != "valid":
        return str(validity)
    return "active" if verification == "verified" else str(verification)


ROOT = "/api/v1"
# How each family's own API tells of a record.
TELLS: dict[str, Callable[[Caller, Any], str]] = {
    "micro_credential": lambda caller, row: micro_tells(
        caller.get(f"{ROOT}/user-micro-credential/{row.pk}").json()
    ),
    "program_credential": lambda caller, row: {"awarded": "active", "revoked": "revoked"}[
        caller.get(f"{ROOT}/user_credentials/{row.pk}").json()["status"]
    ],
    "organization_credential": lambda caller, row: assertion_tells(
        caller.get(f"{ROOT}/credentials/orgs/acme/users/me/assertions/{row.uuid}").json()["result"]
    ),
    "certification": lambda caller, row: certification_tells(
        caller.get(f"{ROOT}/certifications/{row.uuid}").json()["data"]
    ),
    "diploma": lambda caller, row: {None: "active"}[
        caller.get(f"{ROOT}/users/me/diplomas/{row.pk}", headers=caller.both).json()["diploma"][
            "deletedAt"
        ]
    ],
}
MADE: list[tuple[str, Make, Status]] = [
    ("micro_credential", micro(expires_at=NOW + DAY), Status.ACTIVE),
    ("micro_credential", micro(expires_at=NOW - DAY), Status.EXPIRED),
    (
        "micro_credential",
        micro(issued_at=NOW + DAY, expires_at=NOW + 2 * DAY),
        Status.NOT_YET_VALID,
    ),
    ("program_credential", awarded("awarded"), Status.ACTIVE),
    ("program_credential", awarded("revoked"), Status.REVOKED),
    ("organization_credential", issued(), Status.ACTIVE),
    ("organization_credential", issued(expires_at=NOW + DAY), Status.ACTIVE),
    ("organization_credential", issued(**over(1)), Status.EXPIRED),
    # Issued anew since.
    ("organization_credential", issued(**over(3), lapsed_at=NOW - DAY), Status.EXPIRED),
    ("organization_credential", issued(**over(1), is_revoked=True), Status.REVOKED),
    ("certification", cert(), Status.ACTIVE),
    # The last day is still valid, and so is one without an end or a beginning.
    ("certification", cert(expires_on=TODAY), Status.ACTIVE),
    ("certification", cert(issued_on=None, expires_on=None), Status.ACTIVE),
    ("certification", cert(expires_on=TODAY - DAY), Status.EXPIRED),
    ("certification", cert(issued_on=TODAY + DAY), Status.NOT_YET_VALID),
    ("certification", cert(verification="unverified"), Status.UNVERIFIED),
    ("certification", cert(verification="pending"), Status.PENDING),
    ("certification", cert(verification="rejected"), Status.REJECTED),
    # The strongest is told.
    ("certification", cert(verification="pending", expires_on=TODAY - DAY), Status.EXPIRED),
    ("certification", cert(verification="rejected", expires_on=TODAY - DAY), Status.REJECTED),
    ("certification", cert("archived", "rejected"), Status.ARCHIVED),
    ("certification", cert("archived", expires_on=date.max), Status.ARCHIVED),
    ("diploma", diploma, Status.ACTIVE),
]


CASES = [
    pytest.param(kind, make, status, id=f"{number} {kind} {status}")
    for number, (kind, make, status) in enumerate(MADE)
]


@pytest.mark.parametrize(("kind", "make", "status"), CASES)
def test_the_wallet_says_what_the_family_says(
    acme: Tenant, member: Caller, issuer: Caller, kind: str, make: Make, status: Status
) -> None:
    row = make(acme, member.user)

    assert TELLS[kind](member, row) == status
    (item,) = listed(member, OWN)
    assert (item["kind"], item["uuid"], item["status"]) == (kind, str(row.uuid), status)
    for each in Status:
        found = [str(row.uuid)] if each is status else []
        for caller, path in ((member, OWN), (issuer, SEARCH)):
            assert [item["uuid"] for item in listed(caller, path, status=each)] == found


@pytest.mark.parametrize(("kind", "make", "status"), CASES)
def test_an_address_is_told_where_there_is_a_page(
    acme: Tenant, member: Caller, kind: str, make: Make, status: Status
) -> None:
    row = make(acme, member.user)

    (item,) = listed(member, OWN)

    assert (item["public_url"] is not None) == (find(str(row.uuid)) is not None)


def test_every_status_and_kind_is_among_these() -> None:
    assert {status for _, _, status in MADE} == set(Status)
    assert {kind for kind, _, _ in MADE} == {kind.name for kind in KINDS}


def test_what_was_deleted_is_nowhere(acme: Tenant, member: Caller, issuer: Caller) -> None:
    gone = micro_credential(acme, member.user)
    MicroCredential.objects.filter(pk=gone.pk).update(state=MicroCredential.State.ARCHIVED)
    recording.delete(diploma(acme, member.user), by=OPERATOR)

    assert listed(member, OWN) == []
    assert listed(issuer, SEARCH) == []
    assert listed(issuer, SEARCH, search="member") == []
    assert listed(issuer, SEARCH, search=str(gone.uuid)) == []


def test_an_archived_certification_is_told_as_archived_as_in_its_own_list(
    acme: Tenant, member: Caller
) -> None:
    row = certified(acme, member.user, 1)
    changing.archive(row, by=OPERATOR)

    assert [item["status"] for item in listed(member, OWN)] == ["archived"]
    assert len(member.get("/api/v1/certifications").json()["data"]) == 1


def test_the_last_day_of_the_calendar_has_an_end(acme: Tenant, member: Caller) -> None:
    certified(acme, member.user, 1, expires_on=date.max)

    assert listed(member, OWN)[0]["expires_at"] == "9999-12-31T23:59:59.999999Z"
