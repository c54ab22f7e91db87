"""Types in the admin: administrators keep their tenant's own, superusers the standard ones, too."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from credentials.certifications.admin_pages.listed import KEPT, ListedAdmin
from credentials.certifications.admin_pages.type_lists import ScopeFilter, TypeList, active, scope
from credentials.certifications.models import CertificationType, Standing
from credentials.certifications.serializers import CertificationTypeSerializer
from credentials.core.admin_fields import KeptLinesField, KeptTextField
from credentials.core.admin_shapes import SeenForm
from tenants import changes
from tenants.admin_actions import Act, Confirmed, Step
from tenants.admin_scope import allows, desk_of
from tenants.models import Role, Tenant

FACTS = ("slug", "title", "description", "status")
KEPT_BY_PLATFORM = "Standard types are kept by the platform."


class TypeForm(SeenForm):
    """Standard types have no tenant, and so no events: the admin's own log has theirs."""

    slug = KeptTextField(required=True)
    title = KeptTextField(required=True)
    description = KeptLinesField(rows=4)

    class Meta:
        model = CertificationType
        fields = ("tenant", *FACTS)

    @property
    def owner(self) -> Tenant | None:
        """None for a standard type, which a superuser makes by choosing no tenant."""
        desk = desk_of(self.request)
        chosen: Tenant | None = self.cleaned_data.get("tenant")
        return desk.tenant if desk and desk.tenant else chosen

    def write(self) -> CertificationType:
        if self.instance.pk is None:
            body = {name: self.cleaned_data[name] for name in FACTS}
            values = self.checked(CertificationTypeSerializer, body)
            row = CertificationType(tenant=self.owner, **values)
            if row.tenant_id:
                return changes.create(row, by=self.actor)
            row.save(force_insert=True)
            return row
        standing: CertificationType = self.locked()
        body = {name: self.cleaned_data[name] for name in FACTS if name in self.changed_data}
        values = self.checked(CertificationTypeSerializer, body, partial=True)
        keep(standing, values, self.actor)
        return standing


def keep(row: CertificationType, values: dict[str, Any], by: Any) -> bool:
    """Whether anything changed. The row must be locked."""
    if row.tenant_id:
        return changes.change(row, values, by=by)
    differing = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in differing.items():
        setattr(row, name, value)
    if differing:
        row.save(update_fields=[*differing, "modified_at"])
    return bool(differing)


def standing(status: Standing, noted: str) -> Step:
    """What is not this person's to keep is told, not changed."""

    def step(confirmed: Confirmed) -> int:
        page, request, by = confirmed.page, confirmed.request, confirmed.by
        kept = [row for row in confirmed.rows if page.has_change_permission(request, row)]
        changed = [row for row in kept if keep(row, {"status": status}, by)]
        for row in changed:
            page.log_change(request, row, f"{noted} {by.reason}".strip())
        if len(kept) < len(confirmed.rows):
            page.message_user(request, KEPT_BY_PLATFORM, level=messages.WARNING)
        return len(changed)

    return step


@admin.register(CertificationType)
class CertificationTypeAdmin(ListedAdmin):
    form = TypeForm
    is_found_at_once = True
    acts: ClassVar[Any] = {
        "archive": Act("Archive", "archived", Role.ADMIN, standing(Standing.ARCHIVED, "Archived.")),
        "restore": Act("Restore", "restored", Role.ADMIN, standing(Standing.ACTIVE, "Restored.")),
    }
    list_display: Any = ("slug", "title", scope, "status", active)
    list_filter: ClassVar[Any] = (ScopeFilter, "status")

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The tenant's own, and the standard ones."""
        desk = desk_of(request)
        if desk is None or not self.has_view_permission(request):
            return rows.none()
        return rows.filter(owner__in=[0, desk.tenant.pk]) if desk.tenant else rows

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_standard = obj is not None and obj.tenant_id is None
        return allows(request, "superuser" if is_standard else self.change_role)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TypeList]:
        return TypeList

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        seen = ("seen_at",) if obj and self.has_change_permission(request, obj) else ()
        return (*tenant, *((scope,) if obj else ()), *FACTS, *seen, *(KEPT if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return ("tenant", scope, *KEPT) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.help_text = "Left blank, the type is a standard one, for all organizations."
        return field

    # --- Archived

    def locked(self, rows: QuerySet[Any]) -> list[Any]:
        """A tenant cannot lock what is standard; such a row is here to be told of."""
        found = super().locked(rows)
        return [*found, *rows.exclude(pk__in=[row.pk for row in found])]

    # --- The history of what is of no tenant

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self.log_standard(admin.ModelAdmin.log_addition, request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self.log_standard(admin.ModelAdmin.log_change, request, obj, message)

    def log_standard(self, log: Any, request: HttpRequest, obj: Any, message: Any) -> Any:
        return log(self, request, obj, message) if obj.tenant_id is None else None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or row.tenant_id is not None:
            return super().history_view(request, object_id, extra_context)
        if not self.has_view_permission(request, row):
            raise Http404
        if allows(request, "superuser"):
            return admin.ModelAdmin.history_view(self, request, object_id, extra_context)
        self.message_user(request, KEPT_BY_PLATFORM, level=messages.WARNING)
        return redirect(reverse("admin:credentials_certificationtype_change", args=[row.pk]))
