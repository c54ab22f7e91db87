"""What the access table's lines of this family are about, and what they send."""

from itertools import count
from typing import Any

from credentials.core import lifecycle
from credentials.models import IssuerProfile
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.factories import assertion, definition, issuer_profile
from users.models import User

NUMBERS = count(1)
ROOT = "credentials/orgs/<str:org>/users/<str:user_id>"
SCOPES = ("organization_credentials",)
MOUNTS = {"api/v1/credentials/": "api/credentials/"}
# Read on by `tests.access_table`, whose columns these are.
TABLE = """\
api/v1/credentials/orgs/<str:org>/users/<str:user_id>
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   theirs    401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/issuers
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    POST   -         401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   theirs    401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/issuers/<str:entity_id>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PUT    live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    theirs    401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE theirs    401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/<str:entity_id>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    private   401 404 404 404 200 200 200  404 404 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PUT    live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    private   401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    theirs    401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE private   401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE theirs    401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/<str:entity_id>/assertions
    POST   live      401 403 403 201 201 201 201  403 403 403  404 404 401
    POST   private   401 403 403 201 201 201 201  403 403 403  404 404 401
    POST   theirs    401 403 403 403 201 201 201  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/<str:entity_id>/assertions/bulk
    POST   live      401 403 403 200 200 200 200  403 403 403  404 404 401
    POST   private   401 403 403 200 200 200 200  403 403 403  404 404 401
    POST   theirs    401 403 403 403 200 200 200  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/assertions
    GET    -         401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/assertions/<str:entity_id>
    GET    live      401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    revoked   401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    inactive  401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    theirs    401 200 403 403 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PUT    live      401 403 403 200 200 200 200  403 403 403  404 404 401
    PUT    theirs    401 403 403 403 200 200 200  403 403 403  404 404 401
    PUT    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/credentials/orgs/<str:org>/users/<str:user_id>/signals
    POST   -         401 403 403 200 200 200 200  403 403 403  404 404 401
    POST   theirs    401 403 403 403 200 200 200  403 403 403  404 404 401
    POST   suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/credentials/public/assertions/<str:entity_id>
    GET    live      200 200 200 200 200 200 200  200 200 200  200 200 401
    GET    revoked   410 410 410 410 410 410 410  410 410 410  410 410 401
    GET    inactive  403 403 403 403 403 403 403  403 403 403  403 403 401
    GET    suspended 200 200 200 200 200 200 200  200 200 200  200 200 401
"""
ISSUE_BODIES: dict[str, Any] = {
    "assertions": {"recipient": {"identity": "nobody yet"}},
    "assertions/bulk": {"users": ["nobody yet"]},
}


def tail_of(route: str) -> str | None:
    """The route without its mount and person; None for one of another family."""
    name = route.removeprefix("api/").removeprefix("v1/")
    if name.startswith("credentials/public/"):
        return "assertions/<str:entity_id>"
    if not name.startswith(ROOT):
        return None
    return name.removeprefix(ROOT).removeprefix("/")


def arrange(tail: str, about: str, acme: Tenant, holder: User) -> Any:
    """The record that stands for `entity_id`, a new one each time."""
    if tail.startswith("issuers"):
        return issuer_profile(acme)
    row = definition(acme, is_public=about != "private")
    if not tail.startswith("assertions"):
        return row
    held = assertion(holder.username, row)
    if about == "revoked":
        lifecycle.move(held, "revoked", by=OPERATOR, reason="Mistaken")
    return held


def body(tail: str, acme: Tenant) -> Any:
    match tail:
        case "":
            issuer = IssuerProfile.objects.filter(tenant_id=acme.pk).first() or issuer_profile(acme)
            return {"name": "Welder", "issuer": str(issuer.uuid)}
        case "signals":
            return {"signal": "COURSE_PASSED", "course": "c+1", "username": "nobody yet"}
        case "assertions/<str:entity_id>":
            return {"revoked": True, "revocation_reason": "Mistaken"}
    # Of one definition: each caller has their own.
    return ISSUE_BODIES.get(tail.removeprefix("<str:entity_id>/"), {"name": f"{next(NUMBERS)}"})


def path(route: str, about: str, record: Any) -> str:
    """Where the caller names themselves, or (`theirs`) the member."""
    user = "member" if about == "theirs" else "me"
    found = route.replace("<str:org>", "acme").replace("<str:user_id>", user)
    return found.replace("<str:entity_id>", str(record.uuid))
