"""The signed addresses of files, `/files/<token>`. Nobody is signed in here: the token decides."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from credentials.diplomas import files, links
from credentials_portal import connections, logs
from credentials_portal.middleware import client_address
from credentials_portal.open_views import OpenView
from credentials_portal.problems import BodyTooLarge, Problem, RequestTimeout
from credentials_portal.throttling import AddressThrottle

METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS")
# A file may be anything to a browser: it is saved, opens nothing, and nobody keeps a copy.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# One part; of several, or of another unit, the whole is sent (RFC 9110, 14.2).
RANGE = re.compile(r"(?i:bytes)=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))", re.ASCII)


class LengthRequired(Problem):
    status, slug, title = 411, "length-required", "The size of the file must be sent"
    detail = "Send Content-Length: the size that was announced."


class RangeNotSatisfiable(Problem):
    status, slug, title = 416, "range-not-satisfiable", "The file has no such part"
    detail = "The file ends before the range begins."


class FileView(OpenView):
    # The method is the token's: another one is refused, whatever it is.
    throttles = dict.fromkeys(METHODS, AddressThrottle)
    max_body_bytes = settings.MAX_FILE_BYTES
    streams_body = True

    def headers(self) -> Mapping[str, str]:
        return HEADERS

    def handler(self, request: HttpRequest) -> Callable[..., HttpResponse]:
        return self.put if request.method == "PUT" else self.get

    def get(self, request: HttpRequest, token: str) -> Any:
        link = links.read(token, request.method or "")
        # A range is of GET alone (RFC 9110, 14.2).
        asked = request.META.get("HTTP_RANGE", "") if request.method == "GET" else ""
        tag = request.META.get("HTTP_IF_RANGE", "")

        def part(found: files.Stored) -> files.Bounds | None:
            # Without the part's own file, the whole of the new one.
            is_same = not tag or tag == etag(found)
            return part_of(asked, found.size) if is_same else None

        found, stream = files.open_stored(link.tenant, link.object, part)
        connections.give_back()
        bounds = part(found)
        start, end = bounds or (0, found.size)
        kind = found.download.content_type
        response: HttpResponseBase = StreamingHttpResponse(stream, content_type=kind)
        if request.method == "HEAD":
            stream.close()
            response = HttpResponse(content_type=kind)
        response.headers["Content-Disposition"] = found.download.disposition
        response.headers["Content-Length"] = str(end - start)
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["ETag"] = etag(found)
        if bounds:
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
        return response

    def put(self, request: HttpRequest, token: str) -> HttpResponse:
        link = links.read(token, "PUT")
        awaited = files.find_awaited(link.tenant, link.object)
        declared = request.META.get("CONTENT_LENGTH") or ""
        if not declared.isdecimal() or "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthRequired
        if int(declared) != awaited.size:
            if int(declared) > settings.MAX_FILE_BYTES:
                raise BodyTooLarge
            text = f"{awaited.size} bytes were announced, and {int(declared)} are sent."
            raise files.refused("size", text)
        by = replace(link.by, address=client_address(request), request_id=logs.request_id.get())
        try:
            files.receive(awaited, request.read, by=by)
        except UnreadablePostError:
            text = "The upload did not come whole in time; nothing was stored."
            raise RequestTimeout(text) from None
        return HttpResponse(status=204)


def etag(found: files.Stored) -> str:
    return f'"{found.sha256.hex()}"'


def part_of(asked: str, size: int) -> files.Bounds | None:
    """None where the whole is sent. Raises RangeNotSatisfiable."""
    found = RANGE.fullmatch(asked)
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return start, end
