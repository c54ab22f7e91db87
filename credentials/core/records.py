"""The read path: PostgreSQL builds the JSON of a record, in one statement and one round trip.

A family's serializer stays the only definition of its record: names, order and formats are read
from it once, when the module loads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from rest_framework import serializers

from credentials.core.fields import InstantField, SecondField
from tenants import walls
from tenants.flights import Statement
from tenants.walls import Scope

# The same exact count that triggers keep (see `tenants.operations.TrackRows`).
KEPT_COUNT = (
    "(select coalesce(sum(c.rows), 0) from tenants_rowcount c"
    " where c.tenant_id = %s and c.kind = %s)"
)
ITEMS = "(select coalesce(json_agg(row_to_json(item)), '[]')::text from (select {}) item)"
SECONDS = """'YYYY-MM-DD"T"HH24:MI:SS"Z"'"""


@dataclass(frozen=True)
class Filter:
    """Conditions on the row `r`, joined by and, with their parameters in order."""

    conditions: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()
    reads_all: bool = False  # no index knows what it is about

    def also(self, condition: str, *parameters: Any) -> "Filter":
        conditions = (*self.conditions, condition)
        return Filter(conditions, (*self.parameters, *parameters), self.reads_all)

    def containing(self, text: str, *columns: str) -> "Filter":
        """Somewhere in one of them, without regard to case."""
        either = " or ".join(f"{column} ilike %s" for column in columns)
        found = self.also(f"({either})", *[anywhere(text)] * len(columns))
        return replace(found, reads_all=True)

    @property
    def sql(self) -> str:
        return " and ".join(self.conditions)


def anywhere(text: str) -> str:
    """The pattern for what has it in it; no character of it is a wildcard."""
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


class Records:
    """Reads the live rows of one model as the JSON of one serializer."""

    def __init__(
        self,
        model: type[Model],
        serializer: type[serializers.Serializer[Any]],
        *,
        live: str = "true",
        is_counted: bool = False,
        values: Mapping[str, str] | None = None,
        beside: Mapping[str, str] | None = None,
        whose: str = "r.tenant_id = %s",
    ) -> None:
        """`live`: which rows exist for callers; `is_counted`, whether triggers keep their count;
        `whose`: which rows are there for a tenant.

        By SQL expression on `r`: `values` of fields that are no columns, and more facts `beside`.
        """
        self.table = model._meta.db_table
        self.kind = model._meta.model_name
        self.live = live
        self.is_counted = is_counted
        self.fields = fields_of(serializer, values or {})
        self.json = f"(select row_to_json(item)::text from (select {self.fields}) item)"
        self.beside = dict(beside or {})
        self.whose = whose

    def one(self, scope: Scope, where: Filter) -> "Found | None":
        facts = "".join(f", {expression}" for expression in self.beside.values())
        sql = f"select {self.json}{facts} from {self.table} r where {self._and(where)}"
        rows = walls.read(scope, sql, where.parameters)
        if not rows:
            return None
        return Found(rows[0][0].encode(), dict(zip(self.beside, rows[0][1:], strict=True)))

    def page(
        self, tenant_id: int, where: Filter, *, order: str, offset: int, limit: int
    ) -> tuple[int, bytes]:
        """How many there are, and one page as a JSON array."""
        mine = Filter().also("r.tenant_id = %s", tenant_id)
        mine = mine.also(where.sql, *where.parameters) if where.conditions else mine
        make = self._once_read if where.reads_all else self._counted
        sql, parameters = make(tenant_id, mine, order, offset, int(limit))
        count, items = walls.read(walls.tenant(tenant_id), sql, parameters)[0]
        return int(count), items.encode()

    def _counted(
        self, tenant_id: int, mine: Filter, order: str, offset: int, limit: int
    ) -> Statement:
        """The page follows an index; its count is kept, or follows one too."""
        counted, parameters = KEPT_COUNT, (tenant_id, self.kind)
        if len(mine.conditions) > 1 or not self.is_counted:
            counted = f"(select count(*) from {self.table} r where {self._and(mine)})"
            parameters = mine.parameters
        # A limit that the planner can read lets it plan once for all tenants.
        rows = f"{self.table} r where {self._and(mine)} order by {order} limit {limit}"
        if offset:
            # By itself: PostgreSQL also computes what is asked of rows that it passes over.
            rows = f"(select * from {rows} offset %s) r order by {order}"
        every = (*parameters, *mine.parameters, *([offset] if offset else []))
        return f"select {counted}, {ITEMS.format(f'{self.fields} from {rows}')}", every

    def _once_read(
        self, tenant_id: int, mine: Filter, order: str, offset: int, limit: int
    ) -> Statement:
        """All of the tenant's rows are looked at, but once for both."""
        page = (
            f"{self.fields} from {self.table} r where r.tenant_id = %s and r.id = any(array("
            f"select id from matched where place > %s limit {limit})) order by {order}"
        )
        sql = (
            f"with matched as materialized (select r.id, row_number() over (order by {order})"
            f" as place from {self.table} r where {self._and(mine)} order by place)"
            f" select (select count(*) from matched), {ITEMS.format(page)}"
        )
        return sql, (*mine.parameters, tenant_id, offset)

    def part(
        self, tenant_id: int, where: Filter, *, after: int | None, limit: int
    ) -> tuple[bytes, int | None]:
        """Newest first, from after an id on: a JSON array, and its last id when more follow."""
        mine = Filter().also(self.whose, tenant_id)
        mine = mine.also(where.sql, *where.parameters) if where.conditions else mine
        return self.part_of(walls.tenant(tenant_id), mine, after=after, limit=limit)

    def part_of(
        self, scope: Scope, mine: Filter, *, after: int | None, limit: int
    ) -> tuple[bytes, int | None]:
        """The same of what is not one tenant's."""
        mine = mine.also("r.id < %s", after) if after is not None else mine
        sql = (
            "select coalesce(json_agg(record order by id desc) filter (where place <= {0}), '[]')"
            "::text, min(id) filter (where place <= {0}), coalesce(max(place), 0) > {0} from"
            " (select r.id, row_number() over (order by r.id desc) as place,"
            f" (select row_to_json(item) from (select {self.fields}) item) as record"
            f" from {self.table} r where {self._and(mine)} order by r.id desc limit {{0}} + 1) rows"
        ).replace("{0}", str(int(limit)))
        items, last, has_more = walls.read(scope, sql, mine.parameters)[0]
        return items.encode(), last if has_more else None

    def _and(self, where: Filter) -> str:
        return f"{where.sql} and {self.live}"


@dataclass(frozen=True)
class Found:
    json: bytes
    facts: Mapping[str, Any]


def fields_of(serializer: type[serializers.Serializer[Any]], values: Mapping[str, str]) -> str:
    """What a SELECT asks of `r` for the serializer's record, under the serializer's names."""
    return ", ".join(
        f'{values.get(name) or _value(field, f"r.{field.source}")} as "{name}"'
        for name, field in serializer().fields.items()
        if not field.write_only
    )


def _value(field: serializers.Field[Any, Any, Any, Any], column: str) -> str:
    if isinstance(field, SecondField):
        return f"to_char({column} at time zone 'UTC', {SECONDS})"
    if isinstance(field, InstantField):
        return f"replace(({column} at time zone 'UTC')::text, ' ', 'T') || 'Z'"
    return column


def respond(content: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(content, status=status, content_type="application/json")


def respond_list(count: int, items: bytes) -> HttpResponse:
    return respond(b'{"count":%d,"results":%b}' % (count, items))
