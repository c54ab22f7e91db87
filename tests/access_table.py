"""Who gets which answer where: every route, method and kind of caller."""

from collections.abc import Iterator

from tests.certifications import access as certifications
from tests.diplomas import access as diplomas
from tests.organization_credentials import access as organization
from tests.wallet import access as wallet

# The member holds the records. The keys are the member's: one that may read credentials of the
# families below, one that may write them, one for another family. `foreign` is the outsider's key
# with every scope, `bad` a token that nobody made.
CALLERS = [
    *("anonymous", "member", "colleague", "issuer", "admin", "owner", "superuser"),
    *("reads", "writes", "other", "outsider", "foreign", "bad"),
]
FAMILIES = (
    "micro_credentials",
    "program_credentials",
    *organization.SCOPES,
    *certifications.SCOPES,
    *diplomas.SCOPES,
)
# Families that are served at other roots, too.
MOUNTS = [
    *organization.MOUNTS.items(),
    *certifications.MOUNTS.items(),
    *diplomas.MOUNTS,
]
# What a line is about: `-` nothing in particular, or a record that is `live`, `archived`,
# `private`, `revoked` or `standard` (of all tenants), or live while its holder is `inactive` or its
# tenant is `suspended`. Where the path names a person, that is the caller; of `theirs`, it is the
# member.
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
api/v1/user_credentials
    GET    -         401 200 403 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 403 403 201 201 201 201  403 403 403  400 400 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  400 400 401
api/v1/user_credentials/bulk
    POST   -         401 403 403 207 207 207 207  403 403 403  207 207 401
    POST   suspended 401 403 403 403 403 403 207  403 403 403  207 207 401
api/v1/user_credentials/<str:record>
    GET    live      401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    inactive  401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 200 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
api/v1/program_credentials
    GET    -         401 403 403 200 200 200 200  403 403 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
api/v1/course_credentials
    GET    -         401 403 403 200 200 200 200  403 403 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
api/v1/programs
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 403 403 403 201 201 201  403 403 403  201 201 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  201 201 401
api/v1/programs/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
api/v1/courses
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 403 403 403 201 201 201  403 403 403  201 201 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  201 201 401
api/v1/courses/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
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
api/v1/events
    GET    -         401 403 403 403 200 200 200  403 403 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
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
c
    GET    -         404 404 404 404 404 404 404  404 404 404  404 404 404
c/<str:record>
    GET    live      200 200 200 200 200 200 200  200 200 200  200 200 200
    GET    inactive  403 403 403 403 403 403 403  403 403 403  403 403 403
    GET    archived  404 404 404 404 404 404 404  404 404 404  404 404 404
    GET    suspended 200 200 200 200 200 200 200  200 200 200  200 200 200
c/<str:record>/data
    GET    live      200 200 200 200 200 200 200  200 200 200  200 200 200
    GET    inactive  403 403 403 403 403 403 403  403 403 403  403 403 403
    GET    archived  404 404 404 404 404 404 404  404 404 404  404 404 404
    GET    suspended 200 200 200 200 200 200 200  200 200 200  200 200 200
c/<str:record>/document
    GET    live      404 404 404 404 404 404 404  404 404 404  404 404 404
    GET    inactive  403 403 403 403 403 403 403  403 403 403  403 403 403
c/<path:record>
    GET    -         404 404 404 404 404 404 404  404 404 404  404 404 404
invitations/<str:token>
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
    GET    suspended 403 403 403 403 403 403 403  403 403 403  403 403 403
    POST   -         400 400 400 400 400 400 400  400 400 400  400 400 400
    POST   suspended 403 403 403 403 403 403 403  403 403 403  403 403 403
images/<str:record>
    GET    live      200 200 200 200 200 200 200  200 200 200  200 200 200
    GET    suspended 200 200 200 200 200 200 200  200 200 200  200 200 200
healthz
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
readyz
    GET    -         200 200 200 200 200 200 200  200 200 200  200 200 200
"""
PARTS = (organization.TABLE, certifications.TABLE, diplomas.TABLE, wallet.TABLE)
Line = tuple[str, str, str, dict[str, int]]


def lines() -> Iterator[Line]:
    """Route, method, what it is about, and the status for each caller."""
    route = ""
    for line in "".join([TABLE, *PARTS]).splitlines()[2:]:
        if not line.startswith(" "):
            route = line
            continue
        method, about, *statuses = line.split()
        for mounted in mounts(route):
            yield mounted, method, about, dict(zip(CALLERS, map(int, statuses), strict=True))


def mounts(route: str) -> list[str]:
    others = [other + route.removeprefix(root) for root, other in MOUNTS if route.startswith(root)]
    return [route, *others]
