"""Every scope on every route of records and types: one opens it, the others are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants import scopes
from tenants.models import Role, Tenant
from tests.answers import assert_problem
from tests.certifications.conftest import ORGANIZATION, OWN, TYPES
from tests.certifications.scoping import assert_one_scope_opens
from tests.conftest import Caller, make_member, with_key

RECORDS, KINDS = "certification_records", "certification_types"
VERDICT = {"status": "verified", "method": "telephone"}
KIND = {"slug": "welding", "title": "Welding"}
# Method, path, body, what is answered, and the scope that opens it (a write scope reads too).
ROUTES: list[tuple[str, str, Any, int, str]] = [
    ("get", OWN, None, 200, f"{RECORDS}:read"),
    ("post", OWN, {}, 201, f"{RECORDS}:write"),
    ("get", f"{OWN}/{{held}}", None, 200, f"{RECORDS}:read"),
    ("patch", f"{OWN}/{{held}}", {"serial_number": "1"}, 200, f"{RECORDS}:write"),
    ("delete", f"{OWN}/{{held}}", None, 204, f"{RECORDS}:write"),
    ("post", f"{OWN}/{{held}}/verification", VERDICT, 200, f"{RECORDS}:write"),
    ("get", ORGANIZATION, None, 200, f"{RECORDS}:read"),
    ("post", ORGANIZATION, {}, 201, f"{RECORDS}:write"),
    ("get", TYPES, None, 200, f"{KINDS}:read"),
    ("post", TYPES, KIND, 201, f"{KINDS}:write"),
    ("get", f"{TYPES}/{{kind}}", None, 200, f"{KINDS}:read"),
    ("patch", f"{TYPES}/{{kind}}", {"title": "Help"}, 200, f"{KINDS}:write"),
]


@pytest.fixture
def send(
    acme: Tenant, held: Certification, kind: CertificationType
) -> Callable[[Caller, str, str, Any], Any]:
    def send(caller: Caller, method: str, path: str, body: Any) -> Any:
        options = {} if body is None else {"data": body}
        return caller.request(method, path.format(held=held.uuid, kind=kind.uuid), **options)

    return send


def rows() -> list[Any]:
    return [
        list(model.objects.order_by("id").values()) for model in (Certification, CertificationType)
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "opens"),
    ROUTES,
    ids=[f"{route[0]} {route[1]}" for route in ROUTES],
)
def test_one_scope_opens_a_route_and_is_named_to_all_others(
    acme: Tenant,
    send: Callable[[Caller, str, str, Any], Any],
    method: str,
    path: str,
    body: Any,
    status: int,
    opens: str,
) -> None:
    admin = make_member(acme, "keeper", Role.ADMIN)

    def sent(caller: Caller, mount: str) -> Any:
        return send(caller, method, path.replace("/api/v1/", mount), body)

    assert_one_scope_opens(admin, opens, sent, status, rows)


@pytest.mark.parametrize(("name", "spelled"), [("certifications", RECORDS)])
def test_the_short_name_of_the_family_opens_it(acme: Tenant, name: str, spelled: str) -> None:
    key = with_key(make_member(acme, "ada"), f"{name}:read")

    assert scopes.parse([f"{name}:read"]) == [f"{spelled}:read"]
    assert key.get(OWN).status_code == 200


def test_a_scope_gives_no_role(acme: Tenant, held: Certification) -> None:
    key = with_key(make_member(acme, "ada"))

    for method, path, body in (
        ("get", ORGANIZATION, None),
        ("post", ORGANIZATION, {}),
        ("post", f"{OWN}/{held.uuid}/verification", VERDICT),
        ("post", TYPES, KIND),
    ):
        response = key.request(method, path, **({} if body is None else {"data": body}))
        assert_problem(response, 403, "forbidden")
    assert_problem(key.get(f"{OWN}/{held.uuid}"), 404, "not-found")


def test_a_key_reaches_no_other_organization(acme: Tenant, globex: Tenant) -> None:
    """Whoever its user is there."""
    key = with_key(make_member(acme, "ada", Role.OWNER))
    make_member(globex, "ada", Role.OWNER)

    for path in (ORGANIZATION, TYPES):
        response = key.get(path.replace("acme", "globex"))
        assert_problem(response, 404, "not-found")
        assert response.content == key.get(path.replace("acme", "nowhere")).content
