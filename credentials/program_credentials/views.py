from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core import lifecycle
from credentials.core.pages import respond_page
from credentials.core.records import Filter, respond
from credentials.core.views import CredentialView
from credentials.program_credentials import awards
from credentials.program_credentials.bulk import read_items, results
from credentials.program_credentials.models import UserCredential
from credentials.program_credentials.records import (
    AWARDS,
    of_course,
    of_person,
    of_program,
    of_username,
)
from credentials.program_credentials.schema import (
    documented,
    documented_bulk,
    documented_courses,
    documented_programs,
)
from credentials.program_credentials.serializers import (
    AwardChangeSerializer,
    CourseCredentialListQuery,
    ProgramCredentialListQuery,
    UserCredentialListQuery,
    UserCredentialSerializer,
    read_award,
)
from credentials_portal.problems import Forbidden, InvalidInput
from tenants.access import Open
from tenants.models import Role


class AwardView(CredentialView):
    """What the awards' endpoints share."""

    family = "program_credentials"
    queryset = UserCredential.objects.all()
    serializer_class = UserCredentialSerializer
    records = AWARDS

    def page(self, request: Request, query: dict[str, Any], where: Filter) -> HttpResponse:
        """Newest first."""
        if "status" in query:
            where = where.also("r.status = %s", query["status"])
        limits = {"limit": query["limit"], "offset": query["offset"]}
        found = self.records.page(self.access.tenant_id, where, order="r.id desc", **limits)
        return respond_page(request, query, *found)


@documented
class UserCredentialView(AwardView):
    """Awards of program and course certificates to usernames."""

    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.ISSUER,
        "retrieve": Role.MEMBER,
        "partial_update": Role.ISSUER,
    }

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(UserCredentialListQuery, request.query_params)
        if self.access.has(Role.ISSUER):
            return self.page(request, query, of_username(query["username"]))
        if query["username"].upper() != self.caller.username.upper():
            raise Forbidden("Other people's records need the role issuer or above.")
        return self.page(request, query, self.own)

    def create(self, request: Request) -> HttpResponse:
        """An award that exists already is changed."""
        tenant_id, reading = self.access.tenant_id, read_award(request.data)
        if reading.errors or not reading.wanted:
            (also,) = awards.check(tenant_id, [reading.wanted]) if reading.wanted else [()]
            raise InvalidInput(errors=[*reading.errors, *also])
        (outcome,) = awards.apply(
            tenant_id, [reading.wanted], by=self.actor, reading=self.records.json
        )
        if outcome.errors:
            raise InvalidInput(errors=outcome.errors)
        return respond(outcome.record.encode(), 201)

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        visible = None if self.access.has(Role.ISSUER) else self.own
        return respond(self.found(record, visible).json)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        award = self.locked(record)
        self.check_unchanged(record)
        status = self.valid(AwardChangeSerializer, request.data)["status"]
        lifecycle.move(award, status, by=self.actor)
        return respond(self.found(record).json)

    @property
    def own(self) -> Filter:
        return of_person(self.caller.user_id, self.caller.username)


@documented_bulk
class BulkView(AwardView):
    roles: ClassVar[dict[str, Role | Open]] = {"create": Role.ISSUER}

    def create(self, request: Request) -> HttpResponse:
        """Each item by itself: what is refused of one leaves the others done."""
        items = read_items(request.data)
        found = results(self.access.tenant_id, items, reading=self.records.json, by=self.actor)
        return respond(orjson.dumps({"results": found}), 207)


@documented_programs
class ProgramCredentialView(AwardView):
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER}

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(ProgramCredentialListQuery, request.query_params)
        return self.page(request, query, of_program(self.access.tenant_id, query["program_id"]))


@documented_courses
class CourseCredentialView(AwardView):
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER}

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(CourseCredentialListQuery, request.query_params)
        course = query["course_id"], query.get("certificate_type")
        return self.page(request, query, of_course(self.access.tenant_id, *course))
