"""Records in the admin: added and changed by the engine, verified by others, archived for good."""

from typing import Any, ClassVar

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from credentials.certifications.admin_pages import choosers
from credentials.certifications.admin_pages.choosers import TypeField
from credentials.certifications.admin_pages.judging import ARCHIVED, JudgesAdmin
from credentials.certifications.admin_pages.people import OF_MEMBER, address, found, member
from credentials.certifications.admin_pages.record_forms import FACTS, AddRecordForm, RecordForm
from credentials.certifications.admin_pages.record_lists import (
    EXPORTED,
    SEARCHED,
    TypeFilter,
    ValidityFilter,
    expires,
    issued,
    issuer,
    kind,
    lifecycle,
    serial,
    stands,
    verification,
)
from credentials.certifications.import_rows import CertificationRows
from credentials.certifications.models import Certification
from credentials.core.admin import told
from credentials.core.admin_expiring import Expiring
from credentials.core.admin_export import ExportsAdmin
from credentials.core.admin_filters import date_range
from credentials.core.admin_import import ImportsAdmin
from tenants.admin_base import PortalAdmin
from tenants.models import Role

VERIFICATION = ("verification_method", "verification_note", "last_verified_at")
STYLE = Media(css={"all": ["credentials/certifications.css"]})
KEPT = ("uuid", "created_at", "modified_at")


@admin.register(Certification)
class CertificationAdmin(JudgesAdmin, ImportsAdmin, ExportsAdmin, PortalAdmin):
    view_role = add_role = change_role = Role.ISSUER
    people = ("membership__user",)
    joined: ClassVar[Any] = {
        "membership": OF_MEMBER,
        "certification_type": ("title", "slug", "status", "tenant"),
    }
    add_form = AddRecordForm
    import_rows = CertificationRows()
    form = RecordForm
    list_display: Any = (
        *(member, kind, issuer, serial, issued, expires),
        *(stands, verification, lifecycle),
    )
    list_filter = (
        ValidityFilter,
        "verification_status",
        "lifecycle_status",
        TypeFilter,
        "source",
        date_range("expires_on", "last day"),
    )
    is_found_at_once = True
    expiring = Expiring(
        "expires_on", "r.lifecycle_status = 'active'", {"lifecycle_status__exact": "active"}
    )
    search_fields = SEARCHED
    search_across = search_exact = ("serial_number", "external_id")
    search_finders: ClassVar[Any] = {"membership": found}
    search_help_text = (
        "The member's name, username or email address, type, issuer, or in full the serial number,"
        " external ID or uuid."
    )
    export_columns = EXPORTED

    @property
    def media(self) -> Media:
        """Of the list, too, whose filter chooses as the forms do."""
        media: Media = super().media + TypeField().widget.media + STYLE
        return media

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "credentials_certification_{}"
        return [
            path("members/", view(choosers.suggested_members), name=name.format("members")),
            path("types/", view(choosers.suggested_types), name=name.format("types")),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("membership", *FACTS)})]
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        return [
            (None, {"fields": (*tenant, member, address, *FACTS, "seen_at")}),
            ("Standing", {"fields": (stands, lifecycle, verification, *VERIFICATION)}),
            ("Kept by the portal", {"fields": KEPT}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """A record stays its member's."""
        shown = (member, address, stands, lifecycle, verification, *VERIFICATION, *KEPT)
        return ("tenant", *shown) if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        reasons = ("reason", "verification_note", "verification_method")
        context["events"] = told(request, row, reasons) if row else []
        context["is_anothers"] = row is not None and row.membership.user_id != request.user.pk
        context["is_open"] = row is not None and row.lifecycle_status != ARCHIVED
        return super().render_change_form(request, context, *args, **kwargs)
