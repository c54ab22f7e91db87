"""`orgs/{org}/users/{user_id}`: which organization, and who asks."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from credentials.models import Assertion, CredentialDefinition
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.costs import counted
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import ASSERTIONS, UNKNOWN, at, listed, result
from users.models import User

ELSE = "The path must name you; an administrator may name any member."


def requests(user: object) -> Iterator[tuple[str, str, Any]]:
    """One of every route below a person's path."""
    for tail in ("", "issuers/", "assertions/", UNKNOWN, f"issuers/{UNKNOWN}"):
        yield "get", at(tail, user=user), None
    for tail in (
        "",
        "issuers/",
        "signals/",
        f"{UNKNOWN}/assertions/",
        f"{UNKNOWN}/assertions/bulk",
    ):
        yield "post", at(tail, user=user), {}
    for tail in (UNKNOWN, f"issuers/{UNKNOWN}", f"assertions/{UNKNOWN}"):
        yield "put", at(tail, user=user), {}
    for tail in (UNKNOWN, f"issuers/{UNKNOWN}"):
        yield "delete", at(tail, user=user), None


def test_caller_is_named_by_id_by_username_in_any_case_or_by_a_word(acme: Tenant) -> None:
    caller = sign_in(make_member(acme, "Élodie"))
    held = assertion("Élodie", definition(acme))

    for user in ("me", caller.user.pk, "Élodie", "ÉLODIE", "élodie", "E\u0301lodie"):
        (record,) = listed(caller.get(at("assertions", "", user=user)))
        assert record["entity_id"] == str(held.uuid), user


def test_caller_costs_no_look_up_and_another_member_one(member: Caller, admin: Caller) -> None:
    costs = []
    for user in ("me", "admin", admin.user.pk, "member"):
        admin.get(at("", user=user))
        with counted() as cost:
            assert admin.get(at("", user=user)).status_code == 200
        costs.append(cost.round_trips)

    mine, by_name, by_id, other = costs
    assert mine == by_name == by_id < other


@pytest.mark.parametrize("who", ["member", "issuer"])
@pytest.mark.parametrize(
    "user", ["colleague", "nobody", "outsider", "0", str(2**63), "%00", "é" * 500]
)
def test_below_admin_anybody_else_is_403_everywhere_and_nothing_is_done(
    who: str, user: str, colleague: Caller, outsider: Caller, request: pytest.FixtureRequest
) -> None:
    caller = request.getfixturevalue(who)
    events = Event.objects.count()

    for method, path, body in requests(user):
        options = {} if body is None else {"data": body}
        assert_problem(caller.request(method, path, **options), 403, "forbidden")

    assert Event.objects.count() == events


@pytest.mark.parametrize("user", ["nobody", "outsider", "stranger's id", "0", "%00", str(2**63)])
def test_admin_may_name_members_alone_and_is_not_told_who_else_there_is(
    admin: Caller, outsider: Caller, user: str
) -> None:
    name = outsider.user.pk if user == "stranger's id" else user

    for method, path, body in requests(name):
        options = {} if body is None else {"data": body}
        response = admin.request(method, path, **options)
        assert_problem(response, 403, "forbidden")
        assert response.json()["detail"] == ELSE


@pytest.mark.parametrize("who", ["admin", "owner", "superuser"])
def test_from_admin_on_any_member_may_be_named_whose_assertions_are_listed(
    who: str, member: Caller, held: Assertion, request: pytest.FixtureRequest
) -> None:
    caller = request.getfixturevalue(who)

    for user in (member.user.pk, "member", "MEMBER"):
        (record,) = listed(caller.get(at("assertions", "", user=user)))
        assert record["entity_id"] == str(held.uuid)
    assert listed(caller.get(ASSERTIONS)) == []


def test_id_comes_before_a_username_that_looks_like_one(acme: Tenant, admin: Caller) -> None:
    by_id = make_member(acme, "by-id")
    make_member(acme, str(by_id.user_id))
    assertion("by-id", definition(acme))

    assert len(listed(admin.get(at("assertions", "", user=by_id.user_id)))) == 1


def test_who_has_left_may_still_be_named(acme: Tenant, admin: Caller) -> None:
    left = make_member(acme, "left")
    assertion("left", definition(acme))
    members.change(left, by=OPERATOR, status="inactive")

    assert len(listed(admin.get(at("assertions", "", user="left")))) == 1


