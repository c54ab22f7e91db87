"""The public address of an uploaded image, `/images/<uuid>`. Nobody is signed in here."""

import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from credentials.organization_credentials import images
from credentials_portal.etags import matches
from credentials_portal.open_views import OpenView
from credentials_portal.problems import NotFound
from tenants import ids

TAG = re.compile(r'(?:W/)?"([0-9a-f]{64})"')
MAX_TAGS = 10
# Whatever the bytes may mean to somebody: they are a picture, and open nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FOR_EVER = "public, max-age=31536000, immutable"


class ImageView(OpenView):
    def headers(self) -> Mapping[str, str]:
        return HEADERS

    def get(self, request: HttpRequest, record: str) -> HttpResponse:
        """An image outlives its tenant's suspension, as the pages that show it do."""
        uuid = ids.as_uuid(record)
        found = images.find(uuid, known(request)) if uuid else None
        if found is None:
            raise NotFound
        tag = f'"{found.digest.hex()}"'
        headers = {"Cache-Control": FOR_EVER, "ETag": tag}
        if found.content is None or matches(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
            return HttpResponseNotModified(headers=headers)
        extension = found.content_type.removeprefix("image/")
        headers["Content-Disposition"] = f'inline; filename="image.{extension}"'
        return HttpResponse(found.content, content_type=found.content_type, headers=headers)


def known(request: HttpRequest) -> list[bytes]:
    """The digests that the caller has already."""
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    return [bytes.fromhex(tag) for tag in TAG.findall(asked)[:MAX_TAGS]]
