"""Job roles in the admin, and which members have them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from credentials.certifications import assigning
from credentials.certifications.admin_pages.listed import KEPT, ListedAdmin
from credentials.certifications.admin_pages.people import OF_MEMBER, address, found, member
from credentials.certifications.admin_pages.role_forms import (
    AddAssignmentForm,
    AssignmentForm,
    JobRoleForm,
    chosen,
)
from credentials.certifications.role_models import JobRole, JobRoleAssignment, Qualification
from credentials.core.admin_catalogue import CatalogueAdmin
from credentials.core.admin_filters import related_row, widget_of
from tenants.admin_actions import Act, ConfirmsAdmin
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import actor
from tenants.events import Actor
from tenants.models import Role


@admin.register(JobRole)
class JobRoleAdmin(ListedAdmin):
    form = JobRoleForm
    list_display: Any = ("title", "slug", "status", "modified_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        keeps = self.has_change_permission(request, obj)
        asked = ("qualifications", *(("seen_at",) if obj else ())) if keeps else ("asked",)
        kept = ("members", *KEPT) if obj else ()
        return (*tenant, "title", "slug", "status", *asked, *kept)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return ("tenant", "asked", "members", *KEPT) if obj else ()

    @admin.display(description="qualifications")
    def asked(self, role: JobRole) -> str:
        return ", ".join(map(str, Qualification.objects.filter(pk__in=chosen(role)).order_by("id")))

    @admin.display(description="members")
    def members(self, role: JobRole) -> SafeString:
        """There may be thousands: on their own list."""
        listed = reverse("admin:credentials_jobroleassignment_changelist")
        return format_html('<a href="{}?job_role={}">Who has it</a>', listed, role.pk)


@admin.display(description="job role")
def job_role(row: JobRoleAssignment) -> str:
    """Django breaks no line in a column of related rows."""
    return str(row.job_role)


@admin.display(description="primary", ordering="is_primary")
def primary(row: JobRoleAssignment) -> str:
    """Not as a mark: that of what is not primary looks like a fault."""
    return "Primary" if row.is_primary else "-"


@admin.register(JobRoleAssignment)
class AssignmentAdmin(ConfirmsAdmin, CatalogueAdmin, PortalAdmin):
    """Made and taken away, as in the API; the history keeps both."""

    people = ("membership__user",)
    joined: ClassVar[Any] = {"membership": OF_MEMBER, "job_role": ("title",)}
    add_form = AddAssignmentForm
    form = AssignmentForm
    ordering = ("-id",)
    list_display: Any = (member, address, job_role, primary, "assigned_at")
    list_filter = (related_row("job_role"), "is_primary")
    search_fields = ("job_role__title", "membership__display_name")
    search_finders: ClassVar[Any] = {"membership": found}
    search_help_text = "The member's name, username or email address, the job role, or a uuid."
    acts: ClassVar[Any] = {
        "unassign": Act(
            *("Take away", "taken away", Role.ADMIN),
            lambda confirmed: take_away(confirmed.rows, confirmed.by),
        )
    }

    @property
    def media(self) -> Media:
        """Of the list, too, whose filter chooses as the forms do."""
        return super().media + widget_of(self.model, "job_role").media

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        if obj is None:
            return ("membership", "job_role", "is_primary")
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        return (*tenant, member, address, job_role, "is_primary", "assigned_at", *KEPT)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        fixed = (name for name in self.get_fields(request, obj) if name != "is_primary")
        return tuple(fixed) if obj else ()

    # --- Taken away

    def why_kept(self, row: Any) -> None:
        return None

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        take_away([obj], actor(request))

    def locked(self, rows: QuerySet[Any]) -> list[Any]:
        """Each is locked as it is taken away; members in their order, as everywhere."""
        return list(rows.order_by("membership_id", "pk"))


def take_away(rows: list[JobRoleAssignment], by: Actor) -> int:
    """How many were: somebody else may have taken one away meanwhile."""
    count = 0
    for row in rows:
        held = assigning.held(row.tenant_id, str(row.membership_id), str(row.job_role_id))
        if not held._state.adding:
            assigning.unassign(held, by=by)
            count += 1
    return count
