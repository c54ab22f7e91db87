"""The admin's list of types: how many records there are of each, and its filters."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from credentials.certifications.models import CertificationType
from credentials.core import batches
from tenants import walls
from tenants.admin_paging import AtLeast, BoundedList
from tenants.admin_scope import desk_of

COUNTED = 1000
# For each type, by the index of its tenant's records; a standard one's are every tenant's.
RECORDS = """
select t.id, (
    select count(*) from (
        select 1 from tenants_tenant x cross join lateral (
            select 1 from credentials_certification r
            where r.tenant_id = x.id and r.certification_type_id = t.id
                and r.lifecycle_status = 'active'
            limit %(most)s) one
        where x.id = any(%(tenants)s::bigint[]) or (%(all)s and t.owner in (0, x.id))
        limit %(most)s) found)
from credentials_certificationtype t where t.id = any(%(types)s)
"""


class TypeList(BoundedList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = counted(request, list(self.result_list))


def counted(request: HttpRequest, rows: list[CertificationType]) -> list[CertificationType]:
    """With how many active records there are of each, in one statement."""
    desk = desk_of(request)
    parameters = {
        "tenants": [desk.tenant.pk] if desk and desk.tenant else [],
        "all": bool(desk and desk.is_platform),
        "types": [row.pk for row in rows],
        "most": COUNTED + 1,
    }
    counts: dict[int, int] = dict(walls.pipeline(batches.statement(RECORDS, parameters))[0])
    for row in rows:
        count = counts.get(row.pk, 0)
        row.active = AtLeast(COUNTED) if count > COUNTED else count  # type: ignore[attr-defined]
    return rows


@admin.display(description="scope", ordering="owner")
def scope(row: CertificationType) -> str:
    return "Standard" if row.tenant_id is None else "Organization"


@admin.display(description="active records")
def active(row: Any) -> str:
    return str(row.active)


class ScopeFilter(admin.SimpleListFilter):
    title = parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("standard", "Standard"), ("organization", "Organization")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "standard":
                return queryset.filter(owner=0)
            case "organization":
                return queryset.exclude(owner=0)
        return queryset
