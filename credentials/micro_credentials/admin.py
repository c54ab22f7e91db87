from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from credentials.core.admin import chosen_ids
from credentials.micro_credentials.models import MicroCredential
from tenants import changes
from tenants.admin_base import PortalAdmin, email_of, name_of
from tenants.admin_scope import actor, allows
from tenants.models import Role


@admin.register(MicroCredential)
class MicroCredentialAdmin(PortalAdmin):
    """Only its holder changes a micro-credential; administrators archive it and bring it back."""

    people = ("holder",)
    list_display = ("title", name_of("holder", "holder"), "issued_at", "expires_at", "state")
    list_filter = ("state",)
    search_fields = ("title", "holder__username", "holder__email")
    fields: ClassVar[Any] = (
        *("title", name_of("holder", "holder"), email_of("holder"), "issued_at", "expires_at"),
        *("website_url", "state", "uuid", "created_at", "modified_at"),
    )
    readonly_fields: ClassVar[Any] = fields
    actions = ("archive", "restore")

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return allows(request, Role.ADMIN)

    @admin.action(description="Archive selected micro-credentials", permissions=["archive"])
    def archive(self, request: HttpRequest, queryset: QuerySet[MicroCredential]) -> None:
        self.move(request, queryset, MicroCredential.State.ARCHIVED, "archived")

    @admin.action(description="Restore selected micro-credentials", permissions=["archive"])
    def restore(self, request: HttpRequest, queryset: QuerySet[MicroCredential]) -> None:
        self.move(request, queryset, MicroCredential.State.ACTIVE, "restored")

    def move(
        self,
        request: HttpRequest,
        queryset: QuerySet[MicroCredential],
        state: MicroCredential.State,
        action: str,
    ) -> None:
        chosen = chosen_ids(self, request, queryset)
        if chosen is None:
            return
        by = actor(request)
        # Of these rows alone: a row lock of a joined person is not a tenant's to take.
        rows = queryset.filter(pk__in=chosen).order_by("pk").select_for_update(of=("self",))
        moved = sum(changes.change(row, {"state": state}, by=by, action=action) for row in rows)
        self.message_user(request, f"{moved} micro-credentials {action}.")
