"""What can be certified: an organization's own types, beside the standard ones."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.base_views import OrganizationView
from credentials.certifications.envelopes import enveloped_sql
from credentials.certifications.models import CertificationType
from credentials.certifications.records import TYPES
from credentials.certifications.schema import documented_types
from credentials.certifications.serializers import (
    CertificationTypeQuery,
    CertificationTypeSerializer,
)
from credentials.core.records import Filter, respond
from credentials_portal.problems import Forbidden, NotFound
from tenants import changes
from tenants.access import Open
from tenants.changes import Creation
from tenants.models import Role


@documented_types
class CertificationTypeView(OrganizationView):
    family = "certification_types"
    queryset = CertificationType.objects.all()
    serializer_class = CertificationTypeSerializer
    records = TYPES
    list_name = "certification types"
    creations = frozenset({"create"})
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.ADMIN,
        "retrieve": Role.MEMBER,
        "partial_update": Role.ADMIN,
    }

    def list(self, request: Request, organization: str) -> HttpResponse:
        query = self.valid(CertificationTypeQuery, request.query_params)
        where = Filter()
        if "status" in query:
            where = where.also("r.status = %s", query["status"])
        return self.part(query, where)

    def create(self, request: Request, organization: str) -> Creation:
        values = self.valid(CertificationTypeSerializer, request.data)
        row = CertificationType(tenant_id=self.access.tenant_id, **values)
        return Creation(row, enveloped_sql(self.records), self.actor, status=201)

    def retrieve(self, request: Request, organization: str, record: str) -> HttpResponse:
        return respond(self.found(record).json)

    def partial_update(self, request: Request, organization: str, record: str) -> HttpResponse:
        row = self.locked(record)
        self.check_unchanged(record)
        values = self.valid(CertificationTypeSerializer, request.data, partial=True)
        changes.change(row, values, by=self.actor)
        return respond(self.found(record).json)

    def locked(self, record: str) -> Any:
        """Raises Forbidden (403) for a standard type: it is there, and the platform keeps it."""
        try:
            return super().locked(record)
        except NotFound:
            self.found(record)
            raise Forbidden("Standard types are kept by the platform.") from None
