"""One person's credentials of all kinds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.models import Diploma, MicroCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller, make_member
from tests.factories import award, diploma, micro_credential, program
from tests.wallet.conftest import (
    FIELDS,
    KINDS,
    OWN,
    UNKNOWN,
    hold_one_each,
    listed,
    of,
    uuids,
)


def test_a_wallet_holds_all_kinds_in_one_form_and_the_newest_first(
    member: Caller, held: list[Any]
) -> None:
    response = member.get(OWN)

    assert response.status_code == 200
    answer = response.json()
    assert answer["page"] == {"next_cursor": None, "has_more": False}
    assert [item["kind"] for item in answer["data"]] == KINDS[::-1]
    assert uuids(answer["data"]) == [str(row.uuid) for row in held[::-1]]
    assert {tuple(item) for item in answer["data"]} == {tuple(FIELDS)}


def test_each_kind_tells_title_issuer_and_days_of_its_own(
    member: Caller, held: list[Any], settings: Any
) -> None:
    told = {item.pop("kind"): item for item in member.get(OWN).json()["data"]}
    micro, awarded, asserted, certified, _ = held

    def page(row: Any) -> str:
        return f"{settings.PUBLIC_URL}/c/{row.uuid}"

    def instant(at: datetime) -> str:
        """As PostgreSQL writes it, without zeros at the end."""
        text = at.astimezone(UTC).replace(tzinfo=None).isoformat()
        return f"{text.rstrip('0') if at.microsecond else text}Z"

    names = ("title", "issuer", "issued_at", "expires_at", "public_url")
    assert {kind: tuple(item[name] for name in names) for kind, item in told.items()} == {
        "micro_credential": (
            *("Soldering 1", None, "2026-01-01T09:00:00Z", "2090-01-01T09:00:00Z"),
            page(micro),
        ),
        "program_credential": (
            *("Metalwork 1", "Acme", instant(awarded.awarded_at), None),
            page(awarded),
        ),
        "organization_credential": (
            *("Welder 1", "School of Metalwork", instant(asserted.awarded_at), None),
            page(asserted),
        ),
        # Its last day is over when the next one begins.
        "certification": (
            *("First aid 1", "Red Cross", "2026-01-01T00:00:00Z", "2090-01-02T00:00:00Z"),
            page(certified),
        ),
        "diploma": ("Master smith 1", None, "2020-06-30T00:00:00Z", None, None),
    }


@pytest.mark.parametrize("limit", [1, 2, 5, 200])
def test_every_credential_is_given_once_whatever_the_length_of_a_page(
    acme: Tenant, member: Caller, limit: int
) -> None:
    rows = [row for number in range(1, 4) for row in hold_one_each(acme, member.user, number)]

    found = listed(member, OWN, limit=limit)

    assert uuids(found) == [str(row.uuid) for row in rows[::-1]]


def test_what_comes_and_goes_while_somebody_pages_moves_nothing(
    acme: Tenant, member: Caller, held: list[Any]
) -> None:
    first = member.get(OWN, {"limit": 2}).json()
    hold_one_each(acme, member.user, 2)
    Diploma.objects.filter(pk=held[4].pk).update(deleted_at=datetime.now(UTC))

    rest = listed(member, OWN, limit=2, cursor=first["page"]["next_cursor"])

    assert uuids([*first["data"], *rest]) == [str(row.uuid) for row in held[::-1]]


def test_clocks_that_disagree_lose_nothing(acme: Tenant, member: Caller) -> None:
    """Within a kind the order is that in which rows were made, as in its own list."""
    made: list[Any] = [
        micro_credential(acme, member.user, title=f"{number}") for number in range(4)
    ]
    late = datetime(2090, 1, 1, tzinfo=UTC)
    MicroCredential.objects.filter(pk=made[1].pk).update(created_at=late)
    made += [award("member", program(acme))]

    found = listed(member, OWN, limit=1)

    assert sorted(uuids(found)) == sorted(str(row.uuid) for row in made)
    micro = [item["title"] for item in found if item["kind"] == "micro_credential"]
    assert micro == ["3", "2", "1", "0"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_narrows(member: Caller, held: list[Any], kind: str) -> None:
    found = listed(member, OWN, kind=kind)

    assert uuids(found) == [str(held[KINDS.index(kind)].uuid)]


def test_a_status_narrows(member: Caller, held: list[Any]) -> None:
    assert [item["kind"] for item in listed(member, OWN, status="unverified")] == ["certification"]
    assert len(listed(member, OWN, status="active")) == 4
    assert listed(member, OWN, status="revoked") == []
    assert listed(member, OWN, status="active", kind="certification") == []


def test_an_issuer_reads_any_members_wallet_by_id_and_uuid(
    member: Caller, issuer: Caller, held: list[Any]
) -> None:
    own = member.get(OWN).json()

    for path in (of(member.user), f"/api/v1/users/{member.user.uuid}/credentials"):
        assert issuer.get(path).json() == own
        assert member.get(path).json() == own
    assert issuer.get(OWN).json()["data"] == []


def test_nobody_reads_a_wallet_that_is_not_theirs_to_read(
    acme: Tenant, member: Caller, colleague: Caller, outsider: Caller, held: list[Any]
) -> None:
    unknown = colleague.get(f"/api/v1/users/{UNKNOWN}/credentials")
    assert_problem(unknown, 404, "not-found")

    for caller in (colleague, outsider):
        for name in (member.user.pk, member.user.uuid):
            response = caller.get(f"/api/v1/users/{name}/credentials")
            assert_problem(response, 404, "not-found")
            assert response.content == unknown.content
        assert caller.get(OWN).json()["data"] == []
    assert_problem(Caller().get(OWN), 401, "unauthorized")


@pytest.mark.parametrize("name", ["nobody", "0", "-1", "1e3", "9223372036854775808", "me2", "%00"])
def test_a_name_that_is_nobodys_is_404(issuer: Caller, name: str) -> None:
    assert_problem(issuer.get(f"/api/v1/users/{name}/credentials"), 404, "not-found")


def test_who_has_left_keeps_a_wallet_for_issuers_and_who_has_not_come_has_none(
    acme: Tenant, issuer: Caller, member: Caller, held: list[Any]
) -> None:
    membership = member.user.memberships.get()
    members.change(membership, by=OPERATOR, status="inactive")
    invited = make_member(acme, "nova")
    type(invited).objects.filter(pk=invited.pk).update(status="pending", is_primary=False)

    assert len(listed(issuer, of(member.user))) == 5
    assert_problem(issuer.get(of(invited.user)), 404, "not-found")


def test_a_wallet_is_of_one_organization(
    acme: Tenant, globex: Tenant, member: Caller, held: list[Any]
) -> None:
    make_member(globex, "member", Role.OWNER)
    elsewhere = diploma(globex, member.user)

    assert str(elsewhere.uuid) not in uuids(listed(member, OWN))
    assert len(listed(member, OWN)) == 5


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"kind": "licence"}, "/kind"),
        ({"status": "awarded"}, "/status"),
        ({"limit": "0"}, "/limit"),
        ({"limit": "201"}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
    ],
)
def test_faulty_parameters_are_named(
    member: Caller, issuer: Caller, query: dict[str, str], pointer: str
) -> None:
    for caller, path in ((member, OWN), (issuer, "/api/v1/credentials")):
        response = caller.get(path, query)
        assert_problem(response, 400, "invalid-input")
        assert [fault[0] for fault in faults(response)] == [pointer]


def test_a_wallet_that_stands_still_is_304(member: Caller, held: list[Any]) -> None:
    tag = member.get(OWN).headers["ETag"]

    assert member.get(OWN, headers={"If-None-Match": tag}).status_code == 304
    micro_credential(held[0].tenant, member.user)
    assert member.get(OWN, headers={"If-None-Match": tag}).status_code == 200
