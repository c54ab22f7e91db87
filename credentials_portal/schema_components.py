"""The parts that operations of the OpenAPI document refer to: problems, headers, tokens."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from credentials_portal import problems
from credentials_portal.problems import CONTENT_TYPE, InputError, Problem
from users.tokens import InvalidToken

Part = dict[str, Any]

ABOUT = """\
Award, record, verify and revoke credentials.

**Tokens.** `POST /api/v1/token` trades a name and a password for an access token. Integrations
use an API token of one organization, limited by its scopes. A bad token is refused everywhere,
also where none is needed.

**Organizations.** A request is about the organization in its path, else the session token's, else
the token's, else the caller's primary one. What belongs to another organization answers as what
does not exist.

**Errors** are `application/problem+json` (RFC 9457). `type` is stable and opens a page that
explains it; `errors` lists every fault of the input at once.

**Writes.** A POST with an `Idempotency-Key` is done once, however often it is sent; the key is
kept for 24 hours. `If-Match` refuses a change of a record that is no longer the one that was
read. Unknown and read-only fields of a body are ignored; of duplicate keys the last counts.

**Reads** carry an `ETag`; `If-None-Match` saves sending again what has not changed.

**Requests** may name themselves by `X-Request-ID` (8 to 64 letters, digits, `.`, `_` or `-`).
Every path is served with and without a final slash.\
"""

SECURITY_SCHEMES: dict[str, Part] = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's access token, from `POST /api/v1/token`.",
    },
    "apiToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "An integration's API token: `Api-Token <key>`. Also taken: `Token`, "
        "`Api-Key` or `Bearer` before the key, or the bare key.",
    },
    "sessionToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "The session token from `POST /api/v1/token`, beside the access token: it "
        "says in which organization the person acts.",
    },
}

PARAMETERS: dict[str, Part] = {
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an earlier answer: 304 while it still holds.",
        "schema": {"type": "string"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the record as it was read: 412 once it has changed.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Chosen by the caller. The same key and body again: the first answer again.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": r"^[\x20-\x7e]+$",
        },
    },
}

HEADERS: dict[str, Part] = {
    "X-Request-ID": {
        "description": "Names this request in the portal's log.",
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Changes whenever the answer does.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "Sent when this is the first answer to the key again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string"},
    },
}

SCHEMAS: dict[str, Part] = {
    "InputError": {
        "type": "object",
        "description": "One fault in what the caller sent.",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "Where: a JSON pointer (RFC 6901)."},
            "code": {"type": "string", "description": "Stable; for programs."},
            "detail": {"type": "string", "description": "For people; may change."},
        },
    },
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "Stable; for programs. Opens a page that explains it.",
            },
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "For people; may change."},
            "errors": {
                "type": "array",
                "description": "Every fault of the input.",
                "items": {"$ref": "#/components/schemas/InputError"},
            },
        },
    },
}

REQUIRED = InputError("/title", "required", "This field is required.")
# What any operation of its kind may answer; an operation names what it adds.
PROBLEMS: dict[int, list[Problem]] = {
    400: [problems.InvalidInput(errors=[REQUIRED]), problems.MalformedBody()],
    401: [problems.Unauthorized(), InvalidToken()],
    403: [
        problems.Forbidden(),
        problems.MissingScope("The API token lacks the scope micro_credentials:write."),
        problems.TenantSuspended(),
    ],
    404: [problems.NotFound()],
    409: [problems.InProgress()],
    412: [problems.PreconditionFailed()],
    413: [problems.BodyTooLarge()],
    415: [problems.UnsupportedMediaType()],
    422: [problems.KeyReused()],
    429: [problems.Throttled()],
}
PROBLEM_HEADERS = {401: ["WWW-Authenticate"], 429: ["Retry-After"]}


def reference(kind: str, name: str) -> Part:
    return {"$ref": f"#/components/{kind}/{name}"}


def headers(*names: str) -> dict[str, Part]:
    return {name: reference("headers", name) for name in ("X-Request-ID", *names)}


def refusal(status: int, kinds: Iterable[Problem]) -> Part:
    """An answer with an example for each problem that it may be."""
    examples = {kind.slug: {"summary": kind.title, "value": kind.body()} for kind in kinds}
    return {
        "description": HTTPStatus(status).phrase,
        "headers": headers(*PROBLEM_HEADERS.get(status, ())),
        "content": {
            CONTENT_TYPE: {"schema": reference("schemas", "Problem"), "examples": examples}
        },
    }


def refusal_name(status: int) -> str:
    """Such as `NotFound`."""
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


REFUSALS = {refusal_name(status): refusal(status, kinds) for status, kinds in PROBLEMS.items()}

COMPONENTS: dict[str, dict[str, Part]] = {
    "headers": HEADERS,
    "parameters": PARAMETERS,
    "responses": REFUSALS,
    "schemas": SCHEMAS,
    "securitySchemes": SECURITY_SCHEMES,
}
