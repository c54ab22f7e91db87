"""Programs and courses in the admin: issuers read them, administrators keep them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from credentials.core import lifecycle
from credentials.core.admin import ROWS_AT_ONCE
from credentials.program_credentials.conflicts import HasAwards
from credentials.program_credentials.models import (
    MAX_PROGRAM_ID,
    Certificate,
    Course,
    Program,
    UserCredential,
)
from tenants import changes, walls
from tenants.admin_base import PortalAdmin
from tenants.admin_forms import PortalForm
from tenants.admin_scope import actor, allows
from tenants.models import Role


class CertificateForm(PortalForm):
    def write(self) -> Certificate:
        row: Any = self.instance
        model = type(row)
        if row.pk is None:
            fields = {name: self.cleaned_data[name] for name in self.fields if name != "tenant"}
            made: Certificate = model(tenant_id=self.tenant.pk, **fields)
            return changes.create(made, by=self.actor)
        stored = model._default_manager.filter(tenant_id=row.tenant_id)
        locked: Certificate = stored.select_for_update().get(pk=row.pk)
        changes.change(locked, self.changes, by=self.actor)
        return locked


class ProgramForm(CertificateForm):
    program_id = forms.IntegerField(
        label="Program ID",
        min_value=1,
        max_value=MAX_PROGRAM_ID,
        help_text="The number by which callers of the API name it.",
    )


class CertificateAdmin(PortalAdmin):
    view_role = Role.ISSUER
    add_role = change_role = Role.ADMIN
    form = CertificateForm
    relation: ClassVar[str]  # by which awards name it
    key: ClassVar[tuple[str, ...]]
    autocomplete_fields = ("tenant",)
    ordering = ("-id",)
    actions = ("activate", "deactivate")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        kept = ("uuid", "created_at", "modified_at") if obj else ()
        return (*tenant, "title", *self.key, "is_active", *kept)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("tenant", "uuid", "created_at", "modified_at") if obj else ()

    # --- Active, or no longer awarded

    def has_keep_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.change_role)

    @admin.action(description="Activate selected %(verbose_name_plural)s", permissions=["keep"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_active(request, queryset, True)

    @admin.action(description="Deactivate selected %(verbose_name_plural)s", permissions=["keep"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_active(request, queryset, False)

    def set_active(self, request: HttpRequest, queryset: QuerySet[Any], is_active: bool) -> None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: ROWS_AT_ONCE + 1])
        if len(ids) > ROWS_AT_ONCE:
            text = f"Choose at most {ROWS_AT_ONCE} at once."
            self.message_user(request, text, level=messages.ERROR)
            return
        by = actor(request)
        rows = queryset.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        count = sum(changes.change(row, {"is_active": is_active}, by=by) for row in rows)
        word = "activated" if is_active else "deactivated"
        self.message_user(request, f"{count} {self.opts.verbose_name_plural} {word}.")

    # --- Deleted while nothing was awarded

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, Role.ADMIN)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One by one: Django's own for many would write no event."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, unquote(object_id))
        if row is None or not self.is_awarded(row):
            try:
                with walls.savepoint():
                    return super().delete_view(request, object_id, extra_context)
            except IntegrityError:
                # Awarded meanwhile: the database decides.
                pass
        self.message_user(request, HasAwards.detail, level=messages.ERROR)
        return redirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        )

    def is_awarded(self, row: Certificate) -> bool:
        named = {"tenant_id": row.tenant_id, self.relation: row}
        return UserCredential.objects.filter(**named).exists()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing goes with it; Django would look for what does."""
        names = [str(row) for row in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        lifecycle.delete(obj, by=actor(request))


@admin.register(Program)
class ProgramAdmin(CertificateAdmin):
    form = ProgramForm
    relation, key = "program", ("program_id",)
    list_display = ("title", "program_id", "is_active", "modified_at")
    list_filter = ("is_active",)
    search_fields = ("title", "program_id__exact")


@admin.register(Course)
class CourseAdmin(CertificateAdmin):
    relation, key = "course", ("course_id", "certificate_type")
    list_display = ("title", "course_id", "certificate_type", "is_active", "modified_at")
    list_filter = ("is_active", "certificate_type")
    search_fields = ("title", "course_id", "=certificate_type")
