"""What the access table's lines of this family are about, and what they send."""

from io import BytesIO
from itertools import count
from typing import Any

from credentials.diplomas import files, links, recording
from credentials.diplomas.files import Attachment
from credentials.diplomas.schema import TITLE_ID
from credentials.models import Diploma, DiplomaTitle
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.factories import diploma, diploma_title
from users.models import User

NUMBERS = count(1)
SCOPES = ("diplomas",)
SERVICE = "users-organizations/v1/rs/"
PERSON, FILES = "users/<str:user_id>/diplomas", "files/"
# The documented service, at each of its roots; titles beside it as well.
MOUNTS = [
    *(
        (f"api/v1/{tail}", f"{root}{SERVICE}{tail}")
        for root in ("api/v1/", "", "main/")
        for tail in (PERSON, "titles")
    ),
    ("api/v1/titles", "titles"),
    ("api/v1/titles", "main/titles"),
]
FILE = b"subject;mark\n"
# Read on by `tests.access_table`, whose columns these are. `archived` is a deleted diploma.
# A signed address, to `download` a file or to `upload` it, opens for whoever holds it.
TABLE = """\
api/v1/users/<str:user_id>/diplomas
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    theirs    401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 201 201 201 201 201 201  403 201 403  400 400 401
    POST   theirs    401 201 404 201 201 201 201  403 201 403  404 404 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  400 400 401
api/v1/users/<str:user_id>/diplomas/<str:record>
    GET    live      401 200 404 404 404 404 404  200 200 403  404 404 401
    GET    theirs    401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    archived  401 404 404 404 404 404 404  404 404 403  404 404 401
    GET    suspended 401 403 403 403 403 403 404  403 403 403  404 404 401
    PATCH  live      401 200 404 404 404 404 404  403 200 403  404 404 401
    PATCH  theirs    401 200 404 200 200 200 200  403 200 403  404 404 401
    PATCH  archived  401 404 404 404 404 404 404  403 404 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 404  403 403 403  404 404 401
    DELETE live      401 204 404 404 404 404 404  403 204 403  404 404 401
    DELETE theirs    401 204 404 403 204 204 204  403 204 403  404 404 401
    DELETE archived  401 404 404 404 404 404 404  403 404 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 404  403 403 403  404 404 401
api/v1/titles
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
    POST   -         401 403 403 403 201 201 201  403 403 403  201 201 401
    POST   suspended 401 403 403 403 403 403 201  403 403 403  201 201 401
api/v1/titles/<str:record>
    GET    live      401 200 200 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    PATCH  live      401 403 403 403 200 200 200  403 403 403  404 404 401
    PATCH  suspended 401 403 403 403 403 403 200  403 403 403  404 404 401
    DELETE live      401 403 403 403 204 204 204  403 403 403  404 404 401
    DELETE suspended 401 403 403 403 403 403 204  403 403 403  404 404 401
files/<str:token>
    GET    -         403 403 403 403 403 403 403  403 403 403  403 403 403
    GET    download  200 200 200 200 200 200 200  200 200 200  200 200 200
    GET    upload    403 403 403 403 403 403 403  403 403 403  403 403 403
    PUT    -         403 403 403 403 403 403 403  403 403 403  403 403 403
    PUT    download  403 403 403 403 403 403 403  403 403 403  403 403 403
    PUT    upload    204 204 204 204 204 204 204  204 204 204  204 204 204
"""


def tail_of(route: str) -> str | None:
    """The route without its mount; None for one of another family."""
    name = route.removeprefix("api/v1/").removeprefix("main/").removeprefix(SERVICE)
    return name if name.startswith((PERSON, "titles", FILES)) else None


def arrange(tail: str, about: str, acme: Tenant, holder: User) -> Any:
    """The record of the path, a new one each time; of a file, its diploma."""
    if tail.startswith("titles"):
        return diploma_title(acme)
    row = diploma(acme, holder)
    if about == "archived":
        recording.delete(row, by=OPERATOR)
    return row


def body(tail: str, acme: Tenant) -> Any:
    if tail.startswith(FILES):
        return FILE
    if tail.startswith("titles"):
        return {"name": f"Title {next(NUMBERS)}"}
    if "<str:record>" in tail:
        return {"obtainedAt": "2025-06-30T08:15:42Z"}
    known = DiplomaTitle.objects.filter(tenant_id=acme.pk).first() or diploma_title(acme)
    return {"titleId": known.pk}


def path(route: str, about: str, holder: User, record: Any) -> str:
    """Where the caller names themselves, or (`theirs`) the member."""
    if route.startswith(FILES):
        signed = address(record, about)
        return signed[signed.index(FILES) :]
    user = str(holder.pk if about in {"theirs", "archived"} else "me")
    return route.replace(PERSON, PERSON.replace("<str:user_id>", user))


def address(row: Diploma, about: str) -> str:
    """A signed one."""
    announced = files.announce(row, Attachment("marks.csv", "text/csv", len(FILE)), by=OPERATOR)
    tenant = row.tenant.uuid
    match about:
        case "upload":
            return links.upload_address(tenant, announced, by=OPERATOR)
        case "download":
            awaited = files.find_awaited(tenant, announced)
            files.receive(awaited, BytesIO(FILE).read, by=OPERATOR)
            return links.download_address(tenant, row.uuid, None)
    return "/files/what-nobody-signed"


def is_about(documented: str) -> bool:
    """Whether a path of the OpenAPI document is of this family."""
    return documented.startswith(("/api/v1/users/{user_id}/diplomas", "/api/v1/titles"))


def record_of(operation: Any, acme: Tenant, ada: User) -> Any:
    """What the documented example is about, and the title that it names."""
    if "titles" in operation.path:
        return diploma_title(acme)
    facts = {"tenant_id": acme.pk, "name": "Master welder"}
    named, _ = DiplomaTitle.objects.get_or_create(pk=TITLE_ID, defaults=facts)
    return diploma(acme, ada, title=named)


def aim(case: Any, acme: Tenant, caller: User) -> None:
    """A made-up request, at what exists."""
    if not is_about(case.path):
        return
    kind = "titles" if "titles" in case.path else PERSON
    record = arrange(kind, "live", acme, caller)
    if "user_id" in case.path_parameters:
        case.path_parameters["user_id"] = "me"
    if "record" in case.path_parameters:
        case.path_parameters["record"] = record.pk
    if kind == PERSON and isinstance(case.body, dict) and "titleId" in case.body:
        case.body["titleId"] = record.title_id
