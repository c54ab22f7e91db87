"""Diplomas made, changed and deleted, each with its event, in the caller's transaction."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from credentials.diplomas import files
from credentials.diplomas.files import Attachment
from credentials.diplomas.models import Diploma
from tenants import changes, walls
from tenants.events import Actor

TOUCH = "update credentials_diploma set modified_at = %s where tenant_id = %s and id = %s"


def create(row: Diploma, attachment: dict[str, Any] | None, *, by: Actor) -> None:
    changes.create(row, by=by)
    if attachment:
        files.announce(row, Attachment(**attachment), by=by)


def change(row: Diploma, values: dict[str, Any], *, by: Actor) -> None:
    """The row must be locked."""
    attachment = values.pop("attachment", None)
    changes.change(row, values, by=by)
    if attachment:
        files.announce(row, Attachment(**attachment), by=by)
        walls.pipeline((TOUCH, (timezone.now(), row.tenant_id, row.pk)))


def delete(row: Diploma, *, by: Actor) -> bool:
    """The row must be locked; it is kept, with its file. False for one that was deleted before."""
    if row.deleted_at:
        return False
    return changes.change(row, {"deleted_at": timezone.now()}, by=by, action="deleted")


def restore(row: Diploma, *, by: Actor) -> bool:
    """The row must be locked; it comes back with its file."""
    return changes.change(row, {"deleted_at": None}, by=by, action="restored")


def erase(row: Diploma, *, by: Actor) -> bool:
    """The row must be locked and deleted. Its file goes for good, from the store after the commit.

    False where there is nothing to erase, and for a diploma that is not deleted.
    """
    found = files.files_of(row)
    if not found or row.deleted_at is None:
        return False
    keys = files.discard(row, found, by=by)
    transaction.on_commit(partial(files.delete_objects, keys))
    return True
