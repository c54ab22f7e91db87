"""Who gets which answer where: every route, method and kind of caller."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from credentials.micro_credentials.views import MicroCredentialView
from credentials.models import MicroCredential
from credentials_portal.health import PROBES
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.answers import assert_problem
from tests.conftest import PASSWORD, Caller, make_member, sign_in, with_key
from tests.factories import micro_credential, micro_credential_body
from users import people, tokens
from users.models import User

# The member holds the records. The keys are the member's: one that may read micro-credentials,
# one that may write them, one for another family. `foreign` is the outsider's key with every scope,
# `bad` a token that nobody made.
CALLERS = [
    *("anonymous", "member", "colleague", "issuer", "admin", "owner", "superuser"),
    *("reads", "writes", "other", "outsider", "foreign", "bad"),
]
# What a line is about: `-` nothing in particular, or a record that is `live`, `archived`, or live
# while its holder is `inactive` or its tenant is `suspended`.
TABLE = """
                     ano mem col iss adm own sup  rea wri oth  out for bad
api/v1/user-micro-credentials
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 200 200 200 200 200 200  403 200 403  200 200 401
    POST   suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
api/v1/user-micro-credential/<str:record>
    GET    live      401 200 403 200 200 200 200  200 200 403  404 404 401
    GET    inactive  401 200 403 200 200 200 200  200 200 403  404 404 401
    GET    archived  401 404 404 404 404 404 404  404 404 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PUT    live      401 200 403 403 403 403 403  403 200 403  404 404 401
    PUT    archived  401 404 404 404 404 404 404  403 404 403  404 404 401
    PUT    suspended 401 403 403 403 403 403 403  403 403 403  404 404 401
    PATCH  live      401 200 403 403 403 403 403  403 200 403  404 404 401
    PATCH  archived  401 404 404 404 404 404 404  403 404 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 403  403 403 403  404 404 401
    DELETE live      401 204 403 403 204 204 204  403 204 403  404 404 401
    DELETE inactive  403 204 403 403 204 204 204  403 204 403  404 404 401
    DELETE archived  401 404 404 404 404 404 404  403 404 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/public/user-micro-credential/<str:record>
    GET    live      200 200 200 200 200 200 200  200 200 200  200 200 401
    GET    inactive  403 200 403 200 200 200 200  200 200 403  403 403 401
    GET    archived  404 404 404 404 404 404 404  404 404 404  404 404 401
    GET    suspended 200 200 200 200 200 200 200  200 200 200  200 200 401
api/v1/token
    POST   -         200 200 200 200 200 200 200  200 200 200  200 200 401
api/v1/token/refresh
    POST   -         200 200 200 200 200 200 200  200 200 200  200 200 401
api/v1/logout
    POST   -         204 204 204 204 204 204 204  204 204 204  204 204 401
api/v1/users/me
    GET    -         401 200 200 200 200 200 200  200 200 200  200 200 401
    GET    suspended 401 200 200 200 200 200 200  403 403 403  200 200 401
    PATCH  -         401 200 200 200 200 200 200  403 403 403  200 403 401
