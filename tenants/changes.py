"""Rows made and changed together with their event, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Model
from django.utils import timezone

from credentials_portal.problems import Problem
from tenants import events, walls
from tenants.events import Actor
from tenants.flights import Statement
from tenants.idempotency import KEEPING, UNANSWERED, Key

Row = TypeVar("Row", bound=Model)
PLAIN = {str, int, bool, datetime, UUID, type(None)}
JSON = "application/json"


@dataclass(frozen=True)
class Given:
    """What the database has to find before a row is made, and the answer where it does not."""

    sql: str
    parameters: Sequence[Any]
    otherwise: Problem


@dataclass(frozen=True)
class Creation:
    """A new row, its event, and the JSON of an SQL expression on the row `r`: one statement.

    Of all writes the most frequent.
    """

    row: Model
    json: str
    by: Actor
    status: int = 200  # of the answer
    told: Mapping[str, Any] = field(default_factory=dict)  # by the event, beside the row
    given: Given | None = None
    json_parameters: Sequence[Any] = ()
    # Made after it, so that no time is before its own, and sent in the same flight: they find the
    # row by its uuid, and nothing to do where none was made.
    then: Callable[[], Sequence[Statement]] = tuple

    def statement(self, key: Key | None = None) -> Statement:
        """With a key, in the flight of its `opening`: done unless answered, and the answer kept."""
        fields = _columns(type(self.row))
        values = self._values(fields)
        facts = {field.attname: plain(value) for field, value in zip(fields, values, strict=True)}
        event = events.values("created", self.row, by=self.by, after={**facts, **self.told})
        given = self.given.sql if self.given else "true"
        sql = _creating(type(self.row), self.json, given, is_keyed=key is not None)
        asked = [*(key.mine() if key else ()), *(self.given.parameters if self.given else ())]
        answer = [*key.told(self.status, JSON), timezone.now()] if key else []
        return sql, [*_stored(fields, values), *asked, *event, *self.json_parameters, *answer]

    def _values(self, fields: Sequence[Any]) -> list[Any]:
        """Django would look at the clock for each field: created and modified would differ."""
        now = timezone.now()
        return [
            self._at(field, now) if is_clock(field) else field.pre_save(self.row, add=True)
            for field in fields
        ]

    def _at(self, field: Any, now: datetime) -> datetime:
        setattr(self.row, field.attname, now)
        return now


def is_clock(field: Any) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


def create(row: Row, *, by: Actor, **told: Any) -> Row:
    """`told`: what the event says beside the row's own."""
    row.pk, _ = walls.pipeline(Creation(row, "null", by, told=told).statement())[0][0]
    row._state.adding = False
    return row


@cache
def _creating(model: type[Model], json: str, given: str, *, is_keyed: bool) -> str:
    fields = _columns(model)
    names, values = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    return (
        f"with made as (insert into {model._meta.db_table} ({names})"
        f" select {values} where {UNANSWERED if is_keyed else 'true'} and {given} returning *),"
        f" {events.INSERT},"
        f" shown as materialized (select r.id, {json} as json from made r)"
        f"{f', answer as ({KEEPING})' if is_keyed else ''} select id, json from shown"
    )


@cache
def _columns(model: type[Model]) -> list[Any]:
    """The fields that an INSERT names."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not getattr(field, "generated", False)
    ]


def change(
    row: Model,
    changes: dict[str, Any],
    *,
    by: Actor,
    action: str = "changed",
    tenant_id: int | None = None,
) -> bool:
    """Save only what differs; False, and no event, when nothing does. The row must be locked.

    `tenant_id`: whose history, for a row that is of no tenant; such a row may have none.
    """
    before = {name: getattr(row, name) for name in changes}
    after = {name: value for name, value in changes.items() if value != before[name]}
    if not after:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    touched = [name for name in ("modified_at",) if hasattr(row, name)]
    for name in touched:
        setattr(row, name, timezone.now())
    statements = [_update(row, [*after, *touched])]
    if tenant_id or hasattr(row, "tenant_id"):
        old = {name: plain(before[name]) for name in after}
        new = {name: plain(value) for name, value in after.items()}
        statements.append(
            events.statement(action, row, by=by, before=old, after=new, tenant_id=tenant_id)
        )
    updated, *_ = walls.pipeline(*statements)
    if not updated:
        raise DatabaseError(f"There is no {row._meta.model_name} {row.pk} to change.")
    return True


def _update(row: Model, names: list[str]) -> Statement:
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    assignments = ", ".join(f"{field.column} = %s" for field in fields)
    values = _stored(fields, [getattr(row, field.attname) for field in fields])
    sql = f"update {row._meta.db_table} set {assignments} where id = %s returning id"
    return sql, [*values, row.pk]


def _stored(fields: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """As the driver takes them: most values as they are."""
    return [
        value if type(value) in PLAIN else field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]


def facts(row: Model) -> dict[str, Any]:
    return {
        field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }


def plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return str(value)
