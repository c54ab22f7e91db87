"""Awards in the admin: made by name, revoked and awarded again; each change has its event."""

import json
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from credentials.core.admin import AwardedAdmin
from credentials.core.admin_choices import ChoosesAdmin
from credentials.core.admin_columns import (
    awarded_on,
    email,
    holder,
    instant,
    page_address,
    public_page,
    revoked_on,
)
from credentials.core.admin_export import Columns, ExportsAdmin
from credentials.core.admin_filters import date_range, related_row
from credentials.core.admin_import import ImportsAdmin
from credentials.program_credentials import catalogue_admin  # noqa: F401
from credentials.program_credentials.award_forms import (
    AddAwardForm,
    AttributeForm,
    AttributeFormSet,
    ChangeAwardForm,
)
from credentials.program_credentials.import_rows import AwardRows
from credentials.program_credentials.models import Attribute, UserCredential
from credentials.program_credentials.serializers import MAX_ATTRIBUTES
from tenants.admin_base import NAMES_OF_PEOPLE, PortalAdmin, display_name
from tenants.admin_scope import allows
from tenants.models import Role

if TYPE_CHECKING:
    BaseInline = admin.TabularInline[Attribute, UserCredential]
else:
    BaseInline = admin.TabularInline


class AttributeInline(BaseInline):
    model = Attribute
    form = AttributeForm
    formset = AttributeFormSet
    fields = ("namespace", "name", "value")
    extra = 1
    max_num = MAX_ATTRIBUTES
    can_delete = False
    verbose_name_plural = "attributes"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, Role.ISSUER)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.display(description="username", ordering="username")
def bearer(award: UserCredential) -> str:
    """As the API has it: the holder's present name."""
    username: str = award.holder.username if award.holder else award.username
    return username


@admin.display(description="program or course")
def certificate(award: UserCredential) -> str:
    return str(award.certificate)


KEPT = (
    *("awarded_at", "revoked_at", "revocation_reason", public_page),
    *("uuid", "created_at", "modified_at"),
)


@admin.register(UserCredential)
class UserCredentialAdmin(AwardedAdmin, ImportsAdmin, ExportsAdmin, ChoosesAdmin, PortalAdmin):
    view_role = add_role = change_role = Role.ISSUER
    people = ("holder",)
    joined: ClassVar[Any] = {
        "program": ("title", "program_id"),
        "course": ("title", "course_id", "certificate_type"),
    }
    add_form = AddAwardForm
    import_rows = AwardRows()
    form = ChangeAwardForm
    inlines = (AttributeInline,)
    autocomplete_fields = ("program", "course")
    list_display: Any = (bearer, holder, certificate, "status", awarded_on, revoked_on, public_page)
    list_filter = (
        "status",
        related_row("program"),
        related_row("course"),
        date_range("awarded_at", "date awarded"),
        date_range("revoked_at", "date revoked"),
    )
    search_fields = (
        *("username_key", "program__title", "course__title", "course__course_id"),
        *(f"holder__{name}" for name in NAMES_OF_PEOPLE),
    )
    is_found_at_once = True
    search_across = ("username_key",)
    search_only: ClassVar[Any] = {"username_key": {"holder": None}}
    search_help_text = "Username, the holder's name or email address, the title, or a uuid."
    export_columns: ClassVar[Columns] = {
        "uuid": lambda award: award.uuid,
        "username": bearer,
        "holder": lambda award: display_name(award.holder) if award.holder else "",
        "email": lambda award: award.holder.email if award.holder else "",
        "program_id": lambda award: award.program and award.program.program_id,
        "course_id": lambda award: award.course and award.course.course_id,
        "certificate_type": lambda award: award.course and award.course.certificate_type,
        "title": lambda award: award.certificate.title,
        "status": lambda award: award.status,
        "awarded_at": lambda award: instant(award.awarded_at),
        "revoked_at": lambda award: instant(award.revoked_at),
        "reason": lambda award: award.revocation_reason,
        "attributes": lambda award: award.listed,
        "certificate_url": page_address,
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        if obj is None:
            return ("username", "program", "course")
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        return (*tenant, bearer, holder, email, certificate, "status", "reason", *KEPT)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        fields = self.get_fields(request, obj) if obj else ()
        return tuple(name for name in fields if name not in {"status", "reason"})

    def prepared(self, rows: list[Any]) -> list[Any]:
        notes: dict[int, list[dict[str, str]]] = {}
        found = Attribute.objects.filter(
            tenant_id__in={row.tenant_id for row in rows},
            user_credential_id__in=[row.pk for row in rows],
        )
        for award_id, *note in found.order_by("id").values_list(
            "user_credential_id", "namespace", "name", "value"
        ):
            named = dict(zip(("namespace", "name", "value"), note, strict=True))
            notes.setdefault(award_id, []).append(named)
        for row in rows:
            listed = notes.get(row.pk)
            row.listed = json.dumps(listed, ensure_ascii=False) if listed else ""
        return rows
