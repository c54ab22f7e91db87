from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.cursors import Cursors, Part, respond_part
from credentials.history.kinds import SCOPES
from credentials.history.records import EVENTS, EVENTS_FOR_SUPERUSERS, where
from credentials.history.schema import documented_events
from credentials.history.serializers import EventQuery, EventSerializer
from credentials_portal.problems import InputError, InvalidInput, MissingScope
from tenants.access import Open, demand_scope, has_scope
from tenants.models import Role
from tenants.views import PortalView


@documented_events
class EventView(PortalView):
    serializer_class = EventSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ADMIN}

    def list(self, request: Request) -> HttpResponse:
        """Newest first, from where the cursor says."""
        query = self.valid(EventQuery, request.query_params)
        if isinstance(query.get("object"), int) and "object_kind" not in query:
            detail = "An object's id is one of its kind; say of which, or give its uuid."
            raise InvalidInput(errors=[InputError("/object_kind", "required", detail)])
        kinds = self.kinds(query)
        # Another token may read of others.
        cursors = Cursors.of("events", self.access.tenant_id, {**query, "kinds": kinds})
        position = cursors.position(query.get("cursor"))
        records = EVENTS_FOR_SUPERUSERS if self.caller.is_superuser else EVENTS
        items, last = records.part(
            self.access.tenant_id,
            where(query, kinds, self.access),
            after=position[0] if position else None,
            limit=query["limit"],
        )
        return respond_part(Part(items, None if last is None else (last,)), cursors)

    def kinds(self, query: Mapping[str, Any]) -> Sequence[str]:
        """Raises MissingScope (403) where the token may read nothing of what was asked for."""
        if kind := query.get("object_kind"):
            demand_scope(self.caller, SCOPES[kind], write=False)
            return [kind]
        readable = [
            kind for kind, scope in SCOPES.items() if has_scope(self.caller, scope, write=False)
        ]
        if not readable:
            needed = ", ".join(f"{scope}:read" for scope in sorted(set(SCOPES.values())))
            raise MissingScope(f"The API token lacks all of the scopes {needed}.")
        return readable
