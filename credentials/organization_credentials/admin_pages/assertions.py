"""Assertions in the admin: issued and revoked, never changed or deleted."""

from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from credentials.core.admin import REVOKE, AwardedAdmin, ReasonedRevocationForm
from credentials.core.admin_choices import ChoosesAdmin
from credentials.core.admin_columns import email, holder, public_page
from credentials.core.admin_expiring import Expiring
from credentials.core.admin_export import ExportsAdmin
from credentials.core.admin_filters import date_range, related_row
from credentials.core.admin_import import ImportsAdmin
from credentials.organization_credentials.admin_pages.assertion_lists import (
    EXPORTED,
    StandingFilter,
    definition,
    expires_on,
    issued,
    issued_on,
    recipient,
    status,
)
from credentials.organization_credentials.admin_pages.issue_form import IssueForm
from credentials.organization_credentials.import_rows import AssertionRows
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.standing import Standing
from tenants.admin_base import NAMES_OF_PEOPLE, PortalAdmin
from tenants.models import Role


@admin.register(Assertion)
class AssertionAdmin(AwardedAdmin, ImportsAdmin, ExportsAdmin, ChoosesAdmin, PortalAdmin):
    """A revocation stands: who shall have it after all is issued another one."""

    view_role = add_role = Role.ISSUER
    people = ("holder",)
    joined: ClassVar[Any] = {"definition": ("name", "uuid")}
    add_form = IssueForm
    import_rows = AssertionRows()
    autocomplete_fields = ("definition",)
    acts: ClassVar[Any] = {"revoke": replace(REVOKE, form=ReasonedRevocationForm)}
    list_display: Any = (
        *(recipient, holder, definition, status, issued_on, expires_on),
        public_page,
    )
    list_filter = (
        StandingFilter,
        related_row("definition"),
        date_range("awarded_at", "date issued"),
        date_range("expires_at", "date of expiry"),
    )
    search_fields = (
        *("identity_key", "definition__name"),
        *(f"holder__{name}" for name in NAMES_OF_PEOPLE),
    )
    is_found_at_once = True
    expiring = Expiring(
        "expires_at",
        "r.status = 'awarded' and r.expires_at > now()",
        {"status": Standing.VALID.value},
    )
    search_across = ("identity_key",)
    search_only: ClassVar[Any] = {"identity_key": {"holder": None}}
    search_help_text = (
        "What it was issued to, the holder's name or email address, the definition's name, or a"
        " uuid."
    )
    export_columns = EXPORTED

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        if obj is None:
            return ("definition", "identity", "expires_at", "narrative", "evidence_url")
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        whose = ("definition", recipient, holder, email, status, issued, "expires_at")
        revoked = ("lapsed_at", "revoked_at", "revocation_reason")
        kept = (public_page, "uuid", "created_at", "modified_at")
        return (*tenant, *whose, "narrative", "evidence_url", *revoked, *kept)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return self.get_fields(request, obj) if obj else ()
