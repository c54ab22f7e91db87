"""What issuers and definitions have in common: members read them, administrators keep them."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from credentials.core.records import Filter
from credentials.organization_credentials import deletion, images
from credentials.organization_credentials.organization import OrganizationView
from credentials.organization_credentials.pages import respond_one
from credentials_portal.form_format import MAX_FORM_BYTES
from tenants import changes
from tenants.access import Open
from tenants.models import Role


class CatalogueView(OrganizationView):
    max_body_bytes: ClassVar[int] = MAX_FORM_BYTES  # templates and images
    change_serializer_class: ClassVar[type[Serializer[Any]]]
    roles: ClassVar[dict[str, Role | Open]] = {
        "list": Role.MEMBER,
        "create": Role.ADMIN,
        "retrieve": Role.MEMBER,
        "update": Role.ADMIN,
        "destroy": Role.ADMIN,
    }

    @property
    def visible(self) -> Filter | None:
        """Which of them are there for the caller; all, when there is no filter."""
        return None

    def checked(
        self, serializer: type[Serializer[Any]], request: Request, **options: Any
    ) -> dict[str, Any]:
        """What the caller sent; uploaded images are kept, in this transaction."""
        values = self.valid(serializer, request.data, **options)
        return images.keep_all(self.access.tenant_id, values, by=self.actor)

    def retrieve(self, request: Request, entity_id: str) -> HttpResponse:
        return respond_one(self.found(entity_id, self.visible).json)

    def update(self, request: Request, entity_id: str) -> HttpResponse:
        """What is left out stays as it is."""
        row = self.locked(entity_id)
        self.check_unchanged(entity_id)
        values = self.checked(self.change_serializer_class, request, instance=row)
        changes.change(row, values, by=self.actor)
        return respond_one(self.found(entity_id).json, "Updated")

    def destroy(self, request: Request, entity_id: str) -> HttpResponse:
        """Raises HasDefinitions or HasLiveAssertions (409)."""
        row = self.locked(entity_id)
        self.check_unchanged(entity_id)
        deletion.delete(row, by=self.actor)
        return HttpResponse(status=204)
