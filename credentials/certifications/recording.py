"""Records made and updated, many at once: for the API, imports and the admin alike.

In the caller's tenant transaction. The pair of external source and id names one record of a member,
so what is sent again with it updates that record; nothing differs, nothing is written.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from credentials.certifications import record_rows
from credentials.certifications.models import Certification, Standing
from credentials.certifications.record_rows import Named, Place, Written
from credentials.core import batches
from credentials_portal.problems import InputError
from tenants import changes
from tenants.events import Actor, Entry
from tenants.ids import new_uuid

__all__ = ["Checked", "Named", "Outcome", "Wanted", "check", "record"]

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
UNVERIFIED = Certification.Verification.UNVERIFIED
UNKNOWN_MEMBER = InputError(
    "/organization_member_id", "unknown_member", "Your organization has no such member."
)
UNKNOWN_TYPE = InputError(
    "/certification_type_id", "unknown_type", "There is no such active certification type."
)
# What a verification is about: another value of any of these is not verified.
VERIFIED_FACTS = (
    *("certification_type_id", "issued_on", "expires_on"),
    *("issuer_name", "serial_number"),
)
PAIR = ("external_source", "external_id")
BLANK = dict.fromkeys(record_rows.COLUMNS) | {
    "lifecycle_status": Standing.ACTIVE,
    "verification_status": UNVERIFIED,
}


@dataclass(frozen=True)
class Wanted:
    """How a record shall be: what `facts` leave out stays as it is, or absent.

    The type is in `named`; `clears_type` takes it away.
    """

    named: Named
    facts: Mapping[str, Any] = field(default_factory=dict)
    clears_type: bool = False
    source: str = Certification.Source.MANUAL  # of a new record, where the facts tell none


@dataclass(frozen=True)
class Outcome:
    change: str  # created, updated or unchanged; "" when refused
    uuid: uuid.UUID | None
    errors: tuple[InputError, ...] = ()
    record: Any = None  # what `record` was asked to read


@dataclass(frozen=True)
class Checked:
    membership_id: int | None  # whose it is; None where no member was meant
    errors: tuple[InputError, ...]


def record(
    tenant_id: int, wanted: Sequence[Wanted], *, by: Actor, reading: str = ""
) -> list[Outcome]:
    """For up to 1,000 at once; what is refused is left out and says why.

    `reading`: an SQL expression on the row `r`, for `Outcome.record`.
    """
    return batches.attempted(wanted, lambda part: _attempt(tenant_id, part, reading, by))


def _attempt(
    tenant_id: int, wanted: Sequence[Wanted], reading: str, by: Actor
) -> list[Outcome | None]:
    """None for a record that somebody else made, or gave another pair, meanwhile."""
    now = timezone.now()
    standing: dict[Any, Written] = {}
    steps: list[Outcome | tuple[str, uuid.UUID] | None] = []
    places = record_rows.places(tenant_id, [item.named for item in wanted])
    for item, place in zip(wanted, places, strict=True):
        if _bears_another_pair(item, place):
            steps.append(None)
            continue
        key = _key(item, place)
        known = standing.get(key)
        before = known.facts if known else _before(item, place)
        facts = before | _facts(item, place)
        if errors := (*_faults(item, place), *faults_of(facts)):
            steps.append(Outcome("", None, errors))
            continue
        written = _written(place, known, before, facts)
        standing[key] = written
        steps.append((_change(place, known, before, written), written.uuid))
    made, records = record_rows.write(tenant_id, [*standing.values()], reading, at=now, by=by)
    lost = {each.uuid for each in standing.values() if each.id is None} - made
    return [_outcome(step, lost, records) for step in steps]


def _bears_another_pair(wanted: Wanted, place: Place) -> bool:
    """Whether the record was found by the pair, and lost it before it could be locked."""
    return place.id is not None and any(
        place.facts[name] != getattr(wanted.named, name) for name in PAIR
    )


def _key(wanted: Wanted, place: Place) -> Any:
    """The same for the same record; one without the whole pair is like no other."""
    named = wanted.named
    if named.external_source is None or named.external_id is None:
        return object()
    return place.membership_id, named.external_source, named.external_id


def _facts(wanted: Wanted, place: Place) -> dict[str, Any]:
    """What is asked for, and what an update brings with it."""
    facts = {**wanted.facts, "lifecycle_status": Standing.ACTIVE}
    if wanted.named.type or wanted.named.slug:
        facts |= {"certification_type_id": place.type_id, "type_owner": place.type_owner}
    elif wanted.clears_type:
        facts |= {"certification_type_id": None, "type_owner": None}
    for name in PAIR:
        if (value := getattr(wanted.named, name)) is not None:
            facts[name] = value
    return facts


def unverified_by(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What else changes when what was verified does."""
    differs = any(name in after and after[name] != before[name] for name in VERIFIED_FACTS)
    return {"verification_status": UNVERIFIED} if differs else {}


