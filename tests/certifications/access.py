"""What the access table's lines of this family are about, and what they send."""

from itertools import count
from typing import Any

from credentials.certifications import changing
from credentials.certifications.role_schema import QUALIFICATION_ID
from credentials.certifications.schema import TYPE_ID
from credentials.models import Qualification
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.conftest import make_member
from tests.factories import certification, certification_type
from users.models import User

NUMBERS = count(1)
ROOTS = ("certifications", "organizations", "qualification-results")
SCOPES = (
    *("certification_records", "certification_types", "organizations", "organization_members"),
    *("job_roles", "qualifications"),
)
MOUNTS = {f"api/v1/{root}": f"v1/{root}" for root in (*ROOTS, "me")}
# Read on by `tests.access_table`, whose columns these are.
TABLE = """\
api/v1/certifications
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 201 201 201 201 201 201  403 201 403  201 201 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  201 201 401
api/v1/certifications/<str:record>
    GET    live      401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    archived  401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    inactive  401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 200 404 200 200 200 200  403 200 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 204 404 204 204 204 204  403 204 403  404 404 401
    DELETE archived  401 204 404 204 204 204 204  403 204 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/certifications/<str:record>/verification
    POST   live      401 403 403 200 200 200 200  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/certifications
    GET    -         401 403 403 200 200 200 200  403 403 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 201 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/organizations/<str:organization>/certification-types
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/organizations/<str:organization>/certification-types/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    standard  401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  standard  401 403 403 403 403 403 403  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/me
    GET    -         401 200 200 200 200 200 200  200 200 200  200 200 401
    GET    suspended 401 200 200 200 200 200 200  403 403 403  200 200 401
api/v1/organizations
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 200 200 200 200 200 200  403 403 403  200 200 401
api/v1/organizations/<str:organization>
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  -         401 403 403 403 403 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/organization-members
    GET    -         401 403 403 200 200 200 200  403 403 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/organizations/<str:organization>/organization-members/<str:record>
    GET    live      401 403 403 200 200 200 200  403 403 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/job-roles
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/organizations/<str:organization>/job-roles/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/qualifications
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/organizations/<str:organization>/qualifications/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/organization-members/<str:member>/job-roles/<str:record>
    PUT    live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/qualification-results
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
api/v1/organizations/<str:organization>/qualification-results
    GET    -         401 403 403 200 200 200 200  403 403 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/organizations/<str:organization>/expirations
    GET    -         401 403 403 200 200 200 200  403 403 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
"""
ASSIGNED = "/job-roles/"
# In every organization's path the cast's own.
ORGANIZATION = "organizations/<str:organization>"


def tail_of(route: str) -> str | None:
    """The route without its mount and organization; None for one of another family."""
    name = route.removeprefix("api/").removeprefix("v1/")
    if not name.startswith(ROOTS):
        return None
    return name.removeprefix(ORGANIZATION).removeprefix("/")


def arrange(tail: str, about: str, acme: Tenant, holder: User) -> Any:
    """The record of the path, a new one each time."""
    if tail.startswith(("job-roles", "qualifications")) or ASSIGNED in tail:
        return _asked(tail, acme, holder)
    if tail.startswith("organization-members"):
        return make_member(acme, f"somebody-{next(NUMBERS)}")
    if tail.startswith("certification-types"):
        owner = None if about == "standard" else acme
        return certification_type(owner, slug=f"type-{next(NUMBERS)}")
    row = certification(acme, holder)
    if about == "archived":
        changing.archive(row, by=OPERATOR)
    return row


def _asked(tail: str, acme: Tenant, holder: User) -> Any:
    """A qualification, or a job role; of the holder where the path is about that."""
    number = next(NUMBERS)
    if tail.startswith("qualifications"):
        kind = certification_type(acme, slug=f"type-{number}")
        return qualification(acme, requirement(kind), title=f"Q{number}")
    role = job_role(acme, title=f"R{number}")
    if ASSIGNED in tail:
        assign(holder.memberships.get(tenant=acme), role)
    return role


def body(tail: str) -> Any:
    if ASSIGNED in tail:
        return {"is_primary": True}
    if tail.startswith("job-roles"):
        return {"title": f"Role {next(NUMBERS)}"}
    if tail.startswith("qualifications"):
        kind = certification_type(None, slug=f"standard-{next(NUMBERS)}")
        return {"title": f"Title {next(NUMBERS)}", "requirements": [requirement(kind)]}
    if tail.endswith("verification"):
        return {"status": "verified", "method": "telephone"}
    if not tail:
        return {"name": "Acme"}
    if tail.startswith("organization-members"):
        return {"email": f"nova-{next(NUMBERS)}@mail.example", "role": "issuer"}
    if tail.startswith("certification-types"):
        return {"slug": f"kind-{next(NUMBERS)}", "title": "Welding"}
    return {"issuer_name": "Red Cross"}


def path(route: str) -> str:
    if "<str:member>" in route:
        holder = Membership.objects.get(tenant__slug="acme", user__username="member")
        route = route.replace("<str:member>", str(holder.pk))
    return route.replace("<str:organization>", "acme")


def record_of(operation: Any, acme: Tenant, ada: User) -> Any:
    """What the documented example is about: a POST updates the record of its external pair."""
    if {"job-roles", "qualifications"} & set(operation.path.split("/")):
        return _named(operation, acme, ada)
    if "certification-types" in operation.path:
        return certification_type(acme)
    if "organization-members" in operation.path:
        return make_member(acme, "bea")
    if operation.path.endswith("verification"):
        # Another person's: nobody verifies their own.
        return certification(acme, make_member(acme, "bea").user)
    return certification(acme, ada, external_source="hr", external_id="17")


def _named(operation: Any, acme: Tenant, ada: User) -> Any:
    """With what the examples name."""
    kind = certification_type(acme, uuid=TYPE_ID)
    row = qualification(acme, requirement(kind), title="Known")
    Qualification.objects.filter(pk=row.pk).update(uuid=QUALIFICATION_ID)
    if "qualifications" in operation.path:
        return row
    role = job_role(acme, title="Known")
    if "organization-members" in operation.path:
        assign(ada.memberships.get(tenant=acme), role)
    return role


def aim(case: Any, acme: Tenant) -> None:
    """A made-up request, at what exists."""
    if "member" in case.path_parameters:
        member = Membership.objects.get(tenant=acme, user__username="admin")
        case.path_parameters["member"] = member.pk
    if "organization" in case.path_parameters:
        case.path_parameters["organization"] = "acme"
    if not case.path.startswith(tuple(f"/api/v1/{root}" for root in ROOTS)):
        return
    case.query.pop("cursor", None)
    if "record" in case.path_parameters:
        # The first that is in the path: assignments are below members.
        named = (
            *(ASSIGNED, "certification-types", "organization-members"),
            *("qualifications", "job-roles"),
        )
        tail = next((name for name in named if name in case.path), "certifications")
        holder = User.objects.get(username="admin")
        case.path_parameters["record"] = arrange(tail, "live", acme, holder).pk
