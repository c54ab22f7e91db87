"""Assertions: who earned what."""

from typing import ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from credentials.core import lifecycle
from credentials.core.records import Filter
from credentials.organization_credentials.assertion_records import (
    ASSERTIONS,
    has_address,
    of_holder,
    of_identity,
    unexpired,
)
from credentials.organization_credentials.assertion_schema import documented_assertions
from credentials.organization_credentials.assertion_serializers import (
    AssertionChangeSerializer,
    AssertionListQuery,
    AssertionSerializer,
)
from credentials.organization_credentials.conflicts import RevocationStands
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.organization import OrganizationView
from credentials.organization_credentials.pages import respond_one
from credentials_portal.problems import Forbidden
from tenants.access import Open
from tenants.models import Role


@documented_assertions
class AssertionView(OrganizationView):
    queryset = Assertion.objects.all()
    serializer_class = AssertionSerializer
    records = ASSERTIONS
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "retrieve": Role.MEMBER,
        "update": Role.ISSUER,
    }

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(AssertionListQuery, request.query_params)
        where = self.of_recipient(query["recipient"])
        if not query["include_revoked"]:
            where = where.also("r.status = 'awarded'")
        if not query["include_expired"]:
            where = unexpired(where, timezone.now())
        return self.page(request, query, where)

    def of_recipient(self, identity: str) -> Filter:
        """Those of the person in the path, where no recipient is named."""
        if not identity:
            return of_holder(self.person_id)
        if self.access.has(Role.ISSUER):
            return of_identity(self.access.tenant_id, identity)
        caller = self.caller
        is_own_username = identity.upper() == caller.username.upper()
        if is_own_username or has_address(self.access.tenant_id, caller.user_id, identity):
            return of_holder(caller.user_id)
        raise Forbidden("Other people's records need the role issuer or above.")

    def retrieve(self, request: Request, entity_id: str) -> HttpResponse:
        visible = None if self.access.has(Role.ISSUER) else of_holder(self.caller.user_id)
        return respond_one(self.found(entity_id, visible).json)

    def update(self, request: Request, entity_id: str) -> HttpResponse:
        """Raises RevocationStands (409) for what was revoked before and shall no longer be."""
        assertion = self.locked(entity_id)
        self.check_unchanged(entity_id)
        values = self.valid(AssertionChangeSerializer, request.data)
        is_revoked = assertion.status == lifecycle.REVOKED
        if values.get("revoked", is_revoked) != is_revoked:
            if is_revoked:
                raise RevocationStands
            reason = values["revocation_reason"]
            lifecycle.move(assertion, lifecycle.REVOKED, by=self.actor, reason=reason)
        return respond_one(self.found(entity_id).json, "Updated")
