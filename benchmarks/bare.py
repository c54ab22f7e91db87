"""What the portal is measured against: Django with nothing around it, and one SELECT.

The views are served by a second handler without middleware, through the same server, in the same
processes and with the same connections as the portal. They are no part of the product.
"""

from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.urls import path

PREFIX = "/bare/"
COPY = f"{PREFIX}copy"
PIECE, SENT = 64 * 1024, 256 * 1024


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


def one_select(request: HttpRequest, record: int) -> HttpResponse:
    """The record as PostgreSQL writes it; nobody is asked who they are."""
    with connection.cursor() as cursor:
        # The portal's own statements are prepared; so is this one.
        connection.connection.prepare_threshold = 2
        cursor.execute(FLOOR_SELECT, [record])
        (content,) = cursor.fetchone()
    return HttpResponse(content, content_type="application/json")


def copy(request: HttpRequest) -> HttpResponseBase:
    """One file, written as it comes and sent as it is; nobody looks at it."""
    place = Path(settings.DATA_DIR) / "bare-copy"
    if request.method != "PUT":
        response = FileResponse(place.open("rb"))
        response.block_size = SENT  # Django's own is 4 KiB
        return response
    with place.open("wb") as file:
        while piece := request.read(PIECE):
            file.write(piece)
    return HttpResponse(status=204)


# A copy of the table, without policies, which the login may read as it is.
FLOOR_TABLE = "benchmark_floor"
FLOOR_SELECT = f"""
select json_build_object('id', id, 'uuid', uuid, 'tenant_id', tenant_id, 'user_id', holder_id,
    'title', title, 'issued', issued_at, 'expires', expires_at, 'website_url', website_url,
    'state', state, 'created_time', created_at, 'modified_time', modified_at)::text
from {FLOOR_TABLE} where id = %s
"""

urlpatterns = [
    path("bare/nothing", nothing),
    path("bare/copy", copy),
    path("bare/one-select/<int:record>", one_select),
]


class BareRequest(WSGIRequest):
    urlconf = __name__


class BareHandler(WSGIHandler):
    request_class = BareRequest

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)
