"""Who is qualified, and what lapses next."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications import expiring, results
from credentials.certifications.base_views import OrganizationView
from credentials.certifications.expiring import Position
from credentials.certifications.qualifying import Question
from credentials.certifications.role_schema import (
    documented_expirations,
    documented_own_results,
    documented_results,
)
from credentials.certifications.role_serializers import (
    ExpirationQuery,
    ExpirationSerializer,
    OwnResultQuery,
    QualificationResultSerializer,
    ResultQuery,
)
from credentials.core.cursors import Cursors, respond_part
from tenants import access
from tenants.access import Open
from tenants.models import Role


class ResultsView(OrganizationView):
    family = "qualifications"
    serializer_class = QualificationResultSerializer

    def listed(self, query: dict[str, Any], **whose: Any) -> HttpResponse:
        tenant_id = self.access.tenant_id
        cursors = Cursors.of(self.list_name, tenant_id, query)
        after, begun = results.position(cursors.position(query.get("cursor")))
        question = Question(
            tenant_id,
            query.get("as_of") or begun or expiring.today(),
            qualification=query.get("qualification_id"),
            after=after,
            **whose,
        )
        found = results.part(question, status=query.get("status"), limit=query["limit"])
        return respond_part(found, cursors)


@documented_own_results
class OwnResultsView(ResultsView):
    list_name = "own qualification results"
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.MEMBER}

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(OwnResultQuery, request.query_params)
        return self.listed(query, person=self.caller.user_id)


@documented_results
class OrganizationResultsView(ResultsView):
    list_name = "qualification results"
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER}

    def list(self, request: Request, organization: str) -> HttpResponse:
        query = self.valid(ResultQuery, request.query_params)
        return self.listed(query, member=query.get("organization_member_id"))


@documented_expirations
class ExpirationsView(OrganizationView):
    family = "certification_records"
    serializer_class = ExpirationSerializer
    list_name = "expirations"
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER}

    def list(self, request: Request, organization: str) -> HttpResponse:
        query = self.valid(ExpirationQuery, request.query_params)
        tenant_id = self.access.tenant_id
        cursors = Cursors.of(self.list_name, tenant_id, query)
        position = cursors.position(query.get("cursor"))
        found, _ = expiring.part(
            tenant_id,
            Position.of(position) if position else None,
            within_days=query["within_days"],
            limit=query["limit"],
            # Whom it disqualifies is of the other family.
            tells_results=access.has_scope(self.caller, "qualifications", write=False),
        )
        return respond_part(found, cursors)
