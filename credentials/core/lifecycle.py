"""The moves a credential may make. Each writes its event in the same transaction."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from tenants import events
from tenants.events import Actor

Row = TypeVar("Row", bound=Model)


def create(row: Row, *, by: Actor, action: str = "created") -> Row:
    row.save(force_insert=True)
    events.record(action, row, by=by, after=facts(row))
    return row


def change(row: Model, changes: dict[str, Any], *, by: Actor, action: str = "changed") -> bool:
    """Save only what differs; False, and no event, when nothing does. The row must be locked."""
    before = {name: getattr(row, name) for name in changes}
    after = {name: value for name, value in changes.items() if value != before[name]}
    if not after:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    row.modified_at = timezone.now()  # type: ignore[attr-defined]
    row.save(update_fields=[*after, "modified_at"])
    events.record(
        action,
        row,
        by=by,
        before={name: plain(before[name]) for name in after},
        after={name: plain(value) for name, value in after.items()},
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
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
