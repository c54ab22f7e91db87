"""Definitions: what an organization can award."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.records import Filter
from credentials.organization_credentials.catalogue import CatalogueView
from credentials.organization_credentials.models import CredentialDefinition
from credentials.organization_credentials.records import (
    DEFINITIONS,
    PUBLIC,
    find_issuer,
    of_opportunity,
    searched,
)
from credentials.organization_credentials.schema import documented_definitions
from credentials.organization_credentials.serializers import (
    DefinitionChangeSerializer,
    DefinitionListQuery,
    DefinitionSerializer,
)
from credentials_portal.problems import Forbidden
from tenants.models import Role


@documented_definitions
class DefinitionView(CatalogueView):
    queryset = CredentialDefinition.objects.filter(deleted_at=None)
    serializer_class = DefinitionSerializer
    change_serializer_class = DefinitionChangeSerializer
    records = DEFINITIONS

    @property
    def visible(self) -> Filter | None:
        return None if self.access.has(Role.ADMIN) else PUBLIC

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(DefinitionListQuery, request.query_params)
        if query["include_private"] and not self.access.has(Role.ADMIN):
            raise Forbidden("Private definitions need the role admin or above.")
        where = Filter() if query["include_private"] else PUBLIC
        where = searched(where, query["search"])
        for kind in ("course", "program"):
            if query[kind]:
                where = of_opportunity(where, self.access.tenant_id, kind, query[kind])
        return self.page(request, query, where)

    def create(self, request: Request) -> HttpResponse:
        find = {"find_issuer": self.find_issuer}
        values = self.checked(DefinitionSerializer, request, context=find)
        return self.create_row(CredentialDefinition(tenant_id=self.access.tenant_id, **values))

    def find_issuer(self, entity_id: UUID) -> int | None:
        return find_issuer(self.access.tenant_id, entity_id)
