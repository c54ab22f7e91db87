"""What the pages of types, qualifications and job roles share: archived, never deleted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from credentials.certifications.models import Standing
from credentials.core.admin import chosen_ids
from tenants import changes
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import Least, actor, allows
from tenants.models import Role

KEPT = ("uuid", "created_at", "modified_at")


class ListedAdmin(PortalAdmin):
    view_role: ClassVar[Least] = Role.ISSUER
    add_role: ClassVar[Least] = Role.ADMIN
    change_role: ClassVar[Least] = Role.ADMIN
    autocomplete_fields = ("tenant",)
    list_filter: ClassVar[Any] = ("status",)
    search_fields = ("slug", "title")
    search_help_text = "Slug, title or uuid."
    actions = ("archive", "restore")

    def has_keep_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.change_role)

    @admin.action(description="Archive selected %(verbose_name_plural)s", permissions=["keep"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.move(request, queryset, Standing.ARCHIVED, "archived")

    @admin.action(description="Restore selected %(verbose_name_plural)s", permissions=["keep"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.move(request, queryset, Standing.ACTIVE, "restored")

    def move(
        self, request: HttpRequest, queryset: QuerySet[Any], status: Standing, word: str
    ) -> None:
        ids = chosen_ids(self, request, queryset)
        if ids is None:
            return
        rows = queryset.filter(pk__in=ids).order_by("pk")
        self.set_standing(request, self.locked(rows), status, word)

    def locked(self, rows: QuerySet[Any]) -> list[Any]:
        return list(rows.select_for_update(of=("self",)))

    def set_standing(
        self, request: HttpRequest, rows: list[Any], status: Standing, word: str
    ) -> None:
        by = actor(request)
        count = sum(changes.change(row, {"status": status}, by=by) for row in rows)
        self.message_user(request, f"{count} {self.opts.verbose_name_plural} {word}.")
