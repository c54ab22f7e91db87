"""The statements of the assertions' engine: as many for one assertion as for a thousand."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.core import batches
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.recipients import bearer
from tenants import events, walls
from tenants.events import Actor, Entry
from tenants.flights import Rows, Statement

DEFINITION = "d.id, d.revoked, d.issued_on, d.expires_at, d.valid_for_amount, d.valid_for_duration"

CHECK = f"""
select {DEFINITION}
from unnest(%(definitions)s::uuid[]) with ordinality as wanted (uuid, place)
    left join credentials_credentialdefinition d
        on d.tenant_id = %(tenant)s and d.uuid = wanted.uuid and d.deleted_at is null
order by wanted.place
"""

# What stands in the way of another: the live one; of a signal, whatever was issued before.
LIVE = "r.status = 'awarded' and r.lapsed_at is null"
# A recipient has few assertions, a definition may have a million: + 0 keeps its index away.
EXISTING = """
select r.id from credentials_assertion r
where r.tenant_id = %(tenant)s and r.definition_id + 0 = found.definition_id
    and {whose} and {which}
order by {newest} limit 1
"""
OF_HOLDER = "r.holder_id = found.holder_id"
OF_IDENTITY = (
    "r.holder_id is null and found.holder_id is null and r.identity_key = found.identity_key"
)

# The definition stays as it is to the end of the transaction: who changes or deletes it waits. The
# key is made before it is compared, as row-level security keeps functions of what is looked for
# out of index conditions. One row at a time (lateral, limit 1): by an index, whatever the planner
# knows of a table that was empty a moment ago.
LOCKED = """
with wanted as materialized (
    select wanted.*, upper(wanted.identity) as identity_key
    from unnest(%(definitions)s::uuid[], %(identities)s::text[])
        with ordinality as wanted (uuid, identity, place)
), definition as materialized (
    select d.* from credentials_credentialdefinition d
    where d.tenant_id = %(tenant)s and d.uuid = any(%(definitions)s::uuid[])
        and d.deleted_at is null
    order by d.id
    for key share
), found as materialized (
    select wanted.place, wanted.identity_key, d.id as definition_id,
        {bearer} as holder_id
    from wanted left join definition d using (uuid)
), existing as materialized (
    select found.place, r.id from found cross join lateral ({of_holder}) r
    union all
    select found.place, r.id from found cross join lateral ({of_identity}) r
), locked as materialized (
    select r.* from credentials_assertion r
    where r.tenant_id = %(tenant)s and r.id in (select id from existing)
    order by r.id
    for no key update
)
select found.holder_id, found.identity_key, {definition}, r.id, r.uuid, {live}, r.expires_at
from found
    left join definition d on d.id = found.definition_id
    left join existing using (place) left join locked r on r.id = existing.id
order by found.place
"""


def _locked(which: str, newest: str) -> str:
    return LOCKED.format(
        bearer=bearer("%(tenant)s", "wanted.identity_key"),
        of_holder=EXISTING.format(whose=OF_HOLDER, which=which, newest=newest),
        of_identity=EXISTING.format(whose=OF_IDENTITY, which=which, newest=newest),
        definition=DEFINITION,
        live=LIVE,
    )


LOCKED_LIVE = _locked(LIVE, "r.id desc")
LOCKED_EVER = _locked("true", f"({LIVE}) desc, r.id desc")

LAPSE = """
update credentials_assertion set lapsed_at = %s, modified_at = %s
where tenant_id = %s and id = any(%s)
"""
INSERT = """
insert into credentials_assertion (tenant_id, uuid, definition_id, holder_id, identity, status,
    awarded_at, expires_at, narrative, evidence_url, revocation_reason, created_at, modified_at)
select %s, new.uuid, new.definition_id, new.holder_id, new.identity, 'awarded', new.awarded_at,
    new.expires_at, new.narrative, new.evidence_url, '', %s, %s
from unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[],
    %s::timestamptz[], %s::text[], %s::text[])
    with ordinality as new (uuid, definition_id, holder_id, identity, awarded_at, expires_at,
        narrative, evidence_url, place)
order by new.place
on conflict do nothing
returning uuid
"""
READ = "select r.uuid, {} from credentials_assertion r where r.tenant_id = %s and r.uuid = any(%s)"

SIGNALLED = """
select d.uuid from credentials_opportunity o join credentials_credentialdefinition d
    on d.tenant_id = o.tenant_id and d.id = o.definition_id