def test_organization_is_found_before_the_person_is_looked_at(
    member: Caller, globex: Tenant
) -> None:
    for org in ("globex", globex.pk, globex.uuid, "nowhere", "0", "%00", "x" * 300):
        for user in ("me", "nobody"):
            assert_problem(member.get(at("", org=org, user=user)), 404, "not-found")


def test_organization_is_named_by_slug_id_or_uuid(
    member: Caller, acme: Tenant, welder: CredentialDefinition
) -> None:
    for org in ("acme", acme.pk, acme.uuid, str(acme.uuid).upper()):
        assert result(member.get(at(welder.uuid, org=org)))["entity_id"] == str(welder.uuid)
        path = f"{at(welder.uuid, org='nowhere')}?platform_org={org}"
        assert result(member.get(path))["entity_id"] == str(welder.uuid)


def test_platform_org_overrides_the_path_for_everything(
    acme: Tenant, globex: Tenant, outsider: Caller, welder: CredentialDefinition
) -> None:
    """A member of both organizations: admin there, member here."""
    membership = make_member(acme, "both")
    caller = sign_in(membership)
    members.add_member(globex, membership.person_id, Role.ADMIN, by=OPERATOR)
    foreign = definition(globex, is_public=False)

    assert result(caller.get(f"{at(foreign.uuid)}?platform_org=globex"))["public"] is False
    assert_problem(caller.get(at(foreign.uuid)), 404, "not-found")
    made = result(
        caller.post(f"{at('issuers/')}?platform_org=globex", {"name": "S"}), 201, "Created"
    )
    assert_problem(caller.get(at("issuers", made["entity_id"])), 404, "not-found")
    assert_problem(
        caller.post(at("issuers/", org="globex") + "?platform_org=acme", {"name": "S"}),
        403,
        "forbidden",
    )
    # The person is one of that organization, too.
    assert_problem(caller.get(f"{at('', user='outsider')}?platform_org=acme"), 403, "forbidden")
    assert caller.get(f"{at('', user='outsider')}?platform_org=globex").status_code == 200


@pytest.mark.parametrize("named", ["globex", "nowhere", "\0", "' or 1=1", "9" * 40])
def test_platform_org_of_a_stranger_is_404_everywhere(
    admin: Caller, globex: Tenant, named: str
) -> None:
    for method, path, body in requests("me"):
        options = {} if body is None else {"data": body}
        response = admin.request(method, f"{path}?{urlencode({'platform_org': named})}", **options)
        assert_problem(response, 404, "not-found")


def test_platform_org_that_says_nothing_overrides_nothing(member: Caller) -> None:
    assert listed(member.get(at(""), {"platform_org": ""})) == []


def test_api_token_names_its_own_organization_alone(
    acme: Tenant, globex: Tenant, welder: CredentialDefinition
) -> None:
    membership = make_member(acme, "ada")
    members.add_member(globex, membership.person_id, Role.MEMBER, by=OPERATOR)
    key = with_key(membership, "organization_credentials:read")

    assert result(key.get(at(welder.uuid, user="ada")))["entity_id"] == str(welder.uuid)
    assert_problem(key.get(at("", org="globex")), 404, "not-found")
    assert_problem(key.get(f"{at('')}?platform_org=globex"), 404, "not-found")
    assert_problem(key.post(at("signals/"), {}), 403, "forbidden")


def test_superuser_who_is_no_member_is_me(globex: Tenant, superuser: Caller) -> None:
    assert User.objects.get(pk=superuser.user.pk).is_superuser
    assert listed(superuser.get(at("assertions", "", org="globex"))) == []
    assert_problem(superuser.get(at("", org="globex", user="member")), 403, "forbidden")


@pytest.mark.parametrize(
    ("tail", "allowed"),
    [
        ("issuers", "GET, HEAD, POST"),
        ("assertions", "GET, HEAD"),
        ("signals", "POST"),
        (f"{UNKNOWN}/assertions", "POST"),
        (f"{UNKNOWN}/assertions/bulk", "POST"),
        (f"assertions/{UNKNOWN}", "GET, HEAD, PUT"),
        (UNKNOWN, "GET, HEAD, PUT, DELETE"),
    ],
)
@pytest.mark.parametrize("root", ["/api/v1", "/api"])
def test_fixed_words_are_the_names_of_no_definition(
    admin: Caller, root: str, tail: str, allowed: str
) -> None:
    for end in ("", "/"):
        response = admin.patch(at(tail, root=root) + end, {})
        assert_problem(response, 405, "method-not-allowed")
        assert response.headers["Allow"] == allowed
