"""Diplomas made, changed and deleted, each with its event, in the caller's transaction."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from credentials.diplomas import files
from credentials.diplomas.fields import UNKNOWN_TITLE
from credentials.diplomas.files import Attachment
from credentials.diplomas.models import Diploma
from credentials.diplomas.records import KNOWN_TITLE, NEW_DIPLOMA
from credentials_portal.problems import InvalidInput
from tenants import changes
from tenants.changes import Creation, Given
from tenants.events import Actor
from tenants.ids import new_uuid

TOUCH = "update credentials_diploma set modified_at = %s where tenant_id = %s and id = %s"


def creation(row: Diploma, attachment: dict[str, Any] | None, *, by: Actor) -> Creation:
    """With its announced file; refused where the organization has no such title."""
    unknown = InvalidInput(errors=[UNKNOWN_TITLE])
    given = Given(f"exists ({KNOWN_TITLE})", (row.tenant_id, row.title_id), unknown)
    made = Creation(row, NEW_DIPLOMA, by, status=201, given=given, json_parameters=[None])
    if not attachment:
        return made
    file = new_uuid()
    announcing = partial(files.announcing, row, Attachment(**attachment), file, by=by)
    return replace(made, json_parameters=[file], then=announcing)


def change(row: Diploma, values: dict[str, Any], *, by: Actor) -> None:
    """The row must be locked."""
    attachment = values.pop("attachment", None)
    changes.change(row, values, by=by)
    if attachment:
        touching = (TOUCH, (timezone.now(), row.tenant_id, row.pk))
        files.announce(row, Attachment(**attachment), touching, by=by)


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