where o.tenant_id = %s and o.kind = %s and o.name = %s
    and d.issuing_signal = %s and not d.revoked and d.deleted_at is null
    and (d.issued_on is null or d.issued_on <= %s) and (d.expires_at is null or d.expires_at >= %s)
order by d.id
"""


@dataclass(frozen=True)
class Definition:
    """What a wanted assertion's definition came to in the tenant; without an id, to nothing."""

    id: int | None
    revoked: bool
    issued_on: datetime | None
    expires_at: datetime | None
    valid_for_amount: int | None
    valid_for_duration: str


@dataclass(frozen=True)
class Place:
    """Where a wanted assertion belongs, and what is there already, locked."""

    holder_id: int | None
    identity_key: str
    definition: Definition
    id: int | None
    uuid: uuid.UUID | None
    is_live: bool  # though it may have expired
    expires_at: datetime | None

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for the same definition and recipient; sortable."""
        name = "" if self.holder_id else self.identity_key
        return (self.definition.id, self.holder_id or 0, name)


def definitions(tenant_id: int, wanted: Sequence[uuid.UUID]) -> list[Definition]:
    parameters = {"tenant": tenant_id, "definitions": list(wanted)}
    rows = walls.read(walls.tenant(tenant_id), *batches.statement(CHECK, parameters))
    return [Definition(*row) for row in rows]


def signalled(tenant_id: int, signal: str, kind: str, name: str, at: datetime) -> list[uuid.UUID]:
    parameters = (tenant_id, kind, name, signal, at, at)
    return [row[0] for row in walls.read(walls.tenant(tenant_id), SIGNALLED, parameters)]


def places(tenant_id: int, wanted: Sequence[tuple[uuid.UUID, str]], *, ever: bool) -> list[Place]:
    """Of each definition and identity; `ever`: with what was issued before and is live no more."""
    parameters = {
        "tenant": tenant_id,
        "definitions": [definition for definition, _ in wanted],
        "identities": [identity for _, identity in wanted],
    }
    answers = walls.pipeline(
        *batches.opening("assertions", tenant_id, len(wanted)),
        batches.statement(LOCKED_EVER if ever else LOCKED_LIVE, parameters),
    )
    return [Place(row[0], row[1], Definition(*row[2:8]), *row[8:]) for row in answers[-1]]


@dataclass(frozen=True)
class New:
    """An assertion to be made, in its place; its `entry` is that of the history."""

    place: Place
    uuid: uuid.UUID
    identity: str
    awarded_at: datetime
    expires_at: datetime | None
    narrative: str
    evidence_url: str
    entry: Entry


def write(
    tenant_id: int, new: Sequence[New], expression: str, *, at: datetime, by: Actor
) -> tuple[set[uuid.UUID], dict[uuid.UUID, Any]]:
    """Those that were made, and the value of an SQL expression on each row `r`.

    One that somebody else made first is in neither; nothing was written of it.
    """
    if not new:
        return set(), {}
    statements = list(_writes(tenant_id, new, at, by))
    if expression:
        statements.append((READ.format(expression), (tenant_id, [each.uuid for each in new])))
    answers: list[Rows] = walls.pipeline(*statements)
    return {row[0] for row in answers[0]}, dict(answers[-1]) if expression else {}


def _writes(tenant_id: int, new: Sequence[New], at: datetime, by: Actor) -> Iterator[Statement]:
    ordered = sorted(new, key=lambda each: each.place.key)
    yield INSERT, (tenant_id, at, at, *batches.columns(ordered, _inserted, 8))
    yield events.recording(Assertion, tenant_id, [each.entry for each in new], by=by)


def lapse(tenant_id: int, places: Sequence[Place], *, at: datetime, by: Actor) -> None:
    """What has expired gives way to its successor."""
    entries = [
        Entry("lapsed", place.uuid, {"lapsed_at": None}, {"lapsed_at": at.isoformat()})
        for place in places
        if place.uuid
    ]
    if entries:
        walls.pipeline(
            (LAPSE, (at, at, tenant_id, [place.id for place in places])),
            events.recording(Assertion, tenant_id, entries, by=by),
        )


def _inserted(new: New) -> tuple[Any, ...]:
    who = (new.uuid, new.place.definition.id, new.place.holder_id, new.identity)
    return (*who, new.awarded_at, new.expires_at, new.narrative, new.evidence_url)
