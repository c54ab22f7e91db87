"""The public address of an uploaded image, `/images/<uuid>`. Nobody is signed in here."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from credentials.organization_credentials import images
from credentials_portal import problems
from credentials_portal.etags import matches
from credentials_portal.problems import MethodNotAllowed, NotFound
from credentials_portal.throttling import AddressThrottle
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


# Nothing is ever written, and a POST must be told 405, not that it lacks a CSRF cookie.
@method_decorator(csrf_exempt, name="dispatch")
class ImageView(View):
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = self.answer(request, **kwargs)
        except Exception as error:
            problem = problems.as_problem(error)
            if problem.status >= 500:
                problems.log_unforeseen(error)
            response = problems.response(problem)
            response.headers["Cache-Control"] = "no-store"
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        throttle = AddressThrottle()
        if not throttle.allow_request(request, self):
            raise problems.Throttled(headers={"Retry-After": str(max(1, int(throttle.wait())))})
        return self.get(request, **kwargs)

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
