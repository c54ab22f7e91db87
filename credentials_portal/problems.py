"""Every error of the API, as `application/problem+json` (RFC 9457), made here and nowhere else."""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger("credentials_portal.problems")

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class InputError:
    """One fault in what the caller sent: where (JSON pointer), a stable code, a text for people."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal that the caller is told about. Subclasses fix status, slug and title."""

    status = 500
    slug = "internal"
    title = "The portal could not answer"
    detail = "An unexpected error occurred. Quote the request id when you report it."

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[InputError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": type_uri(self.slug),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [vars(error) for error in self.errors]
        return body


class InvalidInput(Problem):
    status, slug, title = 400, "invalid-input", "The request has invalid input"
    detail = "Each fault is listed in errors."


class MalformedBody(Problem):
    status, slug, title = 400, "malformed-body", "The request body cannot be read"
    detail = "The body is not valid JSON."


class Unauthorized(Problem):
    status, slug, title = 401, "unauthorized", "A valid token is needed"
    detail = "Send a valid access token or API token in the Authorization header."


class Forbidden(Problem):
    status, slug, title = 403, "forbidden", "Not allowed"
    detail = "Your role does not allow this."


class MissingScope(Problem):
    status, slug, title = 403, "missing-scope", "The API token lacks a scope"


class TenantSuspended(Problem):
    status, slug, title = 403, "tenant-suspended", "The organization is suspended"
    detail = "The organization is suspended; its administrator or operator can tell why."


class PersonInactive(Problem):
    status, slug, title = 403, "person-inactive", "The holder is inactive"
    detail = "The holder of this credential is inactive."


class NotFound(Problem):
    status, slug, title = 404, "not-found", "Not found"
    detail = "There is nothing here that you may see."


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "Method not allowed"
    detail = "This address does not answer that method; see the Allow header."


class RequestTimeout(Problem):
    status, slug, title = 408, "request-timeout", "The request did not come in time"
    detail = "The request body did not come whole in time; nothing was done."


class Conflict(Problem):
    status, slug, title = 409, "conflict", "The request conflicts with what is stored"
    detail = "The request conflicts with what is stored."


class InProgress(Problem):
    status, slug, title = 409, "idempotency-in-progress", "The first request is still running"
    detail = "A request with this Idempotency-Key is still running; try again shortly."


class PreconditionFailed(Problem):
    status, slug, title = 412, "precondition-failed", "The record has changed"
    detail = "The record is no longer the one that If-Match names; read it again."


class BodyTooLarge(Problem):
    status, slug, title = 413, "body-too-large", "The request body is too large"
    detail = "The request body is larger than this portal accepts."


class UnsupportedMediaType(Problem):
    status, slug, title = 415, "unsupported-media-type", "Unsupported content type"
    detail = "Send application/json."


class KeyReused(Problem):
    status, slug, title = 422, "idempotency-key-reused", "The Idempotency-Key was used before"
    detail = "This Idempotency-Key was used with another payload; choose a new key."


class Throttled(Problem):
    status, slug, title = 429, "throttled", "Too many requests"
    detail = "Too many requests; wait as long as Retry-After says."


class LoginLocked(Problem):
    status, slug, title = 429, "login-locked", "Too many failed sign-ins"
    detail = "Too many failed sign-ins for this account from this address; try again later."


class Unavailable(Problem):
    status, slug, title = 503, "unavailable", "The portal is not ready"
    detail = "The portal cannot reach what it needs; try again shortly."


def type_uri(slug: str) -> str:
    """Stable on every portal; relative, so that it opens on the portal that answered."""
    return f"/problems/{slug}"


def known_problems() -> list[type[Problem]]:
    """All kinds, for the documentation; domain code adds its own by subclassing."""

    def below(kind: type[Problem]) -> Iterator[type[Problem]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    return sorted(below(Problem), key=lambda kind: (kind.status, kind.slug))


# The constraint's name decides the answer; tables' owners add theirs when they load.
CONSTRAINT_PROBLEMS: dict[str, Problem] = {}


def response(problem: Problem) -> HttpResponse:
    """For places outside DRF: middleware and Django's error handlers."""
    return HttpResponse(
        orjson.dumps(problem.body()),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    problem = as_problem(exc)
    if problem.status >= 500:
        log_unforeseen(exc)
    headers = problem.headers
    if problem.status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="credentials-portal"', **headers}
    return Response(
        problem.body(), status=problem.status, headers=headers, content_type=CONTENT_TYPE
    )


def log_unforeseen(exc: BaseException) -> None:
    logger.error("unforeseen", exc_info=exc)


def as_problem(exc: Exception) -> Problem:
    match exc:
        case Problem():
            return exc
        case exceptions.ValidationError():
            return InvalidInput(errors=list(input_errors(exc.detail)))
        case exceptions.ParseError():
            return MalformedBody()
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthorized()
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed()
        case exceptions.UnsupportedMediaType():
            return UnsupportedMediaType()
        case exceptions.Throttled():
            return Throttled(
                headers={"Retry-After": str(max(1, int(getattr(exc, "wait", None) or 1)))}
            )
        case IntegrityError():
            return constraint_problem(exc)
        case OperationalError() | InterfaceError() | PoolTimeout():
            detail = "The database cannot be reached; try again shortly."
            return Unavailable(detail, headers={"Retry-After": "5"})
    return Problem()


def constraint_problem(exc: IntegrityError) -> Problem:
    diagnostics = getattr(exc.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    return CONSTRAINT_PROBLEMS.get(name) or Problem()


def input_errors(detail: Any, pointer: str = "") -> Iterator[InputError]:
    """DRF's nested details, flattened to JSON pointers (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            inside = pointer if name == "non_field_errors" else f"{pointer}/{escape(str(name))}"
            yield from input_errors(inner, inside)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from input_errors(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield InputError(pointer, getattr(detail, "code", "invalid"), str(detail))


def escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def not_found_handler(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response(NotFound())


def bad_request_handler(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response(MalformedBody("The request cannot be read."))


def forbidden_handler(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response(Forbidden())


def server_error_handler(request: HttpRequest) -> HttpResponse:
    """For what fails outside the API, as in the admin; Django calls it while handling the error."""
    if error := sys.exc_info()[1]:
        log_unforeseen(error)
    return response(Problem())
