"""The table of `access_table` against the portal: each line, and that none is missing."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from credentials.micro_credentials.views import MicroCredentialView
from credentials.models import MicroCredential
from credentials_portal.health import PROBES
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.access_table import CALLERS, FAMILIES, lines
from tests.answers import assert_problem
from tests.certifications import access as certifications
from tests.conftest import PASSWORD, Caller, make_member, sign_in, undone, with_key
from tests.diplomas import access as diplomas
from tests.factories import (
    award,
    award_body,
    course,
    image,
    micro_credential,
    micro_credential_body,
    program,
)
from tests.organization_credentials import access as organization
from tests.wallet import access as wallet
from users import inviting, people, tokens
from users.models import User

NUMBERS = count(1)


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


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def cast(
    request: pytest.FixtureRequest, route: str, acme: Tenant, globex: Tenant
) -> dict[str, Caller]:
    keys = {"reads", "writes", "other", "foreign", "bad"}
    callers = {name: request.getfixturevalue(name) for name in CALLERS if name not in keys}
    holder = callers["member"].user.memberships.get()
    is_diplomas = diplomas.tail_of(route) is not None
    other = "micro_credentials:write" if is_diplomas else "diplomas:write"
    if wallet.is_of(route):
        # It shows every family's.
        other = "organizations:write"
    return callers | {
        "reads": with_key(holder, *(f"{name}:read" for name in FAMILIES), name="reads"),
        "writes": with_key(holder, *(f"{name}:write" for name in FAMILIES), name="writes"),
        "other": with_key(holder, other, name="other"),
        "foreign": with_key(make_member(globex, "stranger", Role.OWNER)),
        "bad": Caller("Bearer nonsense"),
    }


def arrange(route: str, about: str, acme: Tenant, holder: User) -> Any:
    state = MicroCredential.State.ARCHIVED if about == "archived" else MicroCredential.State.ACTIVE
    if about == "inactive":
        User.objects.filter(pk=holder.pk).update(state=User.State.INACTIVE)
    if about == "suspended" and acme.status != Tenant.Status.SUSPENDED:
        members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)
    people.forget()
    if (tail := certifications.tail_of(route)) is not None:
        return certifications.arrange(tail, about, acme, holder)
    if (tail := diplomas.tail_of(route)) is not None:
        return diplomas.arrange(tail, about, acme, holder)
    if (tail := organization.tail_of(route)) is not None:
        return organization.arrange(tail, about, acme, holder)
    match route.removeprefix("api/v1/").partition("/")[0]:
        case "user_credentials":
            return award(holder.username, course(acme, course_id=f"c+{next(NUMBERS)}"))
        case "programs":
            return program(acme, program_id=next(NUMBERS))
        case "courses":
            return course(acme, course_id=f"c+{next(NUMBERS)}")
        case "invitations":
            email = f"nova-{next(NUMBERS)}@mail.example"
            return members.invite(acme, email, Role.MEMBER, by=OPERATOR)
        case "images":
            return image(acme)
    return micro_credential(acme, holder, state=state)


def invitation_path(awaited: Membership) -> str:
    link = inviting.link(awaited)
    assert link
    return link.url[link.url.index("invitations/") :]


def asked(route: str) -> dict[str, Any]:
    """The parameters without which a list is refused."""
    match route.removeprefix("api/v1/"):
        case "user_credentials":
            return {"username": "Member"}
        case "program_credentials":
            return {"program_id": 1}
        case "course_credentials":
            return {"course_id": "c+1"}
    return {}


def body(route: str, acme: Tenant, holder: User) -> Any:
    if (tail := certifications.tail_of(route)) is not None:
        return certifications.body(tail)
    if (tail := diplomas.tail_of(route)) is not None:
        return diplomas.body(tail, acme)
    if (tail := organization.tail_of(route)) is not None:
        return organization.body(tail, acme)
    match route.removeprefix("api/v1/"):
        case "user_credentials":
            return award_body(course(acme, course_id=f"c+{next(NUMBERS)}"))
        case "user_credentials/bulk":
            return [award_body(course(acme, course_id=f"c+{next(NUMBERS)}"))]
        case "user_credentials/<str:record>":
            return {"status": "revoked"}
        case "programs" | "programs/<str:record>":
            return {"program_id": next(NUMBERS), "title": "Metalwork"}
        case "courses" | "courses/<str:record>":
            key = {"course_id": f"c+{next(NUMBERS)}", "certificate_type": "honor"}
            return {**key, "title": "Welding"}
        case "token":
            return {"username": "member", "password": PASSWORD}
        case "token/refresh" | "logout":
            return {"refresh": tokens.sign_in(holder, acme.pk)["refresh"]}
        case "users/me":
            return {"first_name": "Ada"}
    return micro_credential_body()


@pytest.mark.parametrize("route", sorted({line[0] for line in lines()}))
def test_each_caller_gets_the_answer_of_the_table(
    cast: dict[str, Caller], acme: Tenant, subtests: pytest.Subtests, route: str
) -> None:
    for line in lines():
        if line[0] == route:
            with subtests.test(f"{line[1]} {line[2]}"), undone():
                assert_answers(cast, acme, *line)


def assert_answers(
    cast: dict[str, Caller],
    acme: Tenant,
    route: str,
    method: str,
    about: str,
    expected: dict[str, int],
) -> None:
    holder, found, record = cast["member"].user, {}, None
    acme.refresh_from_db()

    for name, caller in cast.items():
        # Another record as soon as a caller changed it, or deleted it.
        record = record or arrange(route, about, acme, holder)
        key = record.uuid if route.startswith(("c/", "images/")) else record.pk
        path = route.replace("<str:record>", str(key)).replace("<slug:slug>", "not-found")
        path = certifications.path(path)
        path = diplomas.path(path, about, holder, record)
        path = wallet.path(path, about, holder)
        if "<str:token>" in path:
            path = invitation_path(record)
        path = organization.path(path, about, record)
        slash = "/" if route in {"problems", "c"} else ""
        takes_body = method in {"POST", "PUT", "PATCH"}
        sent = body(route, acme, holder) if takes_body else asked(route) or None
        both = caller.both if diplomas.tail_of(route) is not None else {}
        response = caller.request(method.lower(), f"/{path}{slash}", sent, headers=both)
        found[name] = response.status_code
        response.getvalue()  # a file is closed at its end
        if response.status_code >= 400:
            assert_refuses_in_form(response, route)
        elif method != "GET":
            record = None

    assert found == {name: expected[name] for name in found}
    assert len(found) == len(CALLERS)


def assert_refuses_in_form(response: Any, route: str) -> None:
    is_page = route == "c" or (
        route.startswith(("c/", "invitations/")) and not route.endswith("/data")
    )
    form = "text/html; charset=utf-8" if is_page else "application/problem+json"
    assert response.headers["Content-Type"] == form
    if response.status_code == 401:
        assert "WWW-Authenticate" in response.headers


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
