"""The admin's list of definitions: how many of each are out, and its filters."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from credentials.core.admin_filters import TextFilter
from credentials.organization_credentials.models import Assertion, CredentialDefinition
from credentials.organization_credentials.serializers import CREDENTIAL_TYPES
from credentials.organization_credentials.standing import Standing, stands
from tenants.admin_paging import BoundedList
from tenants.admin_scope import allows
from tenants.models import Role

# A list needs none of them, and each may be long.
LONG_TEXTS = ("description", "html_template", "css_template", "criteria_text")


class DefinitionList(BoundedList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        return readable(request, super().get_queryset(request, exclude_parameters))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = counted(list(self.result_list))


def readable(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows if allows(request, Role.ADMIN) else rows.filter(is_public=True)


def is_readable(request: HttpRequest, row: CredentialDefinition) -> bool:
    """As in the API: of what is private, issuers know the name, as they issue it; no more."""
    return row.is_public or allows(request, Role.ADMIN)


def counted(rows: list[CredentialDefinition]) -> list[CredentialDefinition]:
    """With how many assertions there are of each, in one statement."""
    found = Assertion.objects.filter(
        tenant_id__in={row.tenant_id for row in rows}, definition_id__in=[row.pk for row in rows]
    )
    counts = {
        definition_id: (live, every)
        for definition_id, live, every in found.order_by()
        .values_list("definition_id")
        .annotate(
            live=Count("pk", filter=stands(Standing.VALID, timezone.now())), every=Count("pk")
        )
    }
    for row in rows:
        row.live, row.every = counts.get(row.pk, (0, 0))  # type: ignore[attr-defined]
    return rows


@admin.display(description="issuer", ordering="issuer__name")
def issuer(definition: CredentialDefinition) -> str:
    """Django breaks no line in a column of related rows."""
    return str(definition.issuer)


@admin.display(description="type", ordering="credential_type")
def kind(definition: CredentialDefinition) -> str:
    return definition.credential_type


@admin.display(description="withdrawn", ordering="revoked")
def withdrawn(definition: CredentialDefinition) -> str:
    """Not as a mark: that of what is not withdrawn looks like a fault."""
    return "Withdrawn" if definition.revoked else "-"


@admin.display(description="valid")
def live(definition: Any) -> int:
    count: int = definition.live
    return count


@admin.display(description="issued")
def every(definition: Any) -> int:
    count: int = definition.every
    return count


class SignalFilter(admin.SimpleListFilter):
    """Django's own for choices leaves the empty one out."""

    title, parameter_name = "issuing signal", "signal"
    BY_HAND = "none"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*CredentialDefinition.Signal.choices, (self.BY_HAND, "None: by hand")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        signal = "" if self.value() == self.BY_HAND else self.value()
        return queryset.filter(issuing_signal=signal)


class TypeFilter(TextFilter):
    title, field, parameters = "type", "credential_type", ("type",)
    suggestions = CREDENTIAL_TYPES
