"""An organization's qualifications and job roles, and which members have which."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications import assigning, defining
from credentials.certifications.base_views import CatalogueView, OrganizationView
from credentials.certifications.role_models import JobRole, JobRoleAssignment, Qualification
from credentials.certifications.role_records import ASSIGNMENTS, JOB_ROLES, QUALIFICATIONS
from credentials.certifications.role_schema import (
    documented_assignments,
    documented_job_roles,
    documented_qualifications,
)
from credentials.certifications.role_serializers import (
    AssignmentBodySerializer,
    AssignmentSerializer,
    JobRoleChangeSerializer,
    JobRoleSerializer,
    ListedSerializer,
    QualificationChangeSerializer,
    QualificationSerializer,
)
from credentials.certifications.serializers import read
from credentials.core.records import respond
from credentials_portal.problems import PreconditionFailed
from tenants.access import Open
from tenants.models import Role


class ListedView(CatalogueView):
    """What `ListedSerializer` tells of."""

    serializer_class: type[ListedSerializer]
    change_serializer: type[ListedSerializer]

    def create(self, request: Request, organization: str) -> HttpResponse:
        row = self.make(*read(self.serializer_class, request.data, self.change_serializer))
        return respond(self.found(str(row.pk)).json, 201)

    def partial_update(self, request: Request, organization: str, record: str) -> HttpResponse:
        row = self.locked(record)
        self.check_unchanged(record)
        self.change(row, *read(self.change_serializer, request.data))
        return respond(self.found(record).json)

    def make(self, values: dict[str, Any], faults: Any) -> Any:
        raise NotImplementedError

    def change(self, row: Any, values: dict[str, Any], faults: Any) -> None:
        raise NotImplementedError


@documented_qualifications
class QualificationView(ListedView):
    family = "qualifications"
    queryset = Qualification.objects.all()
    serializer_class = QualificationSerializer
    change_serializer = QualificationChangeSerializer
    records = QUALIFICATIONS
    list_name = "qualifications"

    def make(self, values: dict[str, Any], faults: Any) -> Qualification:
        return defining.create_qualification(self.access.tenant_id, values, faults, by=self.actor)

    def change(self, row: Any, values: dict[str, Any], faults: Any) -> None:
        defining.change_qualification(row, values, faults, by=self.actor)


@documented_job_roles
class JobRoleView(ListedView):
    family = "job_roles"
    queryset = JobRole.objects.all()
    serializer_class = JobRoleSerializer
    change_serializer = JobRoleChangeSerializer
    records = JOB_ROLES
    list_name = "job roles"

    def make(self, values: dict[str, Any], faults: Any) -> JobRole:
        return defining.create_job_role(self.access.tenant_id, values, faults, by=self.actor)

    def change(self, row: Any, values: dict[str, Any], faults: Any) -> None:
        defining.change_job_role(row, values, faults, by=self.actor)


@documented_assignments
class AssignmentView(OrganizationView):
    family = "job_roles"
    queryset = JobRoleAssignment.objects.all()
    serializer_class = AssignmentSerializer
    records = ASSIGNMENTS
    roles: ClassVar[dict[str, Role | Open]] = {"update": Role.ADMIN, "destroy": Role.ADMIN}

    def update(self, request: Request, organization: str, member: str, record: str) -> HttpResponse:
        """Made, or brought to what was sent."""
        values = self.valid(AssignmentBodySerializer, request.data)
        row = self.held(member, record)
        assigning.assign(row, is_primary=values.get("is_primary"), by=self.actor)
        return respond(self.found(str(row.pk)).json)

    def destroy(
        self, request: Request, organization: str, member: str, record: str
    ) -> HttpResponse:
        assigning.unassign(self.held(member, record), by=self.actor)
        return HttpResponse(status=204)

    def held(self, member: str, record: str) -> JobRoleAssignment:
        row = assigning.held(self.access.tenant_id, member, record)
        if not row._state.adding:
            self.check_unchanged(str(row.pk))
        elif "HTTP_IF_MATCH" in self.request.META:
            raise PreconditionFailed
        return row
