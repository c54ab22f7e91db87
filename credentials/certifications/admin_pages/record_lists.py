"""The admin's list of records: its columns, its filters, and what is searched."""

from datetime import UTC, date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from credentials.certifications.admin_pages.choosers import TypeField, types_for
from credentials.certifications.admin_pages.people import email_of, name_of
from credentials.certifications.models import Certification
from credentials.certifications.validity import Validity, validity
from credentials.core.admin_columns import instant
from credentials.core.admin_export import Columns
from credentials.core.admin_filters import RelatedRow

LABELS = {
    Validity.VALID: "Valid",
    Validity.NOT_YET_VALID: "Not yet valid",
    Validity.EXPIRED: "Expired",
}
SEARCHED = (
    *("issuer_name", "serial_number", "external_id"),
    *("certification_type__title", "membership__display_name"),
)


def today() -> date:
    return datetime.now(UTC).date()


def holds(wanted: Validity, on: date) -> Q:
    """What a record fulfils that has this validity on that day; as `validity` says it."""
    match wanted:
        case Validity.NOT_YET_VALID:
            return Q(issued_on__gt=on)
        case Validity.EXPIRED:
            return Q(expires_on__lt=on)
        case Validity.VALID:
            has_begun = Q(issued_on=None) | Q(issued_on__lte=on)
            return has_begun & (Q(expires_on=None) | Q(expires_on__gte=on))


@admin.display(description="type")
def kind(row: Certification) -> str:
    """Django breaks no line in a column of related rows."""
    return str(row.certification_type or "-")


@admin.display(description="issuer")
def issuer(row: Certification) -> str:
    return row.issuer_name or "-"


@admin.display(description="serial")
def serial(row: Certification) -> str:
    return row.serial_number or "-"


@admin.display(description="issued", ordering="issued_on")
def issued(row: Certification) -> str:
    return day(row.issued_on)


@admin.display(description="expires", ordering="expires_on")
def expires(row: Certification) -> str:
    return day(row.expires_on)


def day(value: date | None) -> str:
    """Short, as there are many columns; and as the form takes it."""
    return value.isoformat() if value else "-"


@admin.display(description="validity")
def stands(row: Certification) -> str:
    """Today, in UTC."""
    return LABELS[validity(row.issued_on, row.expires_on, today())]


@admin.display(description="verification")
def verification(row: Certification) -> str:
    return str(row.get_verification_status_display())


@admin.display(description="lifecycle")
def lifecycle(row: Certification) -> str:
    return str(row.get_lifecycle_status_display())


class ValidityFilter(admin.SimpleListFilter):
    title, parameter_name = "validity today", "validity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(word), label) for word, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in [*Validity]:
            return queryset
        return queryset.filter(holds(Validity(str(self.value())), today()))


class TypeFilter(RelatedRow):
    title, relation, parameters = "type", "certification_type", ("certification_type",)

    def rows(self) -> QuerySet[Any]:
        return types_for(self.request)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.values[self.relation]
        if not value:
            return queryset
        # A standard type is of no tenant: all may have records of it.
        owner = self.rows().filter(pk=value).values_list("owner", flat=True).first()
        return queryset.filter(
            certification_type_id=value, **({"tenant_id": owner} if owner else {})
        )

    def chooser(self) -> Any:
        field = TypeField()
        field.queryset = self.rows()
        return field


EXPORTED: Columns = {
    "id": lambda row: row.uuid,
    "member": lambda row: name_of(row.membership),
    "email": lambda row: email_of(row.membership),
    "member_external_id": lambda row: row.membership.external_id or "",
    "type": lambda row: row.certification_type and row.certification_type.slug,
    "title": lambda row: row.certification_type and row.certification_type.title,
    "issuer_name": lambda row: row.issuer_name,
    "serial_number": lambda row: row.serial_number,
    "issued_on": lambda row: row.issued_on,
    "expires_on": lambda row: row.expires_on,
    "validity_status": lambda row: str(validity(row.issued_on, row.expires_on, today())),
    "verification_status": lambda row: row.verification_status,
    "verification_method": lambda row: row.verification_method,
    "verification_note": lambda row: row.verification_note,
    "last_verified_at": lambda row: instant(row.last_verified_at),
    "lifecycle_status": lambda row: row.lifecycle_status,
    "source": lambda row: row.source,
    "external_source": lambda row: row.external_source,
    "external_id": lambda row: row.external_id,
    "created_at": lambda row: instant(row.created_at),
}
