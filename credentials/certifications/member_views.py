"""Members of an organization: invited by email, given roles, ended."""

from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications.base_views import OrganizationView
from credentials.certifications.member_records import MEMBERS, members_where
from credentials.certifications.member_schema import documented_members
from credentials.certifications.member_serializers import (
    InvitationSerializer,
    OrganizationMemberChangeSerializer,
    OrganizationMemberQuery,
    OrganizationMemberSerializer,
)
from credentials.core.fields import rfc3339
from credentials.core.records import respond
from tenants import members, walls
from tenants.access import Open
from tenants.models import Membership, Role
from tenants.views import Handler
from users import inviting


@documented_members
class OrganizationMemberView(OrganizationView):
    family = "organization_members"
    queryset = Membership.objects.all()
    serializer_class = OrganizationMemberSerializer
    records = MEMBERS
    list_name = "organization members"
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.ISSUER,
        "create": Role.ADMIN,
        "retrieve": Role.ISSUER,
        "partial_update": Role.ADMIN,
    }

    def list(self, request: Request, organization: str) -> HttpResponse:
        query = self.valid(OrganizationMemberQuery, request.query_params)
        return self.part(query, members_where(query))

    def create(self, request: Request, organization: str) -> HttpResponse:
        """Invite by email. Raises InvitedAlready (409)."""
        sent = self.valid(InvitationSerializer, request.data)
        facts = {name: value for name, value in sent.items() if value is not None}
        role = Role(facts.pop("role", Role.MEMBER))
        self.demand_owner_for(role)
        tenant = members.get_tenant(self.access.tenant_id)
        row = inviting.invite(tenant, role=role, by=self.actor, **facts)
        return respond(self.found(str(row.pk)).json, status=201)

    def retrieve(self, request: Request, organization: str, record: str) -> HttpResponse:
        return respond(self.found(record).json)

    def partial_update(self, request: Request, organization: str, record: str) -> HttpResponse:
        row: Membership = self.locked(record)
        self.check_unchanged(record)
        wanted = self.valid(OrganizationMemberChangeSerializer, request.data)
        self.demand_owner_for(row.role, wanted.get("role"))
        if "display_name" in wanted:
            name = wanted.pop("display_name")
            if row.is_awaited:
                wanted["display_name"] = name or ""
        members.change(row, by=self.actor, **wanted)
        return respond(self.found(record).json)

    def demand_owner_for(self, *roles: str | None) -> None:
        """Only an owner makes or changes an owner."""
        if Role.OWNER in roles:
            self.access.demand(Role.OWNER)

    def write(self, request: Request, handler: Handler) -> HttpResponse:
        """What is kept for a second request of one Idempotency-Key is without the link."""
        response = super().write(request, handler)
        if self.action == "create" and response.status_code == 201:
            return self.with_link(response)
        return response

    def with_link(self, response: HttpResponse) -> HttpResponse:
        answer: dict[str, Any] = orjson.loads(response.content)
        with walls.tenant_work(self.access.tenant_id):
            row = self.queryset.get(tenant_id=self.access.tenant_id, uuid=answer["data"]["id"])
        link = inviting.link(row)
        answer["data"] |= {
            "invitation_url": link.url if link else None,
            "invitation_expires_at": rfc3339(link.expires_at) if link else None,
        }
        response.content = orjson.dumps(answer)
        response.headers["Cache-Control"] = "no-store"
        return response
