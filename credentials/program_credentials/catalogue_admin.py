"""Programs and courses in the admin: issuers read them, administrators keep them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from credentials.core import lifecycle
from credentials.core.admin_catalogue import CatalogueAdmin, CatalogueForm
from credentials.program_credentials.conflicts import HasAwards
from credentials.program_credentials.models import (
    MAX_PROGRAM_ID,
    Certificate,
    Course,
    Program,
    UserCredential,
)
from tenants.admin_actions import Act, ConfirmsAdmin, setting
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import actor
from tenants.models import Role


class ProgramForm(CatalogueForm):
    program_id = forms.IntegerField(
        label="Program ID",
        min_value=1,
        max_value=MAX_PROGRAM_ID,
        help_text="The number by which callers of the API name it.",
    )


class CertificateAdmin(ConfirmsAdmin, CatalogueAdmin, PortalAdmin):
    form = CatalogueForm
    is_long = False
    is_found_at_once = True
    relation: ClassVar[str]  # by which awards name it
    key: ClassVar[tuple[str, ...]]
    autocomplete_fields = ("tenant",)
    ordering = ("-id",)
    acts: ClassVar[Any] = {
        "activate": Act("Activate", "activated", Role.ADMIN, setting(is_active=True)),
        "deactivate": Act(
            *("Deactivate", "deactivated", Role.ADMIN),
            setting(is_active=False),
            note="What is inactive is awarded no more; what was awarded stays.",
        ),
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        kept = ("uuid", "created_at", "modified_at") if obj else ()
        return (*tenant, "title", *self.key, "is_active", *kept)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("tenant", "uuid", "created_at", "modified_at") if obj else ()

    # --- Deleted while nothing was awarded

    def why_kept(self, row: Certificate) -> HasAwards | None:
        named = {"tenant_id": row.tenant_id, self.relation: row}
        return HasAwards() if UserCredential.objects.filter(**named).exists() else None

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
    search_fields = ("title", "course_id", "certificate_type__exact")
