"""What was awarded to a mere name becomes its bearer's, once there is one in the tenant."""

import uuid
from collections.abc import Sequence

from django.utils import timezone

from credentials.core.models import ClaimableCredential
from tenants import events, walls
from tenants.events import Actor, Entry


def take(
    model: type[ClaimableCredential],
    tenant_id: int,
    user_id: int,
    found: Sequence[tuple[int, uuid.UUID]],
    *,
    by: Actor,
) -> None:
    """Give the person these locked rows, by id and uuid, with an event each."""
    if not found:
        return
    claim = (
        f"update {model._meta.db_table} set holder_id = %s, modified_at = %s"  # noqa: S608
        " where tenant_id = %s and id = any(%s)"
    )
    entries = [
        Entry("claimed", row_uuid, {"holder_id": None}, {"holder_id": user_id})
        for _, row_uuid in found
    ]
    walls.pipeline(
        (claim, (user_id, timezone.now(), tenant_id, [row_id for row_id, _ in found])),
        events.recording(model, tenant_id, entries, by=by),
    )
