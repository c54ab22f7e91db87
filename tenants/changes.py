"""Rows made and changed together with their event, in the caller's transaction."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from tenants import events
from tenants.events import Actor

Row = TypeVar("Row", bound=Model)


def create(row: Row, *, by: Actor) -> Row:
    row.save(force_insert=True)
    events.record("created", row, by=by, after=facts(row))
    return row


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
