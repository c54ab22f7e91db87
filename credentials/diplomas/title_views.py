"""Titles: what a diploma of the organization can be of."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core import lifecycle
from credentials.core.records import Filter, respond
from credentials.diplomas.models import DiplomaTitle
from credentials.diplomas.pages import limits, respond_page
from credentials.diplomas.person import DiplomaFamilyView
from credentials.diplomas.records import TITLES
from credentials.diplomas.schema import documented_titles
from credentials.diplomas.serializers import PageQuery, TitleSerializer
from tenants import changes
from tenants.access import Open
from tenants.changes import Creation
from tenants.models import Role


@documented_titles
class TitleView(DiplomaFamilyView):
    queryset = DiplomaTitle.objects.all()
    serializer_class = TitleSerializer
    records = TITLES
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
        page = limits(query)
        found = TITLES.page(self.access.tenant_id, Filter(), order="r.id desc", **page)
        return respond_page(query, *found)

    def create(self, request: Request) -> Creation:
        values = self.valid(TitleSerializer, request.data)
        row = DiplomaTitle(tenant_id=self.access.tenant_id, **values)
        return Creation(row, TITLES.json, self.actor, status=201)

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        return respond(self.found(record).json)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        row = self.locked(record)
        self.check_unchanged(record)
        values = self.valid(TitleSerializer, request.data, partial=True)
        changes.change(row, values, by=self.actor)
        return respond(self.found(record).json)

    def destroy(self, request: Request, record: str) -> HttpResponse:
        """Raises TitleInUse (409), by the database, for what diplomas have."""
        row = self.locked(record)
        self.check_unchanged(record)
        lifecycle.delete(row, by=self.actor)
        return HttpResponse(status=204)
