"""Every scope on every route of organizations and members: one opens it, the others are refused."""

from typing import Any

import pytest

from tenants import scopes
from tenants.models import Membership, Role, Tenant
from tests.certifications.scoping import MOUNTS, assert_one_scope_opens
from tests.conftest import Caller, make_member, with_key

LIST, ACME = "organizations", "organizations/acme"
MEMBERS = f"{ACME}/organization-members"
WRITE_ORGANIZATION, WRITE_MEMBERS = "organizations:write", "organization_members:write"
# Method, path, body, what is answered, and the scope that opens it (a write scope reads too).
ROUTES: list[tuple[str, str, Any, int, str]] = [
    ("get", LIST, None, 200, "organizations:read"),
    ("get", ACME, None, 200, "organizations:read"),
    ("patch", ACME, {"name": "Acme II"}, 200, WRITE_ORGANIZATION),
    ("get", MEMBERS, None, 200, "organization_members:read"),
    ("post", MEMBERS, {"email": "nova@mail.example"}, 201, WRITE_MEMBERS),
    ("get", f"{MEMBERS}/{{ada}}", None, 200, "organization_members:read"),
    ("patch", f"{MEMBERS}/{{ada}}", {"role": "issuer"}, 200, WRITE_MEMBERS),
]


def rows() -> list[Any]:
    return [list(model.objects.order_by("id").values()) for model in (Tenant, Membership)]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "opens"),
    ROUTES,
    ids=[f"{route[0]} {route[1]}" for route in ROUTES],
)
def test_one_scope_opens_a_route_and_is_named_to_all_others(
    acme: Tenant, method: str, path: str, body: Any, status: int, opens: str
) -> None:
    keeper, ada = make_member(acme, "keeper", Role.OWNER), make_member(acme, "ada")
    path = path.format(ada=ada.uuid)

    def send(caller: Caller, mount: str) -> Any:
        return caller.request(method, mount + path, body)

    assert_one_scope_opens(keeper, opens, send, status, rows)


@pytest.mark.parametrize("mount", MOUNTS)
def test_the_caller_is_told_who_they_are_whatever_the_scope(acme: Tenant, mount: str) -> None:
    ada = make_member(acme, "ada")

    for scope in scopes.ALL:
        response = with_key(ada, scope, name=scope).get(f"{mount}me")
        assert response.status_code == 200
        assert response.json()["scopes"] == [scope]
