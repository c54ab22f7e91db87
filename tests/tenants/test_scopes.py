"""Scopes of API tokens: they only ever take away."""

from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import api_tokens, scopes
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential, micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential/{}"

READ, WRITE, OTHER = "micro_credentials:read", "micro_credentials:write", "diplomas:write"
# method, path, body, and what each scope alone gets
RULES: list[tuple[str, str, Any, dict[str, int]]] = [
    ("get", LIST, None, {READ: 200, WRITE: 200, OTHER: 403}),
    ("get", ONE, None, {READ: 200, WRITE: 200, OTHER: 403}),
    ("post", LIST, micro_credential_body(), {READ: 403, WRITE: 200, OTHER: 403}),
    ("put", ONE, micro_credential_body(), {READ: 403, WRITE: 200, OTHER: 403}),
    ("patch", ONE, {"title": "New"}, {READ: 403, WRITE: 200, OTHER: 403}),
    ("delete", ONE, None, {READ: 403, WRITE: 204, OTHER: 403}),
    ("get", "/api/v1/users/me", None, {READ: 200, WRITE: 200, OTHER: 200}),
]


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


@pytest.mark.parametrize("scope", [READ, WRITE, OTHER])
@pytest.mark.parametrize(("method", "path", "body", "expected"), RULES)
def test_a_key_does_what_its_scope_allows(
    acme: Tenant,
    ada: Membership,
    method: str,
    path: str,
    body: Any,
    expected: dict[str, int],
    scope: str,
) -> None:
    record = micro_credential(acme, ada.user)
    before = list(MicroCredential.objects.values())
    options = {} if body is None else {"data": body}

    response = with_key(ada, scope).request(method, path.format(record.pk), **options)

    assert response.status_code == expected[scope], response.content
    if response.status_code == 403:
        needed = READ if method == "get" else WRITE
        assert_problem(response, 403, "missing-scope")
        assert needed in response.json()["detail"]
        assert list(MicroCredential.objects.values()) == before


def test_a_key_without_any_scope_reads_nothing(ada: Membership) -> None:
    _, key = api_tokens.create(ada, name="bare", scopes=[], expires_at=None, by=OPERATOR)

    assert_problem(Caller(f"Bearer {key}").get(LIST), 403, "missing-scope")


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (["micro-credentials:read"], ["micro_credentials:read"]),
        (["micro_credentials:read", "micro-credentials:read"], ["micro_credentials:read"]),
        (["certifications:write"], ["certification_records:write"]),
        (["certification-records:read"], ["certification_records:read"]),
        (["job_roles:write", "diplomas:read"], ["diplomas:read", "job_roles:write"]),
        (["all"], sorted(scopes.ALL)),
        ([], []),
    ],
)
def test_scopes_are_kept_in_one_spelling(asked: list[str], granted: list[str]) -> None:
    assert scopes.parse(asked) == granted


@pytest.mark.parametrize(
    "name", ["", "diplomas", "diplomas:", ":read", "diplomas:admin", "all:read", "Diplomas:read"]
)
def test_an_unknown_scope_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="Unknown scope") as refusal:
        scopes.parse(["diplomas:read", name])

    assert repr(name) in str(refusal.value)


def test_the_documented_scopes_are_all_there() -> None:
    documented = {
        "organizations",
        "organization_members",
        "certification_records",
        "certification_types",
        "job_roles",
        "qualifications",
        "micro_credentials",
        "program_credentials",
        "organization_credentials",
        "diplomas",
    }

    assert {f"{family}:{kind}" for family in documented for kind in ("read", "write")} == set(
        scopes.ALL
    )
