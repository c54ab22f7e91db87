"""What moves with a tenant: found among the models, so that no new table is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tenants.models import Tenant

# Filled by triggers as the rows arrive from which they are made.
KEPT_BY_TRIGGERS = {"tenants_lookup", "tenants_rowcount", "credentials_opportunity"}
# Who moves signs in anew: tokens are signed with the key of the portal that gave them.
STAYS = {"users_signin"}
# What triggers add up while the rows arrive.
COUNTED = {"tenants_tenant": {"stored_bytes": "0"}}

FOREIGN_KEYS = """
select c.relname, t.relname from pg_constraint k
    join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
where k.contype = 'f' and c.relname = any(%s) and t.relname = any(%s)
order by 1, 2
"""


@dataclass(frozen=True)
class Table:
    """A table of rows of one tenant. `is_shared`: those of its rows that are of no tenant."""

    model: type[models.Model]
    is_shared: bool = False

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @cached_property
    def columns(self) -> list[str]:
        """Those that hold what nothing else says."""
        return [
            str(field.column)
            for field in self.model._meta.concrete_fields
            if not getattr(field, "generated", False)
        ]

    @cached_property
    def people_columns(self) -> list[str]:
        """Those that name a person."""
        person = apps.get_model(settings.AUTH_USER_MODEL)
        return [
            str(field.column)
            for field in self.model._meta.concrete_fields
            if field.related_model is person
        ]

    @property
    def owner_column(self) -> str:
        return "id" if self.model is Tenant else "tenant_id"

    @property
    def owner(self) -> str:
        """The condition of a row `r`, with `parameters`."""
        return f"r.{self.owner_column} {'is null' if self.is_shared else '= %s::bigint'}"

    def parameters(self, tenant_id: int) -> list[Any]:
        return [] if self.is_shared else [tenant_id]

    @property
    def holds_files(self) -> bool:
        """Whether `key` names an object in the store, of this `size` and `sha256`."""
        return {"key", "size", "sha256"} <= set(self.columns)


def people() -> Table:
    return Table(apps.get_model(settings.AUTH_USER_MODEL))


def owned() -> list[Table]:
    """The tenant's own, each after those that it names."""
    moving: list[type[models.Model]] = [Tenant, *_of_a_tenant()]
    found = {
        model._meta.db_table: Table(model)
        for model in moving
        if model._meta.db_table not in KEPT_BY_TRIGGERS | STAYS
    }
    return [found[name] for name in in_order(list(found))]


def shared() -> list[Table]:
    """Rows of everybody that lie in tenants' tables, and that rows of a tenant name."""
    return [Table(table.model, is_shared=True) for table in owned() if _may_be_of_none(table)]


def _of_a_tenant() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if any(field.related_model is Tenant for field in model._meta.concrete_fields):
            yield model


def _may_be_of_none(table: Table) -> bool:
    return table.model is not Tenant and table.model._meta.get_field("tenant").null


def in_order(names: list[str]) -> list[str]:
    """By the keys in the database: those of a row and its tenant together are in no model."""
    sorter: TopologicalSorter[str] = TopologicalSorter({name: set() for name in names})
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, [names, names])
        for table, target in cursor.fetchall():
            if table != target:
                sorter.add(table, target)
    return list(sorter.static_order())
