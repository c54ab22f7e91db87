"""/organizations/{organization}/organization-members: list, invite, read, change."""

from typing import Any

import pytest

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests.answers import assert_problem, stored
from tests.certifications.members import EMAIL, FIELDS, LIST, of, one
from tests.conftest import Caller, make_member
from users.models import User

# --- Lists


def test_the_list_is_newest_first_and_pages_by_cursor(acme: Tenant, issuer: Caller) -> None:
    rows = [of(issuer), *(make_member(acme, f"m{n}") for n in range(4))]
    found: list[str] = []
    cursor: str | None = ""

    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = issuer.get(LIST, query)
        assert answer.status_code == 200
        found += [data["id"] for data in answer.json()["data"]]
        page = answer.json()["page"]
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)

    assert found == [str(row.uuid) for row in reversed(rows)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["nova", "gone", "issuer"]),
        ({"status": "pending"}, ["nova"]),
        ({"status": "inactive"}, ["gone"]),
        ({"role": "issuer"}, ["issuer"]),
        ({"role": "member", "status": "active"}, []),
    ],
)
def test_filters_narrow(
    acme: Tenant, globex: Tenant, issuer: Caller, query: dict[str, str], names: list[str]
) -> None:
    members.change(make_member(acme, "gone"), by=OPERATOR, status="inactive")
    members.invite(acme, EMAIL, Role.ADMIN, by=OPERATOR)
    make_member(globex, "stranger")

    answer = issuer.get(LIST, query)

    found = [data["email"].partition("@")[0] for data in answer.json()["data"]]
    assert (answer.status_code, found) == (200, names)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "201"}, "/limit"),
        ({"limit": "x"}, "/limit"),
        ({"role": "king"}, "/role"),
        ({"status": "gone"}, "/status"),
        ({"cursor": "x"}, "/cursor"),
    ],
)
def test_bad_queries_are_400(
    acme: Tenant, issuer: Caller, query: dict[str, str], pointer: str
) -> None:
    answer = issuer.get(LIST, query)

    assert_problem(answer, 400, "invalid-input")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


# --- One


@pytest.mark.parametrize("spelled", ["uuid", "pk"])
def test_issuer_reads_a_member_by_uuid_or_number(
    acme: Tenant, issuer: Caller, member: Caller, spelled: str
) -> None:
    row = of(member)
    User.objects.filter(pk=row.person_id).update(first_name="Ada", last_name="Lovelace")

    answer = issuer.get(f"{LIST}/{getattr(row, spelled)}")

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert list(data) == FIELDS
    assert (data["user_id"], data["display_name"]) == (str(member.user.uuid), "Ada Lovelace")
    assert (data["email"], data["is_primary"]) == ("member@acme.example", True)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert issuer.get(one(row), headers=tag).status_code == 304


def test_another_organization_s_member_is_404(acme: Tenant, globex: Tenant, admin: Caller) -> None:
    stranger = make_member(globex, "stranger")
    before = stored(stranger)

    for answer in (
        admin.get(one(stranger)),
        admin.patch(one(stranger), {"role": "admin"}),
        admin.get(f"/api/v1/organizations/globex/organization-members/{stranger.uuid}"),
        admin.get(f"{LIST}/nonsense"),
    ):
        assert_problem(answer, 404, "not-found")
    assert stored(stranger) == before


def test_admin_changes_role_and_external_id(acme: Tenant, admin: Caller, member: Caller) -> None:
    row = of(member)

    answer = admin.patch(one(row), {"role": "issuer", "external_id": "18", "email": "x@y.example"})

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["role"], data["external_id"]) == ("issuer", "18")
    assert data["email"] == "member@acme.example"
    row.refresh_from_db()
    assert (row.role, row.external_id, row.email) == ("issuer", "18", "")
    assert Event.objects.filter(object_uuid=row.uuid, action="changed").count() == 1
    assert admin.patch(one(row), {"external_id": None}).json()["data"]["external_id"] is None


def test_what_was_read_can_be_sent_back(acme: Tenant, admin: Caller, member: Caller) -> None:
    invited = members.invite(acme, EMAIL, Role.MEMBER, by=OPERATOR, display_name="Nova")

    for row in (of(member), invited):
        before = stored(row)
        answer = admin.patch(one(row), admin.get(one(row)).json()["data"])
        assert answer.status_code == 200
        assert stored(row) == before


@pytest.mark.parametrize(
    "sent",
    [{"role": "king"}, {"status": "gone"}, {"status": None}, {"role": None}, {"external_id": ""}],
)
def test_a_bad_change_is_refused(
    acme: Tenant, admin: Caller, member: Caller, sent: dict[str, Any]
) -> None:
    before = stored(of(member))

    answer = admin.patch(one(of(member)), sent)

    assert_problem(answer, 400, "invalid-input")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/{next(iter(sent))}"]
    assert stored(of(member)) == before


def test_deactivated_a_member_is_shut_out_and_comes_back(
    acme: Tenant, admin: Caller, member: Caller
) -> None:
    row, own = of(member), "/api/v1/organizations/acme"
    assert member.get(own).status_code == 200

    assert admin.patch(one(row), {"status": "inactive"}).json()["data"]["status"] == "inactive"
    assert_problem(member.get(own), 404, "not-found")
    assert admin.patch(one(row), {"status": "active"}).status_code == 200
    assert member.get(own).status_code == 200


def test_only_an_owner_changes_or_makes_an_owner(
    acme: Tenant, admin: Caller, owner: Caller, member: Caller
) -> None:
    for row, sent in (
        (of(owner), {"role": "member"}),
        (of(owner), {"external_id": "17"}),
        (of(member), {"role": "owner"}),
        (of(admin), {"role": "owner"}),
    ):
        before = stored(row)
        assert_problem(admin.patch(one(row), sent), 403, "forbidden")
        assert stored(row) == before
    assert owner.patch(one(of(member)), {"role": "owner"}).status_code == 200


@pytest.mark.parametrize("sent", [{"role": "admin"}, {"status": "inactive"}])
def test_the_last_owner_stays(acme: Tenant, owner: Caller, sent: dict[str, str]) -> None:
    before = stored(of(owner))
    members.invite(acme, EMAIL, Role.OWNER, by=OPERATOR)

    assert_problem(owner.patch(one(of(owner)), sent), 409, "last-owner")
    assert stored(of(owner)) == before


def test_a_change_of_what_changed_meanwhile_is_412(
    acme: Tenant, admin: Caller, member: Caller
) -> None:
    tag = admin.get(one(of(member))).headers["ETag"]
    admin.patch(one(of(member)), {"role": "issuer"})

    answer = admin.patch(one(of(member)), {"role": "admin"}, headers={"If-Match": tag})

    assert_problem(answer, 412, "precondition-failed")
    assert of(member).role == "issuer"
