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
    """The record of the path, one for each caller."""
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
