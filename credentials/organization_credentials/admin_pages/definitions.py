"""Issuers and definitions in the admin: issuers by role read them, administrators keep them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from credentials.core.admin_catalogue import CatalogueAdmin
from credentials.core.admin_choices import ChoosesAdmin
from credentials.core.admin_filters import related_row
from credentials.core.rendering import document
from credentials.organization_credentials import deletion
from credentials.organization_credentials.admin_pages.catalogue_forms import (
    DefinitionForm,
    IssuerForm,
)
from credentials.organization_credentials.admin_pages.definition_lists import (
    LONG_TEXTS,
    DefinitionList,
    SignalFilter,
    TypeFilter,
    every,
    is_readable,
    issuer,
    kind,
    live,
    withdrawn,
)
from credentials.organization_credentials.models import CredentialDefinition, IssuerProfile
from credentials_portal.form_format import MAX_FORM_BYTES
from credentials_portal.problems import Conflict
from tenants.admin_actions import Act, ConfirmsAdmin, setting
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import actor, allows
from tenants.models import Role

KEPT = ("uuid", "created_at", "modified_at")
IMAGES = ("icon_image", "background_image", "thumbnail_image")
TEMPLATES = ("html_template", "css_template")
# What a preview takes from the form, by placeholder; the rest are samples.
SHOWN = {
    "credential_name": "name",
    **{name: name for name in ("credential_type", "description", "criteria_text", *IMAGES)},
}
PLACEHOLDERS = sorted({*document.SAMPLE, *document.IMAGES})
TEMPLATE_HELP = f"""Kept as written, and shown on the public page sanitised, in a frame of its own.
These placeholders are filled in: {", ".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)}."""


class LiveAdmin(CatalogueAdmin, PortalAdmin):
    """What was deleted stays for what names it, and is found nowhere."""

    is_long = False
    ordering = ("-id",)
    max_body_bytes = MAX_FORM_BYTES

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(deleted_at=None)

    def why_kept(self, row: Any) -> Conflict | None:
        return deletion.why_kept(row)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        rows = self.get_queryset(request).select_for_update(of=("self",))
        # Somebody else may have deleted it meanwhile.
        if locked := rows.filter(pk=obj.pk).first():
            deletion.delete(locked, by=actor(request))


@admin.register(IssuerProfile)
class IssuerAdmin(LiveAdmin):
    form = IssuerForm
    autocomplete_fields = ("tenant",)
    list_display = ("name", "url", "email", "modified_at")
    search_fields = ("name",)
    search_help_text = "Name or uuid."

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        seen = ("seen_at",) if obj and self.has_change_permission(request) else ()
        image = ("image", "image_upload") if self.has_change_permission(request) else ("image",)
        texts = ("name", "url", "email", "description")
        kept = KEPT if obj else ()
        return [(None, {"fields": (*tenant, *texts, image, *seen, *kept)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("tenant", *KEPT) if obj else ()


@admin.register(CredentialDefinition)
class DefinitionAdmin(ConfirmsAdmin, ChoosesAdmin, LiveAdmin):
    form = DefinitionForm
    is_found_at_once = True
    joined: ClassVar[Any] = {"issuer": ("name",)}
    autocomplete_fields = ("issuer",)
    change_form_template = "admin/definition.html"
    list_display: Any = (
        *("name", issuer, kind, "is_public", withdrawn),
        *(every, live),
    )
    list_filter = (
        *(related_row("issuer"), TypeFilter, SignalFilter),
        *("is_public", "revoked"),
    )
    search_fields = ("name",)
    search_help_text = "Name or uuid."
    acts: ClassVar[Any] = {
        "withdraw": Act(
            *("Withdraw", "withdrawn", Role.ADMIN),
            setting(revoked=True),
            note="What is withdrawn is issued no more; what was issued stays.",
        ),
        "offer_again": Act("Offer again", "offered again", Role.ADMIN, setting(revoked=False)),
    }

    # --- Lists

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DefinitionList]:
        return DefinitionList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, is_doubled = super().get_search_results(request, queryset, search_term)
        return rows.defer(*LONG_TEXTS), is_doubled

    # --- One

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        return row if row and is_readable(request, row) else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        keeps = self.has_change_permission(request)
        tenant = ("tenant",) if obj and self.spans_tenants(request) else ()
        seen = ("seen_at",) if obj and keeps else ()
        texts = ("issuer", "name", "description", "credential_type", "is_public", "revoked")
        lists = ("issuing_signal", "courses", "programs")
        dates = ("issued_on", "expires_at", ("valid_for_amount", "valid_for_duration"))
        images = [(name, f"{name}_upload") if keeps else name for name in IMAGES]
        preview = ("preview",) if keeps else ()
        return [
            (None, {"fields": (*tenant, *texts, *seen)}),
            ("Criteria", {"fields": ("criteria_url", "criteria_text")}),
            ("Issue", {"fields": (*lists, *dates)}),
            ("Images", {"fields": images}),
            (
                "Template",
                {
                    "fields": (*TEMPLATES, *preview),
                    "classes": ("templates",),
                    "description": TEMPLATE_HELP,
                },
            ),
            *([("Kept by the portal", {"fields": KEPT})] if obj else []),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The issuer stays, as in the API."""
        return ("preview", *(("tenant", "issuer", *KEPT) if obj else ()))

    def get_urls(self) -> list[URLPattern]:
        view: Any = self.admin_site.admin_view(self.preview_view)
        view.model_admin = self  # whose limit of the body is this view's, too
        own = path("preview/", view, name="credentials_credentialdefinition_preview")
        return [own, *super().get_urls()]

    @admin.display(description="preview")
    def preview(self, row: CredentialDefinition) -> SafeString:
        url = reverse("admin:credentials_credentialdefinition_preview")
        return render_to_string(
            "admin/template_preview.html", {"url": url, "fields": [*TEMPLATES, *SHOWN.values()]}
        )

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What the templates that were sent look like. Nothing is read or kept."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not allows(request, self.change_role):
            raise PermissionDenied
        sent = request.POST
        values = {place: sent[name] for place, name in SHOWN.items() if sent.get(name)}
        html, css = (sent.get(name, "") for name in TEMPLATES)
        return document.preview(html, css, values)
