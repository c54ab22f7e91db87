"""What can be certified: an organization's own types, beside the standard ones."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.base_views import CatalogueView
from credentials.certifications.envelopes import enveloped_sql
from credentials.certifications.models import CertificationType
from credentials.certifications.records import TYPES
from credentials.certifications.schema import documented_types
from credentials.certifications.serializers import CertificationTypeSerializer
from credentials.core.records import respond
from credentials_portal.problems import Forbidden, NotFound
from tenants import changes
from tenants.changes import Creation


@documented_types
class CertificationTypeView(CatalogueView):
    family = "certification_types"
    queryset = CertificationType.objects.all()
    serializer_class = CertificationTypeSerializer
    records = TYPES
    list_name = "certification types"
    creations = frozenset({"create"})

    def create(self, request: Request, organization: str) -> Creation:
        values = self.valid(CertificationTypeSerializer, request.data)
        row = CertificationType(tenant_id=self.access.tenant_id, **values)
        return Creation(row, enveloped_sql(self.records), self.actor, status=201)

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
