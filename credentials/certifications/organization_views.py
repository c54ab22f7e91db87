"""The caller's organizations."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.base_views import OrganizationView
from credentials.certifications.envelopes import enveloped
from credentials.certifications.member_records import ORGANIZATIONS, of_caller
from credentials.certifications.member_schema import documented_organization, documented_own
from credentials.certifications.member_serializers import OrganizationQuery, OrganizationSerializer
from credentials.core.cursors import Cursors, Part, respond_part
from credentials.core.records import Filter, Found, respond
from credentials_portal.problems import NotFound
from tenants import access, members, walls
from tenants.access import Open
from tenants.models import Role, Tenant


@documented_own
class OwnOrganizationsView(OrganizationView):
    """Across tenants, and so of none: also for whom the primary organization is suspended."""

    family = "organizations"
    serializer_class = OrganizationSerializer
    records = ORGANIZATIONS
    roles: ClassVar[dict[str, Role | Open]] = {"list": Open.SIGNED_IN}

    def list(self, request: Request) -> HttpResponse:
        access.demand_scope(self.caller, self.family, write=False)
        query = self.valid(OrganizationQuery, request.query_params)
        mine, limit = of_caller(self.caller), query["limit"]
        cursors = Cursors.of(f"organizations of {self.caller.user_id}", 0, query)
        position = cursors.position(query.get("cursor"))
        after = position[0] if position else None
        items, last = self.records.part_of(walls.PLATFORM, mine, after=after, limit=limit)
        return respond_part(Part(items, None if last is None else (last,)), cursors)


@documented_organization
class OneOrganizationView(OrganizationView):
    family = "organizations"
    queryset = Tenant.objects.all()
    serializer_class = OrganizationSerializer
    records = ORGANIZATIONS
    roles: ClassVar[dict[str, Role | Open]] = {
        "retrieve": Role.MEMBER,
        "partial_update": Role.OWNER,
    }

    def retrieve(self, request: Request, organization: str) -> HttpResponse:
        return respond(self.found(organization).json)

    def partial_update(self, request: Request, organization: str) -> HttpResponse:
        tenant = self.queryset.select_for_update().get(pk=self.access.tenant_id)
        self.check_unchanged(organization)
        values = self.valid(OrganizationSerializer, request.data, partial=True)
        members.change_tenant(tenant, by=self.actor, **values)
        return respond(self.found(organization).json)

    def found(self, record: str, visible: Filter | None = None) -> Found:
        """By whatever name it was asked for: `access` knows which it is."""
        tenant_id = self.access.tenant_id
        mine = Filter().also(self.records.whose, tenant_id)
        found: Any = self.records.one(walls.tenant(tenant_id), mine)
        if found is None:
            raise NotFound
        return Found(enveloped(found.json), found.facts)
