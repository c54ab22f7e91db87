"""ETag, 304 and 412: the tag is a digest of the answer, so it covers all that the answer does."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request

from credentials_portal.problems import PreconditionFailed

# As many as a client could have kept; a longer header names none that counts.
MAX_HEADER_LENGTH = 4096
# What tells one caller from another.
CALLER_HEADERS = "Authorization, X-Session-Token"


def etag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def conditional(
    request: Request | HttpRequest,
    response: HttpResponse,
    cache_control: str,
    *,
    vary: str = CALLER_HEADERS,
) -> HttpResponse:
    """Tag a successful read, or answer 304. Answers that forbid storing carry no tag."""
    if response.status_code != 200 or "no-store" in response.headers.get("Cache-Control", ""):
        return response
    tag = etag_of(response.content)
    headers = {"ETag": tag, "Cache-Control": cache_control, "Vary": vary}
    if (asked := request.META.get("HTTP_IF_NONE_MATCH")) and matches(asked, tag):
        # Without a type: a cache takes what a 304 says for the stored answer's.
        return HttpResponseNotModified(headers=headers)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def check_precondition(request: Request, current: bytes) -> None:
    """Strongly, as RFC 9110 wants it for writes: a weak tag names no exact record."""
    asked = request.META.get("HTTP_IF_MATCH")
    if asked and not {"*", etag_of(current)} & set(parsed(asked)):
        raise PreconditionFailed


def matches(header: str, tag: str) -> bool:
    tags = parsed(header)
    return tags == ["*"] or any(candidate.removeprefix("W/") == tag for candidate in tags)


def parsed(header: str) -> list[str]:
    return parse_etags(header) if len(header) <= MAX_HEADER_LENGTH else []
