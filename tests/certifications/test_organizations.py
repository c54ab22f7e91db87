"""GET /organizations, GET and PATCH /organizations/{organization}."""

from typing import Any

import pytest

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests import factories
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller, make_member, sign_in, with_key

LIST = "/api/v1/organizations"
ACME = f"{LIST}/acme"
MOMENTS = ("created_at", "updated_at")


@pytest.fixture
def of_both(acme: Tenant, globex: Tenant) -> Membership:
    members.add_member(globex, make_member(acme, "ada").person_id, Role.ISSUER, by=OPERATOR)
    return Membership.objects.get(tenant=acme)


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [data["name"] for data in answer.json()["data"]]


def test_a_person_lists_every_organization_of_theirs(
    acme: Tenant, globex: Tenant, of_both: Membership
) -> None:
    members.create_tenant(slug="hooli", name="Hooli", by=OPERATOR)

    answer = sign_in(of_both).get(LIST)

    assert names(answer) == ["Globex", "Acme"]
    assert answer.json()["page"] == {"next_cursor": None, "has_more": False}
    data = answer.json()["data"][1]
    assert list(data) == [*("id", "name", "slug", "status", "stored_bytes"), *MOMENTS]
    assert (data["id"], data["slug"], data["status"]) == (str(acme.uuid), "acme", "active")
    assert data["created_at"].endswith("Z")


def test_pages_go_on_by_cursor_and_only_for_whom_it_was_made(
    of_both: Membership, globex: Tenant, outsider: Caller
) -> None:
    ada = sign_in(of_both)
    first = ada.get(LIST, {"limit": 1})
    cursor = first.json()["page"]["next_cursor"]

    assert names(first) == ["Globex"]
    assert names(ada.get(LIST, {"limit": 1, "cursor": cursor})) == ["Acme"]
    refused = outsider.get(LIST, {"cursor": cursor})
    assert_problem(refused, 400, "invalid-input")
    assert faults(refused) == [("/cursor", "invalid")]


def test_what_is_over_or_not_begun_is_not_listed_and_what_is_suspended_is(
    acme: Tenant, globex: Tenant, of_both: Membership
) -> None:
    hooli = members.create_tenant(slug="hooli", name="Hooli", by=OPERATOR)
    members.invite(hooli, of_both.user.email, Role.MEMBER, by=OPERATOR)
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)
    there = Membership.objects.get(tenant=globex, user=of_both.user)
    members.change(there, by=OPERATOR, status="inactive")

    answer = sign_in(of_both).get(LIST)

    assert names(answer) == ["Acme"]
    assert answer.json()["data"][0]["status"] == "suspended"


def test_a_person_of_no_organization_has_an_empty_list(acme: Tenant) -> None:
    row = make_member(acme, "ada")
    caller = sign_in(row)
    members.change(row, by=OPERATOR, status="inactive")

    assert names(caller.get(LIST)) == []


def test_an_api_token_is_of_one_organization(of_both: Membership) -> None:
    assert names(with_key(of_both).get(LIST)) == ["Acme"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}])
def test_bad_limits_are_400(member: Caller, query: dict[str, str]) -> None:
    answer = member.get(LIST, query)

    assert_problem(answer, 400, "invalid-input")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/limit"]


@pytest.mark.parametrize("spelled", ["uuid", "pk", "slug"])
def test_a_member_reads_the_organization(acme: Tenant, member: Caller, spelled: str) -> None:
    answer = member.get(f"{LIST}/{getattr(acme, spelled)}")

    assert answer.status_code == 200
    assert answer.json()["data"]["id"] == str(acme.uuid)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert member.get(ACME, headers=tag).status_code == 304


def test_an_owner_renames_the_organization(acme: Tenant, owner: Caller) -> None:
    before = stored(acme)

    sent = {"name": "Öz Acme 🛠", "slug": "other", "status": "suspended", "settings": {"x": 1}}
    answer = owner.patch(ACME, sent)

    assert answer.status_code == 200
    assert answer.json()["data"]["name"] == "Öz Acme 🛠"
    after = stored(acme)
    assert after.pop("modified_at") > before.pop("modified_at")
    assert after == before | {"name": "Öz Acme 🛠"}
    event = Event.objects.get(object_kind="tenant", action="changed")
    assert (event.actor_id, event.tenant_id) == (owner.user.pk, acme.pk)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "blank"),
        ("  ", "blank"),
        (None, "null"),
        (7, "invalid"),
        ("x" * 256, "max_length"),
        ("a\0b", "null_characters_not_allowed"),
    ],
)
def test_a_bad_name_is_refused(acme: Tenant, owner: Caller, name: Any, code: str) -> None:
    before = stored(acme)

    answer = owner.patch(ACME, {"name": name})

    assert_problem(answer, 400, "invalid-input")
    assert faults(answer) == [("/name", code)]
    assert stored(acme) == before


def test_a_change_of_what_changed_meanwhile_is_412(acme: Tenant, owner: Caller) -> None:
    tag = owner.get(ACME).headers["ETag"]
    owner.patch(ACME, {"name": "Acme II"})

    answer = owner.patch(ACME, {"name": "Acme III"}, headers={"If-Match": tag})

    assert_problem(answer, 412, "precondition-failed")
    assert stored(acme)["name"] == "Acme II"


def test_an_organization_tells_what_its_files_take_and_takes_no_other_word_for_it(
    acme: Tenant, member: Caller, owner: Caller
) -> None:
    factories.diploma_file(factories.diploma(acme, member.user), size=48_213)

    owner.patch(ACME, {"name": "Acme SA", "stored_bytes": 9})

    assert member.get(ACME).json()["data"]["stored_bytes"] == 48_213
