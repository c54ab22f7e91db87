"""A member's diplomas."""

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from credentials.core.records import Filter, Found
from credentials.diplomas import recording
from credentials.diplomas.links import Addresses
from credentials.diplomas.models import Diploma
from credentials.diplomas.pages import (
    addressed,
    limits,
    presigned_url,
    respond_page,
    unaddressed,
    unkept,
)
from credentials.diplomas.person import PersonView
from credentials.diplomas.records import DIPLOMAS, LISTED, PLACED, filtered, is_title, of_holder
from credentials.diplomas.schema import documented
from credentials.diplomas.serializers import (
    ACTIONS_INFO,
    PRESIGNED_URL,
    DiplomaBodySerializer,
    DiplomaChangeSerializer,
    DiplomaQuery,
    DiplomaSerializer,
)
from credentials_portal.problems import NotFound, PreconditionFailed
from tenants.access import Open, has_scope
from tenants.changes import Creation
from tenants.models import Role
from tenants.views import Handler


@documented
class DiplomaView(PersonView):
    queryset = Diploma.objects.filter(deleted_at=None)
    serializer_class = DiplomaSerializer
    records = DIPLOMAS
    # Of others, an issuer's; deleting them, an administrator's.
    roles: ClassVar[dict[str, Role | Open]] = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy"), Role.MEMBER
    )
    creations = frozenset({"create"})
    untagged = frozenset({"retrieve", "partial_update", "destroy"})

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(DiplomaQuery, request.query_params)
        where = filtered(of_holder(self.person_id), query)
        records = PLACED if PRESIGNED_URL in query["extend"] else LISTED
        page = limits(query)
        count, items = records.page(self.access.tenant_id, where, order="r.id desc", **page)
        if not query["extend"]:
            return respond_page(query, count, items)
        extended = orjson.loads(items)
        self.extend(extended, query)
        response = respond_page(query, count, orjson.dumps(extended))
        return unkept(response) if PRESIGNED_URL in query["extend"] else response

    def extend(self, items: Sequence[dict[str, Any]], query: dict[str, Any]) -> None:
        if PRESIGNED_URL in query["extend"]:
            addresses = Addresses()
            for item in items:
                item["presignedUrl"] = presigned_url(item.pop("place"), addresses)
        if ACTIONS_INFO in query["extend"]:
            deletes = self.may_write and self.may_delete
            for item in items:
                item["actions"] = {"canBeUpdated": self.may_write, "canBeDeleted": deletes}

    def create(self, request: Request) -> Creation:
        try:
            values = self.valid(DiplomaBodySerializer, request.data)
        except ValidationError:
            # All faults are told at once, and so whether there is the title.
            values = self.checked(DiplomaBodySerializer, request)
        attachment = values.pop("attachment", None)
        row = Diploma(tenant_id=self.access.tenant_id, holder_id=self.person_id, **values)
        return recording.creation(row, attachment, by=self.actor)

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        by = self.actor if self.may_write else None
        return addressed(unaddressed(self.found(record)), by)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        row = self.locked(record)
        recording.change(row, self.checked(DiplomaChangeSerializer, request), by=self.actor)
        return unaddressed(self.found(record))

    def destroy(self, request: Request, record: str) -> HttpResponse:
        row = self.locked(record)
        if not self.may_delete:
            self.access.demand(Role.ADMIN)
        recording.delete(row, by=self.actor)
        return HttpResponse(status=204)

    # --- What they share

    @property
    def may_write(self) -> bool:
        return has_scope(self.caller, self.family, write=True)

    @property
    def may_delete(self) -> bool:
        return self.is_own or self.access.has(Role.ADMIN)

    def checked(self, serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
        def find_title(title_id: int) -> bool:
            return is_title(self.access.tenant_id, title_id)

        return self.valid(serializer, request.data, context={"find_title": find_title})

    def found(self, record: str, visible: Filter | None = None) -> Found:
        """One of the person's in the path."""
        return super().found(record, visible or of_holder(self.person_id))

    def locked(self, record: str) -> Diploma:
        row: Diploma = super().locked(record)
        if row.holder_id != self.person_id:
            raise NotFound
        self.check_unchanged(record)
        return row

    def check_unchanged(self, record: str) -> None:
        """Answers with signed addresses have no tag: none that If-Match names is the record's."""
        if self.request.META.get("HTTP_IF_MATCH", "*").strip() != "*":
            raise PreconditionFailed

    def write(self, request: Request, handler: Handler) -> HttpResponse:
        """Signed addresses are in no stored answer: an answer that is given again has new ones."""
        response = super().write(request, handler)
        if response.status_code in {200, 201}:
            return addressed(response, self.actor)
        return response
