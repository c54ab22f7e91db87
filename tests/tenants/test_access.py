"""Which tenant a request is about, and whether its caller is anybody there."""

from typing import Any

import pytest

from credentials_portal.problems import NotFound
from tenants import access, members
from tenants.access import Identity
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.conftest import make_member


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada", Role.ISSUER)


def identity_of(membership: Membership, **facts: Any) -> Identity:
    return Identity(membership.person_id, "ada", **facts)


def test_a_tenant_is_named_by_id_uuid_or_slug(acme: Tenant, ada: Membership) -> None:
    names: list[str | int] = [acme.pk, str(acme.pk), str(acme.uuid), str(acme.uuid).upper(), "acme"]

    found = [access.find_access(identity_of(ada), name) for name in names]

    assert {(place.tenant_id, place.role) for place in found} == {(acme.pk, Role.ISSUER)}


def test_a_slug_that_looks_like_an_id_is_told_from_it(acme: Tenant, ada: Membership) -> None:
    lookalike = members.create_tenant(slug=str(acme.pk), name="Lookalike", by=OPERATOR)
    make_member(lookalike, "ada")

    assert access.find_access(identity_of(ada), str(acme.pk)).tenant_id == acme.pk
    by_slug = access.find_access_by_slug(identity_of(ada), str(acme.pk))
    assert by_slug.tenant_id == lookalike.pk


@pytest.mark.parametrize(
    "name",
    [
        "globex",
        "unknown",
        "",
        "Acme",
        "a\0b",
        "é",
        "\ud800",
        "9" * 15,
        "9" * 400,
        "x" * 5000,
        "-1",
        "٣",
        "00000000-0000-0000-0000-000000000000",
    ],
)
def test_a_foreign_an_unknown_and_an_impossible_tenant_are_one(
    ada: Membership, globex: Tenant, name: str
) -> None:
    for known in (name, str(globex.uuid), globex.pk):
        with pytest.raises(NotFound) as refusal:
            access.find_access(identity_of(ada), known)
        assert refusal.value.body() == NotFound().body()


def test_the_tenant_in_the_address_comes_before_that_of_the_token(
    ada: Membership, acme: Tenant, globex: Tenant
) -> None:
    make_member(globex, "ada")
    identity = identity_of(ada, tenant_id=globex.pk)

    assert access.find_access(identity).tenant_id == globex.pk
    assert access.find_access(identity, "acme").tenant_id == acme.pk


def test_without_any_tenant_named_the_primary_one_is_meant(
    ada: Membership, globex: Tenant, acme: Tenant
) -> None:
    second = make_member(globex, "ada")
    assert access.find_access(identity_of(ada)).tenant_id == acme.pk

    members.change(second, is_primary=True, by=OPERATOR)

    assert access.find_access(identity_of(ada)).tenant_id == globex.pk


def test_a_superuser_is_somebody_everywhere_but_nowhere_in_particular(
    acme: Tenant, globex: Tenant
) -> None:
    root = Identity(user_id=-1, username="root", is_superuser=True)

    assert access.find_access(root, "globex").tenant_id == globex.pk
    with pytest.raises(NotFound):
        access.find_access(root, "unknown")
    with pytest.raises(NotFound):
        access.find_access(root)


@pytest.mark.parametrize("held", list(Role))
def test_each_role_includes_those_before_it(acme: Tenant, held: Role) -> None:
    place = access.find_access(identity_of(make_member(acme, "ada", held)))

    order = ["member", "issuer", "admin", "owner"]
    for asked in Role:
        assert place.has(asked) == (order.index(held) >= order.index(asked))
