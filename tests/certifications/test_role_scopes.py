"""Every scope on every route of job roles, qualifications and what comes of them."""

from typing import Any

import pytest

from credentials.models import JobRole, JobRoleAssignment, Qualification
from tenants.models import Role, Tenant
from tests.certifications.role_factories import (
    MEMBERS,
    QUALIFICATIONS,
    ROLES,
    assign,
    job_role,
    qualification,
    requirement,
)
from tests.certifications.scoping import assert_one_scope_opens
from tests.conftest import Caller, make_member
from tests.factories import certification_type

ASSIGNMENT = f"{MEMBERS}/{{member}}/job-roles/{{role}}"
RESULTS = "/api/v1/organizations/acme/qualification-results"
# Method, path, body, what is answered, and the scope that opens it (a write scope reads too).
ROUTES: list[tuple[str, str, Any, int, str]] = [
    ("get", ROLES, None, 200, "job_roles:read"),
    ("post", ROLES, {"title": "New"}, 201, "job_roles:write"),
    ("get", f"{ROLES}/{{role}}", None, 200, "job_roles:read"),
    ("patch", f"{ROLES}/{{role}}", {"title": "New"}, 200, "job_roles:write"),
    ("put", ASSIGNMENT, {}, 200, "job_roles:write"),
    ("delete", ASSIGNMENT, None, 204, "job_roles:write"),
    ("get", QUALIFICATIONS, None, 200, "qualifications:read"),
    ("post", QUALIFICATIONS, {"title": "New"}, 201, "qualifications:write"),
    ("get", f"{QUALIFICATIONS}/{{asked}}", None, 200, "qualifications:read"),
    ("patch", f"{QUALIFICATIONS}/{{asked}}", {"title": "New"}, 200, "qualifications:write"),
    ("get", "/api/v1/qualification-results", None, 200, "qualifications:read"),
    ("get", RESULTS, None, 200, "qualifications:read"),
    ("get", "/api/v1/organizations/acme/expirations", None, 200, "certification_records:read"),
]


def rows() -> list[Any]:
    kept = (JobRole, Qualification, JobRoleAssignment)
    return [list(model.objects.order_by("id").values()) for model in kept]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "opens"),
    ROUTES,
    ids=[f"{route[0]} {route[1]}" for route in ROUTES],
)
def test_one_scope_opens_a_route_and_is_named_to_all_others(
    acme: Tenant, method: str, path: str, body: Any, status: int, opens: str
) -> None:
    keeper = make_member(acme, "keeper", Role.ADMIN)
    kind = certification_type(acme)
    asked = qualification(acme, requirement(kind), title="Known")
    role = job_role(acme, asked, title="Known")
    assign(keeper, role)
    if body and path == QUALIFICATIONS:
        body = body | {"requirements": [requirement(kind)]}
    path = path.format(member=keeper.uuid, role=role.uuid, asked=asked.uuid)

    def send(caller: Caller, mount: str) -> Any:
        there = path.replace("/api/v1/", mount)
        return caller.request(method, there, **({} if body is None else {"data": body}))

    assert_one_scope_opens(keeper, opens, send, status, rows)