def _written(
    place: Place, known: Written | None, before: dict[str, Any], facts: dict[str, Any]
) -> Written:
    facts = facts | unverified_by(before, facts)
    identifier = (known and known.uuid) or place.uuid or new_uuid()
    if place.id is None:
        after = {"membership_id": place.membership_id} | _plain(facts)
        entry = Entry(CREATED, identifier, None, after)
    else:
        # From how it stands in the database, in however many steps.
        differing = {name for name, value in facts.items() if value != place.facts[name]}
        old, new = ({name: each[name] for name in differing} for each in (place.facts, facts))
        entry = Entry("changed", identifier, _plain(old), _plain(new))
    return Written(place.id, identifier, place.membership_id or 0, facts, entry)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: changes.plain(value) for name, value in facts.items() if value is not None}


def _change(place: Place, known: Written | None, before: dict[str, Any], written: Written) -> str:
    if place.id is None and known is None:
        return CREATED
    return UNCHANGED if written.facts == before else UPDATED


def _outcome(
    step: Outcome | tuple[str, uuid.UUID] | None,
    lost: set[uuid.UUID],
    records: Mapping[uuid.UUID, Any],
) -> Outcome | None:
    if step is None or isinstance(step, Outcome):
        return step
    change, identifier = step
    if identifier in lost:
        return None
    return Outcome(change, identifier, record=records.get(identifier))


def _before(wanted: Wanted, place: Place) -> dict[str, Any]:
    return place.facts if place.id else BLANK | {"source": wanted.source}


def check(tenant_id: int, wanted: Sequence[Wanted]) -> list[Checked]:
    """Why each would be refused; nothing is written or locked, in one statement."""
    places = record_rows.seen(tenant_id, [item.named for item in wanted])
    return [_checked(item, place) for item, place in zip(wanted, places, strict=True)]


def _checked(wanted: Wanted, place: Place) -> Checked:
    facts = _before(wanted, place) | _facts(wanted, place)
    return Checked(place.membership_id, (*_faults(wanted, place), *faults_of(facts)))


def faults(tenant_id: int, wanted: Wanted) -> list[InputError]:
    (checked,) = check(tenant_id, [wanted])
    return [*checked.errors]


def _faults(wanted: Wanted, place: Place) -> list[InputError]:
    found = [UNKNOWN_MEMBER] if place.membership_id is None else []
    if (wanted.named.type or wanted.named.slug) and place.type_status != Standing.ACTIVE:
        found.append(UNKNOWN_TYPE)
    return found


def faults_of(facts: Mapping[str, Any]) -> list[InputError]:
    issued, expires = facts["issued_on"], facts["expires_on"]
    if issued and expires and expires < issued:
        detail = "The last day is before the first one, issued_on."
        return [InputError("/expires_on", "before_issued_on", detail)]
    return []
