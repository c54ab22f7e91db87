import contextlib
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.records import Filter, Found, Records, respond, respond_list
from credentials.core.views import CredentialView, named_anywhere
from credentials.micro_credentials.models import MicroCredential
from credentials.micro_credentials.schema import documented, documented_public
from credentials.micro_credentials.serializers import (
    MicroCredentialListQuery,
    MicroCredentialSerializer,
)
from credentials_portal.problems import Forbidden, NotFound, PersonInactive
from tenants import access, changes, walls
from tenants.access import Open
from tenants.changes import Creation
from tenants.models import Role

SORT_COLUMNS = {
    "id": "r.id",
    "title": "r.title",
    "issued": "r.issued_at",
    "expires": "r.expires_at",
    "created_time": "r.created_at",
}


@documented
class MicroCredentialView(CredentialView):
    """A person's own micro-credentials."""

    family = "micro_credentials"
    queryset = MicroCredential.objects.filter(state=MicroCredential.State.ACTIVE)
    serializer_class = MicroCredentialSerializer
    records = Records(
        MicroCredential,
        MicroCredentialSerializer,
        live="r.state = 1",
        is_counted=True,
        beside={"holder_id": "r.holder_id"},
    )
    creations = frozenset({"create"})
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.MEMBER,
        "retrieve": Role.MEMBER,
        "update": Role.MEMBER,
        "partial_update": Role.MEMBER,
        "destroy": Role.MEMBER,
    }

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(MicroCredentialListQuery, request.query_params)
        sees_all = self.access.has(Role.ISSUER)
        holder_id = query.get("user_id")
        if not sees_all and holder_id not in {None, self.caller.user_id}:
            raise Forbidden("Other people's records need the role issuer or above.")
        where = Filter()
        if not sees_all or holder_id is not None:
            whose = self.caller.user_id if holder_id is None else holder_id
            where = where.also("r.holder_id = %s", whose)
        if query["search"]:
            where = where.containing(query["search"], "r.title")
        column, direction = SORT_COLUMNS[query["sort_field"]], query["sort_order"]
        order = f"{column} {direction}, r.id {direction}"
        tenant_id = self.access.tenant_id
        return respond_list(
            *self.records.page(
                tenant_id, where, order=order, offset=query["offset"], limit=query["limit"]
            )
        )

    def create(self, request: Request) -> Creation:
        values = self.valid(MicroCredentialSerializer, request.data)
        holder = {"tenant_id": self.access.tenant_id, "holder_id": self.caller.user_id}
        row = MicroCredential(**holder, **values)
        return Creation(row, self.records.json, self.actor)

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        found = self.found(record)
        self.allow(found, Role.ISSUER)
        return respond(found.json)

    def update(self, request: Request, record: str) -> HttpResponse:
        return self.change(request, record, partial=False)

    def partial_update(self, request: Request, record: str) -> HttpResponse:
        return self.change(request, record, partial=True)

    def change(self, request: Request, record: str, *, partial: bool) -> HttpResponse:
        credential = self.locked(record)
        if credential.holder_id != self.caller.user_id:
            raise Forbidden("Only its holder changes a micro-credential.")
        self.check_unchanged(record)
        values = self.valid(
            MicroCredentialSerializer, request.data, instance=credential, partial=partial
        )
        changes.change(credential, values, by=self.actor)
        return respond(self.found(record).json)

    def destroy(self, request: Request, record: str) -> HttpResponse:
        """The row is kept, archived: an administrator can bring it back."""
        credential = self.locked(record)
        if credential.holder_id != self.caller.user_id:
            self.access.demand(Role.ADMIN)
        self.check_unchanged(record)
        archived = {"state": MicroCredential.State.ARCHIVED}
        changes.change(credential, archived, by=self.actor, action="deleted")
        return HttpResponse(status=204)

    def refuse_anonymous(self) -> None:
        """A DELETE of an inactive person's record is 403 even without a token."""
        if self.action == "destroy":
            found = found_anywhere(self.kwargs["record"])
            if found and not found.facts["holder_is_active"]:
                raise PersonInactive
        super().refuse_anonymous()

    def allow(self, found: Found, role: Role) -> None:
        if found.facts["holder_id"] != self.caller.user_id:
            self.access.demand(role)


PUBLIC = Records(
    MicroCredential,
    MicroCredentialSerializer,
    live="r.state = 1",
    beside={
        "tenant_id": "r.tenant_id",
        "holder_id": "r.holder_id",
        "holder_is_active": "(select u.state = 1 from users_user u where u.id = r.holder_id)",
    },
)


def found_anywhere(record: str) -> Found | None:
    """Whatever its tenant, the live record of this id or uuid."""
    with contextlib.suppress(NotFound):
        return PUBLIC.one(walls.PLATFORM, named_anywhere(record, PUBLIC))
    return None


@documented_public
class PublicMicroCredentialView(CredentialView):
    """What anyone with the link may see."""

    family = "micro_credentials"
    serializer_class = MicroCredentialSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"retrieve": Open.ANYONE}
    read_cache = "no-cache"

    def retrieve(self, request: Request, record: str) -> HttpResponse:
        found = found_anywhere(record)
        if found is None:
            raise NotFound
        if not found.facts["holder_is_active"] and not self.is_privileged(found.facts):
            raise PersonInactive
        return respond(found.json)

    def is_privileged(self, facts: Any) -> bool:
        """The holder, or an issuer of the same tenant; any other caller counts as anonymous."""
        if self.identity is None:
            return False
        if not access.has_scope(self.identity, self.family, write=False):
            return False
        if self.identity.token_id and self.identity.tenant_id != facts["tenant_id"]:
            return False
        if self.identity.user_id == facts["holder_id"]:
            return True
        standing = access.access_in(self.identity, facts["tenant_id"])
        return standing is not None and standing.has(Role.ISSUER)
