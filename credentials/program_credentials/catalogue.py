"""The certificates that a tenant awards: its programs and its courses."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from credentials.core import lifecycle
from credentials.core.pages import PageQuery, respond_page
from credentials.core.records import Filter, respond
from credentials.core.views import CredentialView
from credentials.program_credentials.models import Certificate, Course, Program
from credentials.program_credentials.records import COURSES, PROGRAMS
from credentials.program_credentials.schema import catalogue
from credentials.program_credentials.serializers import (
    CourseListSerializer,
    CourseSerializer,
    ProgramListSerializer,
    ProgramSerializer,
)
from tenants import changes
from tenants.access import Open
from tenants.changes import Creation
from tenants.models import Role


class CertificateView(CredentialView):
    """What members read and administrators keep."""

    family = "program_credentials"
    model: ClassVar[type[Certificate]]
    serializer_class: type[Serializer[Any]]
    creations = frozenset({"create"})
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.ADMIN,
        "retrieve": Role.MEMBER,
        "partial_update": Role.ADMIN,
        "destroy": Role.ADMIN,
    }

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(PageQuery, request.query_params)
        found = self.records.page(self.access.tenant_id, Filter(), order="r.id desc", **query)
        return respond_page(request, query, *found)

    def create(self, request: Request) -> Creation:
        values = self.valid(self.serializer_class, request.data)
        row = self.model(tenant_id=self.access.tenant_id, **values)
        return Creation(row, self.records.json, self.actor, status=201)

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        return respond(self.found(record).json)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        row = self.locked(record)
        self.check_unchanged(record)
        values = self.valid(self.serializer_class, request.data, partial=True)
        changes.change(row, values, by=self.actor)
        return respond(self.found(record).json)

    def destroy(self, request: Request, record: str) -> HttpResponse:
        """Raises HasAwards (409), by the database, for what was awarded."""
        row = self.locked(record)
        self.check_unchanged(record)
        lifecycle.delete(row, by=self.actor)
        return HttpResponse(status=204)


@catalogue("program", ProgramSerializer, ProgramListSerializer)
class ProgramView(CertificateView):
    model = Program
    queryset = Program.objects.all()
    serializer_class = ProgramSerializer
    records = PROGRAMS


@catalogue("course", CourseSerializer, CourseListSerializer)
class CourseView(CertificateView):
    model = Course
    queryset = Course.objects.all()
    serializer_class = CourseSerializer
    records = COURSES
