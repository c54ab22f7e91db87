"""An assertion for everyone who has its link."""

from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.public import holder_name, is_active
from credentials.core.records import Found
from credentials.core.views import CredentialView, named_anywhere
from credentials.organization_credentials.assertion_records import PUBLIC_ASSERTIONS
from credentials.organization_credentials.assertion_schema import documented_public_assertion
from credentials.organization_credentials.assertion_serializers import PublicAssertionSerializer
from credentials.organization_credentials.conflicts import Revoked
from credentials.organization_credentials.pages import respond_one
from credentials_portal.problems import NotFound, PersonInactive
from tenants import ids, walls
from tenants.access import Open
from tenants.models import Role, Tenant
from users.models import User


@documented_public_assertion
class PublicAssertionView(CredentialView):
    family = "organization_credentials"
    serializer_class = PublicAssertionSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"retrieve": Open.ANYONE}
    read_cache = "no-cache"

    def retrieve(self, request: Request, entity_id: str) -> HttpResponse:
        """Raises Revoked (410), and PersonInactive (403) as the page does, whoever asks."""
        # By its uuid alone: an integer could be counted up.
        if ids.as_uuid(entity_id) is None:
            raise NotFound
        found = PUBLIC_ASSERTIONS.one(walls.PLATFORM, named_anywhere(entity_id, PUBLIC_ASSERTIONS))
        if found is None:
            raise NotFound
        holder = found.facts["holder"] and User(**found.facts["holder"])
        if not is_active(holder):
            raise PersonInactive
        if found.facts["revoked_at"]:
            raise Revoked(found.facts["reason"], found.facts["revoked_at"])
        return respond_one(orjson.dumps(shown(found, holder)))


def shown(found: Found, holder: User | None) -> dict[str, Any]:
    tenant = Tenant(settings=found.facts["settings"])
    name = holder_name(tenant, holder, found.facts["identity"])
    record: dict[str, Any] = orjson.loads(found.json)
    return record | {"recipient": {"identity": None, "username": None, "name": name}}
