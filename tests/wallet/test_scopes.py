"""An API token sees the families of which it has the read scope."""

from typing import Any

import pytest

from credentials.wallet.kinds import KINDS
from tenants.models import Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, with_key
from tests.wallet.conftest import OWN, SEARCH, listed, of


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("access", ["read", "write"])
def test_a_key_of_one_family_sees_that_family(
    member: Caller, held: list[Any], kind: Any, access: str
) -> None:
    key = with_key(member.user.memberships.get(), f"{kind.family}:{access}")

    assert [item["kind"] for item in listed(key, OWN)] == [kind.name]
    for each in KINDS:
        response = key.get(OWN, {"kind": each.name})
        if each is kind:
            assert response.status_code == 200
        else:
            assert_problem(response, 403, "missing-scope")
            assert f"{each.family}:read" in response.json()["detail"]


def test_a_key_of_none_of_them_is_refused(acme: Tenant, member: Caller, held: list[Any]) -> None:
    others = ("organizations:write", "certification-types:write", "qualifications:read")
    issuer = make_member(acme, "issuer", Role.ISSUER)

    for key, paths in (
        (with_key(member.user.memberships.get(), *others), [OWN]),
        (with_key(issuer, *others, name="issuing"), [OWN, SEARCH, of(member.user)]),
    ):
        for path in paths:
            response = key.get(path)
            assert_problem(response, 403, "missing-scope")
            assert "diplomas:read" in response.json()["detail"]


def test_a_search_finds_what_the_key_may_read(acme: Tenant, held: list[Any]) -> None:
    key = with_key(make_member(acme, "issuer", Role.ISSUER), "diplomas:read", "certifications:read")

    for query in ({}, {"search": "member"}):
        assert [item["kind"] for item in listed(key, SEARCH, **query)] == [
            "diploma",
            "certification",
        ]
    assert listed(key, SEARCH, search=str(held[0].uuid)) == []
    assert listed(key, SEARCH, search="soldering") == []


def test_a_scope_adds_nothing_to_the_role(member: Caller, held: list[Any]) -> None:
    assert_problem(with_key(member.user.memberships.get()).get(SEARCH), 403, "forbidden")
