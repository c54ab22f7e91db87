"""The admin's list of assertions: its columns, and its filter by how they stand."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize

from credentials.core.admin_columns import instant, page_address
from credentials.core.admin_export import Columns
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.standing import Standing, standing, stands
from tenants.admin_base import display_name


@admin.display(description="recipient", ordering="identity")
def recipient(assertion: Assertion) -> str:
    """As it was at the issue."""
    return assertion.identity


@admin.display(description="status")
def status(assertion: Assertion) -> str:
    return str(standing(assertion, timezone.now()).label)


@admin.display(description="issued")
def issued(assertion: Assertion) -> str:
    return str(localize(assertion.awarded_at))


@admin.display(description="definition", ordering="definition__name")
def definition(assertion: Assertion) -> str:
    """Django breaks no line in a column of related rows."""
    return str(assertion.definition)


@admin.display(description="issued", ordering="awarded_at")
def issued_on(assertion: Assertion) -> date:
    return assertion.awarded_at.date()


@admin.display(description="expires", ordering="expires_at")
def expires_on(assertion: Assertion) -> date | None:
    return assertion.expires_at.date() if assertion.expires_at else None


class StandingFilter(admin.SimpleListFilter):
    title = parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Standing.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in Standing.values:
            return queryset
        return queryset.filter(stands(str(self.value()), timezone.now()))


EXPORTED: Columns = {
    "uuid": lambda row: row.uuid,
    "identity": lambda row: row.identity,
    "username": lambda row: row.holder.username if row.holder else "",
    "holder": lambda row: display_name(row.holder) if row.holder else "",
    "email": lambda row: row.holder.email if row.holder else "",
    "credential": lambda row: row.definition.uuid,
    "name": lambda row: row.definition.name,
    "status": lambda row: standing(row, timezone.now()).value,
    "issued_on": lambda row: instant(row.awarded_at),
    "expires_at": lambda row: instant(row.expires_at),
    "revoked_at": lambda row: instant(row.revoked_at),
    "reason": lambda row: row.revocation_reason,
    "narrative": lambda row: row.narrative,
    "evidence_url": lambda row: row.evidence_url,
    "public_url": page_address,
}
