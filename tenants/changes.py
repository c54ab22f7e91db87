"""Rows made and changed together with their event, in the caller's transaction."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from tenants import events
from tenants.events import Actor

Row = TypeVar("Row", bound=Model)


def create(row: Row, *, by: Actor) -> Row:
    create_and_read(row, "", by=by)
    return row


def create_and_read(row: Model, expression: str, *, by: Actor) -> Any:
    """The value of an SQL expression on the new row `r`.

    Row, event and value in one statement: of all writes the most frequent.
    """
    fields: list[Any] = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    columns = ", ".join(field.column for field in fields)
    after = {field.attname: plain(getattr(row, field.attname)) for field in fields}
    sql = (
        f"with made as (insert into {row._meta.db_table} ({columns})"
        f" values ({', '.join(['%s'] * len(fields))}) returning *),"
        f" {events.INSERT.format(object_id='(select id from made)')}"
        f" select r.id, {expression or 'null'} from made r"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *events.values("created", row, by=by, after=after)])
        row.pk, value = cursor.fetchone()
    row._state.adding = False
    return value


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
    row.save(update_fields=[*after, *touched])
    if tenant_id or hasattr(row, "tenant_id"):
        events.record(
            action,
            row,
            by=by,
            before={name: plain(before[name]) for name in after},
            after={name: plain(value) for name, value in after.items()},
            tenant_id=tenant_id,
        )
    return True


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
