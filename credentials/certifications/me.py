"""Who is calling, and what they may reach."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.member_records import read_caller
from credentials.certifications.member_schema import documented_caller
from credentials.certifications.member_serializers import CallerSerializer
from credentials.core.records import respond
from credentials_portal.problems import Unauthorized
from tenants.access import Open
from tenants.models import Role
from tenants.views import PortalView


@documented_caller
class CallerView(PortalView):
    serializer_class = CallerSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"retrieve": Open.SIGNED_IN}

    def retrieve(self, request: Request) -> HttpResponse:
        found = read_caller(self.caller)
        if found is None:
            raise Unauthorized
        return respond(found)
