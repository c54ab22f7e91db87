"""Assertions issued, many at once: for the API, signals, imports and the admin alike.

In the caller's tenant transaction. Of one definition and recipient one is live at a time, so what
is asked for again is not issued again; what has expired lapses and gives way to the next.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from credentials.core import batches, lifecycle
from credentials.organization_credentials import assertion_rows
from credentials.organization_credentials.assertion_rows import Definition, New, Place
from credentials_portal.problems import InputError
from tenants import changes
from tenants.events import Actor, Entry
from tenants.ids import new_uuid

ISSUED, ALREADY_ISSUED = "issued", "already_issued"


@dataclass(frozen=True)
class Wanted:
    """What shall be issued to whom. Its form is checked already."""

    definition: uuid.UUID
    identity: str
    narrative: str = ""
    evidence_url: str = ""
    expires_at: datetime | None = None  # else by the definition's `valid_for`
    issued_at: datetime | None = None  # of what was issued elsewhere and is recorded only now


@dataclass(frozen=True)
class Outcome:
    change: str  # issued or already_issued; "" when refused
    uuid: uuid.UUID | None  # of the assertion that was made, or stood in the way
    errors: tuple[InputError, ...] = ()
    record: Any = None  # what `issue` was asked to read


@dataclass(frozen=True)
class Again:
    """The same definition and recipient for a second time among those wanted."""

    uuid: uuid.UUID  # of the assertion that the first of them makes


def check(tenant_id: int, wanted: Sequence[Wanted]) -> list[tuple[InputError, ...]]:
    """What the tenant's definitions refuse of each; writes nothing, in one statement."""
    now = timezone.now()
    found = assertion_rows.definitions(tenant_id, [item.definition for item in wanted])
    return [_faults(item, each, now) for item, each in zip(wanted, found, strict=True)]


def issue(
    tenant_id: int, wanted: Sequence[Wanted], *, by: Actor, reading: str = "", once: bool = False
) -> list[Outcome]:
    """Issue what is not held live; what `check` refuses is left out. For up to 1,000 at once.

    `reading`: an SQL expression on the row `r`, for `Outcome.record`. `once`: what was ever issued
    is not issued again, though it was revoked or has expired.
    """
    return batches.attempted(wanted, lambda part: _attempt(tenant_id, part, reading, by, once=once))


def signalled(tenant_id: int, signal: str, kind: str, name: str) -> list[uuid.UUID]:
    """The definitions that a signal of a `course` or `program` issues at present."""
    return assertion_rows.signalled(tenant_id, signal, kind, name, timezone.now())


def valid_until(issued_at: datetime, amount: int | None, duration: str) -> datetime | None:
    """By the calendar: a month after the 31st of January is the last day of February."""
    if amount is None:
        return None
    length: dict[str, Any] = {duration: amount}
    end: datetime = issued_at + relativedelta(**length)  # type: ignore[no-untyped-call]
    return end


def _attempt(
    tenant_id: int, wanted: Sequence[Wanted], reading: str, by: Actor, *, once: bool
) -> list[Outcome | None]:
    """None for an assertion that somebody else made meanwhile."""
    keys = [(item.definition, item.identity) for item in wanted]
    places = assertion_rows.places(tenant_id, keys, ever=once)
    now = timezone.now()
    new: dict[Any, New] = {}
    steps: list[Outcome | New | Again] = []
    for item, place in zip(wanted, places, strict=True):
        if errors := _faults(item, place.definition, now):
            steps.append(Outcome("", None, errors))
        elif place.key in new:
            steps.append(Again(new[place.key].uuid))
        else:
            step = _step(item, place, now, once=once)
            if isinstance(step, New):
                new[place.key] = step
            steps.append(step)
    lapsing = [each.place for each in new.values() if each.place.is_live]
    assertion_rows.lapse(tenant_id, lapsing, at=now, by=by)
    made, records = assertion_rows.write(tenant_id, [*new.values()], reading, at=now, by=by)
    return [_outcome(step, made, records) for step in steps]


def _step(wanted: Wanted, place: Place, now: datetime, *, once: bool) -> Outcome | New:
    has_expired = place.expires_at is not None and place.expires_at <= now
    if place.uuid and (once or (place.is_live and not has_expired)):
        return Outcome(ALREADY_ISSUED, place.uuid)
    issued_at = wanted.issued_at or now
    expires_at = _expiry(wanted, place.definition, issued_at)
    identifier = new_uuid()
    facts = {
        "definition_id": place.definition.id,
        "holder_id": place.holder_id,
        "identity": wanted.identity,
        "status": lifecycle.AWARDED,
        "awarded_at": issued_at,
        "expires_at": expires_at,
        "narrative": wanted.narrative,
        "evidence_url": wanted.evidence_url,
    }
    after = {name: changes.plain(value) for name, value in facts.items()}
    return New(
        place,
        identifier,
        wanted.identity,
        issued_at,
        expires_at,
        wanted.narrative,
        wanted.evidence_url,
        Entry(str(lifecycle.AWARDED), identifier, None, after),
    )


def _expiry(wanted: Wanted, definition: Definition, issued_at: datetime) -> datetime | None:
    return wanted.expires_at or valid_until(
        issued_at, definition.valid_for_amount, definition.valid_for_duration
    )


def _outcome(
    step: Outcome | New | Again, made: set[uuid.UUID], records: dict[uuid.UUID, Any]
) -> Outcome | None:
    if isinstance(step, Outcome):
        return step
    if step.uuid not in made:
        return None
    if isinstance(step, Again):
        return Outcome(ALREADY_ISSUED, step.uuid)
    return Outcome(ISSUED, step.uuid, record=records.get(step.uuid))


def _faults(wanted: Wanted, definition: Definition, now: datetime) -> tuple[InputError, ...]:
    if definition.id is None:
        detail = "Your organization has no such credential definition."
        return (InputError("/credential", "unknown_definition", detail),)
    faults = []
    if closed := why_closed(definition, now):
        faults.append(InputError("/credential", "not_issuable", closed))
    expires_at = _expiry(wanted, definition, wanted.issued_at or now)
    if expires_at and expires_at <= now:
        detail = "What has expired already is not issued."
        faults.append(InputError("/expires_at", "expired", detail))
    return tuple(faults)


def why_closed(definition: Any, now: datetime) -> str:
    """Why nothing can be issued by a definition at present; blank when it can."""
    if definition.revoked:
        return "The definition is withdrawn: nothing new is issued."
    if definition.issued_on and now < definition.issued_on:
        return "The definition's first moment of issue is still to come."
    if definition.expires_at and now > definition.expires_at:
        return "The definition's last moment of issue has passed."
    return ""
