"""The moves that a credential may make. Each writes its event; a move to where it is does nothing.

The row must be locked.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from credentials.core.models import AwardedCredential
from tenants import changes, events, walls
from tenants.events import Actor, Entry
from tenants.ownership import TenantOwned

AWARDED, REVOKED = AwardedCredential.Status.AWARDED, AwardedCredential.Status.REVOKED


def facts_of(status: str, reason: str = "") -> dict[str, Any]:
    """What a credential that moves to this status holds from now on."""
    now = timezone.now()
    if status == REVOKED:
        return {"status": REVOKED, "revoked_at": now, "revocation_reason": reason}
    return {"status": AWARDED, "awarded_at": now, "revoked_at": None, "revocation_reason": ""}


def first_facts(status: str, reason: str = "") -> dict[str, Any]:
    """Of a credential that begins with this status: what begins revoked was awarded before."""
    return facts_of(AWARDED) | facts_of(status, reason)


def next_facts(current: str, status: str, reason: str = "") -> dict[str, Any]:
    """What a move changes; nothing where it has that status already, whatever the reason."""
    return {} if current == status else facts_of(status, reason)


def move(credential: AwardedCredential, status: str, *, by: Actor, reason: str = "") -> bool:
    """Award again, or revoke; False when nothing changes."""
    facts = next_facts(credential.status, status, reason)
    return changes.change(credential, facts, by=by, action=str(status))


def move_all(
    credentials: Sequence[AwardedCredential], status: str, *, by: Actor, reason: str = ""
) -> int:
    """The same for many of one model: a few statements for each tenant. How many moved.

    Only a revocation keeps its reason in the row; that of a new award is told by its event.
    """
    moved = [each for each in credentials if each.status != status]
    told = {"reason": reason} if reason and status == AWARDED else {}
    facts = facts_of(status, reason)
    for tenant_id in sorted({each.tenant_id for each in moved}):
        rows = [each for each in moved if each.tenant_id == tenant_id]
        model = type(rows[0])
        model._default_manager.filter(tenant_id=tenant_id, pk__in=[row.pk for row in rows]).update(
            **facts, modified_at=timezone.now()
        )
        entries = [_entry(row, facts, told) for row in rows]
        walls.pipeline(events.recording(model, tenant_id, entries, by=by))
    return len(moved)


def _entry(row: AwardedCredential, facts: dict[str, Any], told: dict[str, str]) -> Entry:
    before = {name: getattr(row, name) for name in facts}
    after = {name: value for name, value in facts.items() if value != before[name]}
    return Entry(
        str(facts["status"]),
        row.uuid,
        {name: changes.plain(before[name]) for name in after},
        {name: changes.plain(value) for name, value in after.items()} | told,
    )


def delete(row: TenantOwned, *, by: Actor) -> None:
    """For good. The database refuses it for what other rows name: Django's own way would ask."""
    model, tenant_id = type(row), row.tenant_id
    entry = Entry("deleted", row.uuid, changes.facts(row))
    walls.pipeline(
        events.recording(model, tenant_id, [entry], by=by),
        (
            f"delete from {model._meta.db_table} where tenant_id = %s and id = %s",  # noqa: S608
            (tenant_id, row.pk),
        ),
    )
