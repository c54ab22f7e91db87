"""The base of the family's endpoints.

An `organization` in the path is the tenant; without it the token's, else the primary one.
"""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.envelopes import enveloped
from credentials.certifications.serializers import StandingQuery
from credentials.core.cursors import Cursors, Part, respond_part
from credentials.core.records import Filter, Found, respond
from credentials.core.views import CredentialView
from tenants.access import Open
from tenants.models import Role


class OrganizationView(CredentialView):
    list_name: ClassVar[str] = ""  # what the cursors of its list are bound to

    def found(self, record: str, visible: Filter | None = None) -> Found:
        """In its envelope: what is answered is what `If-Match` names."""
        found = super().found(record, visible)
        return Found(enveloped(found.json), found.facts)

    def part(self, query: dict[str, Any], where: Filter) -> HttpResponse:
        """Newest first, from where the cursor says."""
        tenant_id = self.access.tenant_id
        cursors = Cursors.of(self.list_name, tenant_id, query)
        position = cursors.position(query.get("cursor"))
        after = position[0] if position else None
        items, last = self.records.part(tenant_id, where, after=after, limit=query["limit"])
        return respond_part(Part(items, None if last is None else (last,)), cursors)


class CatalogueView(OrganizationView):
    """What members read and administrators keep."""

    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.ADMIN,
        "retrieve": Role.MEMBER,
        "partial_update": Role.ADMIN,
    }

    def list(self, request: Request, organization: str) -> HttpResponse:
        query = self.valid(StandingQuery, request.query_params)
        where = Filter()
        if "status" in query:
            where = where.also("r.status = %s", query["status"])
        return self.part(query, where)

    def retrieve(self, request: Request, organization: str, record: str) -> HttpResponse:
        return respond(self.found(record).json)
