"""Issuers: in whose name an organization awards."""

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.records import Filter
from credentials.organization_credentials.catalogue import CatalogueView
from credentials.organization_credentials.models import IssuerProfile
from credentials.organization_credentials.records import ISSUERS, searched
from credentials.organization_credentials.schema import documented_issuers
from credentials.organization_credentials.serializers import (
    IssuerChangeSerializer,
    IssuerListQuery,
    IssuerSerializer,
)


@documented_issuers
class IssuerView(CatalogueView):
    queryset = IssuerProfile.objects.filter(deleted_at=None)
    serializer_class = IssuerSerializer
    change_serializer_class = IssuerChangeSerializer
    records = ISSUERS

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(IssuerListQuery, request.query_params)
        return self.page(request, query, searched(Filter(), query["search"]))

    def create(self, request: Request) -> HttpResponse:
        values = self.checked(IssuerSerializer, request)
        return self.create_row(IssuerProfile(tenant_id=self.access.tenant_id, **values))
