"""Awards made, changed and taken back, many at once: for the API, imports and the admin alike.

In the caller's tenant transaction. An award is one per (tenant, username without case,
certificate), so what is posted again changes it; nothing differs, nothing is written.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from credentials.core import batches
from credentials.program_credentials import award_rows
from credentials.program_credentials.award_steps import (
    Award,
    Certificate,
    CertificateKey,
    Note,
    Place,
    Wanted,
)
from credentials_portal.problems import InputError
from tenants.events import Actor

__all__ = ["CertificateKey", "Note", "Outcome", "Wanted", "apply", "check"]


@dataclass(frozen=True)
class Outcome:
    award_id: int | None
    change: str  # created, awarded, revoked, changed or unchanged; "" when refused
    errors: tuple[InputError, ...] = ()
    award_uuid: uuid.UUID | None = None
    record: Any = None  # what `apply` was asked to read


def check(tenant_id: int, wanted: Sequence[Wanted]) -> list[tuple[InputError, ...]]:
    """What the tenant's catalogue and settings refuse of each; writes nothing, in one statement."""
    found = award_rows.certificates(tenant_id, [item.certificate for item in wanted])
    return [_faults(item, each) for item, each in zip(wanted, found, strict=True)]


def apply(
    tenant_id: int, wanted: Sequence[Wanted], *, by: Actor, reading: str = ""
) -> list[Outcome]:
    """Bring each award to what is wanted, in order; those that `check` refuses are left out.

    `reading`: an SQL expression on the row `r`, for `Outcome.record`. For up to 1,000 at once.
    """
    return batches.attempted(wanted, lambda part: _attempt(tenant_id, part, reading, by))


def _attempt(
    tenant_id: int, wanted: Sequence[Wanted], reading: str, by: Actor
) -> list[Outcome | None]:
    """None for an award that somebody else made meanwhile."""
    places, notes = award_rows.places(tenant_id, wanted)
    now = timezone.now()
    awards: dict[Any, Award] = {}
    steps: list[tuple[Award, str] | tuple[InputError, ...]] = []
    for item, place in zip(wanted, places, strict=True):
        errors = _faults(item, place.certificate)
        if errors:
            steps.append(errors)
            continue
        award = awards.get(place.key) or _award(place, item.username, notes, now)
        awards[place.key] = award
        steps.append((award, award.take(item)))
    made, records = award_rows.write(tenant_id, list(awards.values()), reading, by=by)
    return [_outcome(step, made, records) for step in steps]


def _award(
    place: Place, username: str, notes: dict[int, list[tuple[str, str, str]]], now: datetime
) -> Award:
    if place.award is None:
        return Award(place, username, now)
    award_id, award_uuid, status, awarded_at, revoked_at, reason = place.award
    known = [Note(*note) for note in notes.get(award_id, ())]
    facts = {
        "status": status,
        "awarded_at": awarded_at,
        "revoked_at": revoked_at,
        "revocation_reason": reason,
    }
    by_key = {note.key: note for note in known}
    return Award(place, username, now, award_id, award_uuid, facts, by_key)


def _outcome(step: Any, made: dict[uuid.UUID, int], records: dict[uuid.UUID, Any]) -> Any:
    if isinstance(step[0], InputError):
        return Outcome(None, "", step)
    award, change = step
    award_id = award.id or made.get(award.uuid)
    if award_id is None:
        return None
    return Outcome(award_id, change, (), award.uuid, records.get(award.uuid))


def _faults(wanted: Wanted, found: Certificate) -> tuple[InputError, ...]:
    faults = []
    if found.is_active is None:
        detail = "Your organization has no such certificate."
        faults.append(InputError("/credential", "unknown_certificate", detail))
    elif not found.is_active:
        detail = "This certificate is not active: it is no longer awarded."
        faults.append(InputError("/credential", "inactive_certificate", detail))
    if wanted.certificate.program_id is not None and found.is_strict:
        detail = "An award of a program takes only the attribute whitelist."
        faults += [
            InputError(f"/attributes/{index}", "not_for_programs", detail)
            for index, note in enumerate(wanted.notes)
            if note.namespace != "whitelist"
        ]
    return tuple(faults)
