"""Diplomas in the admin: titles are kept here, diplomas seen, deleted and brought back."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from credentials.core import lifecycle
from credentials.core.admin_catalogue import CatalogueAdmin, CatalogueForm
from credentials.core.admin_columns import email, holder
from credentials.core.admin_filters import date_range, related_row, widget_of
from credentials.diplomas import links, recording
from credentials.diplomas.conflicts import TitleInUse
from credentials.diplomas.files import files_of
from credentials.diplomas.models import Diploma, DiplomaTitle
from tenants.admin_actions import Act, ConfirmsAdmin, each
from tenants.admin_base import NAMES_OF_PEOPLE, PortalAdmin
from tenants.admin_scope import actor
from tenants.models import Role


@admin.register(DiplomaTitle)
class DiplomaTitleAdmin(CatalogueAdmin, PortalAdmin):
    form = CatalogueForm
    is_long = False
    is_found_at_once = True
    list_display = ("name", "modified_at")
    search_fields = ("name",)
    search_help_text = "Name or uuid."
    autocomplete_fields = ("tenant",)
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        return (*tenant, "name", *(("uuid", "created_at", "modified_at") if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("tenant", "uuid", "created_at", "modified_at") if obj else ()

    def why_kept(self, row: DiplomaTitle) -> TitleInUse | None:
        named = Diploma.objects.filter(tenant_id=row.tenant_id, title=row)
        return TitleInUse() if named.exists() else None

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        lifecycle.delete(obj, by=actor(request))


class DeletedFilter(admin.SimpleListFilter):
    title, parameter_name = "deleted", "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "no":
                return queryset.filter(deleted_at=None)
            case "yes":
                return queryset.exclude(deleted_at=None)
        return queryset


# A name may be written from right to left.
AWAITED = "None was uploaded; <bdi>{}</bdi> is awaited."
DOWNLOAD = '<a href="{}" rel="noreferrer">Download {}</a>, {} bytes'


@admin.display(description="file")
def file(diploma: Diploma) -> SafeString | str:
    """Through the signed address that the API gives, too; it works for 15 minutes."""
    found = {row.key is not None: row for row in files_of(diploma)}
    stored = found.get(True)
    if stored is None:
        awaited = found.get(False)
        return format_html(AWAITED, awaited.name) if awaited else "None was uploaded."
    told = format_html("<bdi>{}</bdi>", stored.name), f"{stored.size:,}"
    if diploma.deleted_at:
        return format_html("{}, {} bytes: restore the diploma to open it.", *told)
    address = links.download_address(diploma.tenant.uuid, diploma.uuid, stored)
    return format_html(DOWNLOAD, address, *told)


@admin.register(Diploma)
class DiplomaAdmin(ConfirmsAdmin, PortalAdmin):
    """Its holder and issuers change a diploma; administrators delete it and bring it back.

    The file of a deleted one stays, until it is erased.
    """

    people = ("holder",)
    joined: ClassVar[Any] = {"title": ("name",)}
    is_found_at_once = True
    list_display = ("title", holder, "obtained_at", "deleted_at")
    list_filter: ClassVar[Any] = (
        *(DeletedFilter, related_row("title"), date_range("obtained_at", "obtained")),
    )
    search_fields = ("title__name", *(f"holder__{name}" for name in NAMES_OF_PEOPLE))
    search_help_text = "Title, the holder's name or email address, or a uuid."
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        *("title", holder, email, "obtained_at", file),
        *("deleted_at", "uuid", "created_at", "modified_at"),
    )
    readonly_fields: ClassVar[Any] = fields
    acts: ClassVar[Any] = {
        "put_away": Act(
            *("Delete", "deleted", Role.ADMIN),
            each(recording.delete),
            note="A deleted diploma is kept with its file, and seen by administrators alone.",
        ),
        "restore": Act("Restore", "restored", Role.ADMIN, each(recording.restore)),
        "erase": Act(
            *("Erase the files of", "lost the file for good", Role.ADMIN),
            each(recording.erase),
            note="The files of those that are deleted go for good: nothing brings them back.",
        ),
    }

    @property
    def media(self) -> Media:
        """With what the filter by title needs: no form of this page brings it."""
        return super().media + widget_of(self.model, "title").media
