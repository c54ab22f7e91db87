from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications import changing, recording
from credentials.certifications.base_views import OrganizationView
from credentials.certifications.envelopes import enveloped_sql
from credentials.certifications.models import Certification
from credentials.certifications.records import CERTIFICATIONS, filtered, is_anothers, of_person
from credentials.certifications.schema import documented, documented_list, documented_own_list
from credentials.certifications.serializers import (
    CertificationBodySerializer,
    CertificationQuery,
    CertificationSerializer,
    read,
)
from credentials.core.records import Filter, respond
from credentials_portal.problems import Forbidden, InvalidInput
from tenants.access import Open
from tenants.models import Role

ANOTHERS = "An issuer makes other members' records at /organizations/{organization}/certifications."


class RecordView(OrganizationView):
    """What the records' endpoints share."""

    family = "certification_records"
    queryset = Certification.objects.all()
    serializer_class = CertificationSerializer
    records = CERTIFICATIONS

    @property
    def own(self) -> Filter:
        return of_person(self.access.tenant_id, self.caller.user_id)

    @property
    def visible(self) -> Filter | None:
        """One's own; an issuer sees the organization's."""
        return None if self.access.has(Role.ISSUER) else self.own

    def listed(self, request: Request, where: Filter) -> HttpResponse:
        query = self.valid(CertificationQuery, request.query_params)
        return self.part(query, filtered(where, self.access.tenant_id, query))

    def record(self, values: dict[str, Any], faults: list[Any]) -> HttpResponse:
        """Made (201), or brought to what was sent (200) where the external pair names one."""
        tenant_id = self.access.tenant_id
        wanted = changing.wanted(values, person=self.caller.user_id)
        if faults:
            raise InvalidInput(errors=[*faults, *recording.faults(tenant_id, wanted)])
        reading = enveloped_sql(self.records)
        (outcome,) = recording.record(tenant_id, [wanted], by=self.actor, reading=reading)
        if outcome.errors:
            raise InvalidInput(errors=outcome.errors)
        return respond(outcome.record.encode(), 201 if outcome.change == recording.CREATED else 200)


@documented_own_list
class OwnCertificationsView(RecordView):
    list_name = "own certifications"
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.MEMBER, "create": Role.MEMBER}

    def list(self, request: Request) -> HttpResponse:
        return self.listed(request, self.own)

    def create(self, request: Request) -> HttpResponse:
        values, faults = read(CertificationBodySerializer, request.data)
        member = values.get("organization_member_id")
        if member and is_anothers(self.access.tenant_id, member, self.caller.user_id):
            raise Forbidden(ANOTHERS)
        return self.record(values, faults)


@documented_list
class OrganizationCertificationsView(RecordView):
    list_name = "certifications"
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER, "create": Role.ISSUER}

    def list(self, request: Request, organization: str) -> HttpResponse:
        return self.listed(request, Filter())

    def create(self, request: Request, organization: str) -> HttpResponse:
        return self.record(*read(CertificationBodySerializer, request.data))


@documented
class CertificationView(RecordView):
    roles: ClassVar[dict[str, Role | Open]] = {
        "retrieve": Role.MEMBER,
        "partial_update": Role.MEMBER,
        "destroy": Role.MEMBER,
    }

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        return respond(self.found(record, self.visible).json)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        row = self.reached(record)
        changing.change(row, request.data, by=self.actor)
        return respond(self.found(record).json)

    def destroy(self, request: Request, record: str) -> HttpResponse:
        """The row is kept, archived; done again, nothing happens."""
        changing.archive(self.reached(record), by=self.actor)
        return HttpResponse(status=204)

    def reached(self, record: str) -> Certification:
        """Locked, and unchanged since the caller read it. Raises NotFound (404)."""
        if self.visible:
            self.found(record, self.visible)
        row: Certification = self.locked(record)
        self.check_unchanged(record)
        return row
