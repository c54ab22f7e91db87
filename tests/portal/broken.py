"""The portal's addresses, and some that fail in ways that nobody foresaw."""

from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.models import MicroCredential
from credentials_portal.problems import Conflict
from credentials_portal.urls import handler400, handler403, handler404, handler500, urlpatterns
from tenants import changes
from tenants.access import Open
from tenants.models import Role
from tenants.views import PortalView

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

SECRET = "ada@acme.example has the password hunter2"  # what must not get out
NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


class BrokenView(PortalView):
    """Writes a row, then fails in the way that the body asks for."""

    family = "micro_credentials"
    roles: ClassVar[dict[str, Role | Open]] = {"fail": Role.MEMBER}

    def fail(self, request: Request, record: str = "") -> HttpResponse:
        row = MicroCredential(
            tenant_id=self.access.tenant_id,
            holder_id=self.caller.user_id,
            title="Welding",
            issued_at=NEW_YEAR,
            expires_at=NEW_YEAR,
        )
        changes.create(row, by=self.actor)
        sent: Any = request.data
        match sent.get("failure"):
            case "code":
                raise RuntimeError(SECRET)
            case "database":
                with connection.cursor() as cursor:
                    cursor.execute("select %s::int", [SECRET])
            case "refusal":
                raise Conflict("Not like this.")
        return Response({"record": record})


class RolelessView(PortalView):
    def retrieve(self, request: Request) -> HttpResponse:
        return Response({})


def outside_the_api(request: HttpRequest) -> NoReturn:
    raise RuntimeError(SECRET)


def forbidden(request: HttpRequest) -> NoReturn:
    raise PermissionDenied(SECRET)


broken = BrokenView.as_view({"post": "fail"})
urlpatterns = [
    *urlpatterns,
    path("broken", broken),
    path("broken/<str:record>", broken),
    path("roleless", RolelessView.as_view({"get": "retrieve"})),
    path("outside-the-api", outside_the_api),
    path("forbidden", forbidden),
]