api/v1/schema
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 401
api/v1/docs
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 401
api/v1/docs.js
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 401
problems
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
problems/<slug:slug>
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
healthz
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
readyz
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
"""
Line = tuple[str, str, str, dict[str, int]]


def lines() -> Iterator[Line]:
    """Route, method, what it is about, and the status for each caller."""
    route = ""
    for line in TABLE.splitlines()[2:]:
        if not line.startswith(" "):
            route = line
            continue
        method, about, *statuses = line.split()
        yield route, method, about, dict(zip(CALLERS, map(int, statuses), strict=True))


def served(
    patterns: list[Any] | None = None, prefix: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Route without its final slash, method and pattern of all that the portal answers."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            # The admin has pages and rights of its own, and tests of them.
            if route != "admin/":
                yield from served(pattern.url_patterns, route)
        else:
            for method in methods(pattern.callback):
                yield route.removesuffix("/"), method, pattern


def methods(callback: Any) -> list[str]:
    if actions := getattr(callback, "actions", None):
        found = list(actions)
    elif view := getattr(callback, "cls", getattr(callback, "view_class", None)):
        found = [name for name in view.http_method_names if hasattr(view, name)]
    else:
        found = ["get"]
    # HEAD is GET without a body; OPTIONS is refused everywhere.
    return [name.upper() for name in found if name not in {"head", "options"}]


@pytest.fixture
def cast(request: pytest.FixtureRequest, acme: Tenant, globex: Tenant) -> dict[str, Caller]:
    keys = {"reads", "writes", "other", "foreign", "bad"}
    callers = {name: request.getfixturevalue(name) for name in CALLERS if name not in keys}
    holder = callers["member"].user.memberships.get()
    return callers | {
        "reads": with_key(holder, "micro_credentials:read", name="reads"),
        "writes": with_key(holder, "micro_credentials:write", name="writes"),
        "other": with_key(holder, "diplomas:write", name="other"),
        "foreign": with_key(make_member(globex, "stranger", Role.OWNER)),
        "bad": Caller("Bearer nonsense"),
    }


def arrange(about: str, acme: Tenant, holder: User) -> MicroCredential:
    state = MicroCredential.State.ARCHIVED if about == "archived" else MicroCredential.State.ACTIVE
    if about == "inactive":
        User.objects.filter(pk=holder.pk).update(state=User.State.INACTIVE)
    if about == "suspended" and acme.status != Tenant.Status.SUSPENDED:
        members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)
    people.forget()
    return micro_credential(acme, holder, state=state)


def body(route: str, acme: Tenant, holder: User) -> dict[str, Any]:
    match route.removeprefix("api/v1/"):
        case "token":
            return {"username": "member", "password": PASSWORD}
        case "token/refresh" | "logout":
            return {"refresh": tokens.sign_in(holder, acme.pk)["refresh"]}
        case "users/me":
            return {"first_name": "Ada"}
    return micro_credential_body()


@pytest.mark.parametrize(
    ("route", "method", "about", "expected"),
    [pytest.param(*line, id=f"{line[1]} {line[0]} {line[2]}") for line in lines()],
)
def test_each_caller_gets_the_answer_of_the_table(
    cast: dict[str, Caller],
    acme: Tenant,
    route: str,
    method: str,
    about: str,
    expected: dict[str, int],
) -> None:
    holder, found = cast["member"].user, {}

    for name, caller in cast.items():
        # A record of its own for each caller: some of them delete it.
        record = arrange(about, acme, holder)
        path = route.replace("<str:record>", str(record.pk)).replace("<slug:slug>", "not-found")
        slash = "/" if route == "problems" else ""
        sent = [body(route, acme, holder)] if method in {"POST", "PUT", "PATCH"} else []
        response = caller.request(method.lower(), f"/{path}{slash}", *sent)
        found[name] = response.status_code
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
        if response.status_code == 401:
            assert "WWW-Authenticate" in response.headers

    assert found == {name: expected[name] for name in found}
    assert len(found) == len(CALLERS)


def test_no_route_and_method_is_missing_from_the_table_and_none_is_invented() -> None:
    answered = {(route, method) for route, method, _ in served()}
    probes = {(path.removeprefix("/"), "GET") for path in PROBES}

    assert {(route, method) for route, method, *_ in lines()} == answered | probes


def test_every_operation_answers_with_and_without_a_final_slash() -> None:
    spellings: dict[tuple[str, str], list[bool]] = {}
    for route, method, pattern in served():
        if route.startswith("api/"):
            spellings.setdefault((route, method), []).append(str(pattern.pattern).endswith("/"))

    assert spellings
    assert [key for key, ends in spellings.items() if sorted(ends) != [False, True]] == []


def test_every_action_names_the_least_role_it_needs() -> None:
    actions = {
        (pattern.callback.cls, action)  # type: ignore[attr-defined]
        for _, _, pattern in served()
        for action in getattr(pattern.callback, "actions", {}).values()
    }

    assert actions
    assert {(view, name) for view, name in actions if view.roles.get(name) is None} == set()


def test_an_action_that_names_no_role_is_refused_to_everyone(
    superuser: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(MicroCredentialView.roles, "list")

    assert_problem(superuser.get("/api/v1/user-micro-credentials"), 403, "forbidden")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_a_route_does_not_have_is_405(member: Caller, method: str) -> None:
    response = member.request(method, "/api/v1/user-micro-credentials")

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, POST"


def test_an_outsider_who_joins_is_let_in_and_a_member_who_leaves_is_not(
    acme: Tenant, globex: Tenant
) -> None:
    membership = make_member(acme, "ada")
    caller = sign_in(membership)
    path = "/api/v1/user-micro-credentials"
    assert caller.get(path).status_code == 200

    members.change(membership, by=OPERATOR, status="inactive")
    assert_problem(caller.get(path), 404, "not-found")
    members.change(membership, by=OPERATOR, status="active")
    assert caller.get(path).status_code == 200
