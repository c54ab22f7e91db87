"""What wraps every request: its id, its size limit, one log line."""

import contextlib
import logging
import re
import time
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from credentials_portal import logs, problems

logger = logging.getLogger("credentials_portal.requests")

ADMIN = "/admin/"
# Put into the environ of a request whose body did not come whole, or not in time.
UNFINISHED = "credentials_portal.unfinished"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Read this much of a refused body, so that a client sees the answer, not a reset.
DRAIN_BYTES, DRAIN_STEP = 16 * 1024 * 1024, 64 * 1024


class RequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        identifier = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(identifier)
        try:
            response = refuse_host(request) or self.answer(request)
            response.headers["X-Request-ID"] = identifier
            if not response.streaming:
                response.headers.setdefault("Content-Length", str(len(response.content)))
            self.log(request, response, started)
        finally:
            logs.request_id.reset(token)
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The admin, further in, makes a page of a refusal; it reads nothing of the body."""
        refusal = refuse_unfinished(request) or refuse_large_body(request)
        if refusal and request.path_info.startswith(ADMIN):
            request.refusal = refusal  # type: ignore[attr-defined]
            return self.get_response(request)
        return refusal or self.get_response(request)

    @staticmethod
    def log(request: HttpRequest, response: HttpResponse, started: float) -> None:
        match = request.resolver_match
        logger.info(
            "request",
            extra={
                "method": request.method,
                # The route, not the path: a path may name a person.
                "route": match.route if match else "unmatched",
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - started) * 1000, 2),
            },
        )


def refuse_unfinished(request: HttpRequest) -> HttpResponse | None:
    return broken_off() if UNFINISHED in request.META else None


def broken_off() -> HttpResponse:
    return problems.response(problems.RequestTimeout(headers={"Connection": "close"}))


def refuse_host(request: HttpRequest) -> HttpResponse | None:
    """Links are made from it."""
    try:
        request.get_host()
    except DisallowedHost:
        return problems.response(problems.MalformedBody("The request cannot be read."))
    return None


def refuse_large_body(request: HttpRequest) -> HttpResponse | None:
    """A 413 before anything reads the body. A chunked body, which has no length, is read here.

    Of others the path is looked at only when the body is larger than most views allow.
    """
    limit: int = settings.MAX_BODY_BYTES
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        if streams_body(request.path_info):
            return None
        stream = request.META["wsgi.input"]
        try:
            body = stream.read(limit + 1)
            if len(body) > limit and (limit := own_limit(request)) >= len(body):
                body += stream.read(limit + 1 - len(body))
        except OSError:
            return broken_off()
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)
        length = len(body)
    else:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        length = int(declared) if declared.isdecimal() else 0
        if length > limit:
            limit = own_limit(request)
    if length <= limit:
        return None
    # Who announces a large body and waits for our word (Expect) has not sent it.
    if "HTTP_EXPECT" not in request.META:
        drain(request)
    return problems.response(problems.BodyTooLarge(headers={"Connection": "close"}))


def own_limit(request: HttpRequest) -> int:
    return limit_at(request.path_info)


def limit_at(path: str) -> int:
    """`max_body_bytes` of the view or, in the admin, of the page that answers at the path."""
    declared = (getattr(each, "max_body_bytes", 0) for each in declaring(path))
    return max(settings.MAX_BODY_BYTES, *declared, 0)


def streams_body(path: str) -> bool:
    """Whether the view says, by `streams_body`, that it reads a body piece by piece."""
    return any(getattr(each, "streams_body", False) for each in declaring(path))


def declaring(path: str) -> list[Any]:
    try:
        callback: Any = resolve(path).func
    except Resolver404:
        return []
    return [getattr(callback, name, None) for name in ("cls", "view_class", "model_admin")]


def drain(request: HttpRequest) -> None:
    with contextlib.suppress(OSError):
        for _ in range(DRAIN_BYTES // DRAIN_STEP):
            if not request.META["wsgi.input"].read(DRAIN_STEP):
                return


def client_address(request: HttpRequest) -> str:
    """The caller's address; X-Forwarded-For is believed only as far as our own proxies wrote it."""
    remote: str = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return remote
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    chain = [address for address in forwarded if address]
    return chain[-settings.TRUSTED_PROXIES] if len(chain) >= settings.TRUSTED_PROXIES else remote
