"""The statements of the records' engine: as many for one record as for a thousand."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.certifications.models import Certification
from credentials.core import batches
from tenants import events, walls
from tenants.events import Actor, Entry
from tenants.flights import Rows, Statement

# What callers give, but for the member and the type, which they name in other words.
TEXTS = ("external_source", "external_id", "source", "issuer_name", "serial_number")
DATES = ("issued_on", "expires_on")
COLUMNS = {
    "certification_type_id": "bigint",
    "type_owner": "bigint",
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(DATES, "date"),
    "lifecycle_status": "text",
    "verification_status": "text",
}
FACTS = ", ".join(f"r.{name}" for name in COLUMNS)

# Whoever was invited and has not come bears the address of the invitation, and no name else.
MEMBER = """
coalesce(
    (select m.id from tenants_membership m
        where m.tenant_id = %(tenant)s and m.uuid = wanted.member),
    (select m.id from tenants_membership m
        where m.tenant_id = %(tenant)s and m.user_id = wanted.person),
    (select m.id from tenants_membership m
        where m.tenant_id = %(tenant)s and m.external_id = wanted.identity),
    (select m.id from users_user u join tenants_membership m
        on m.tenant_id = %(tenant)s and m.user_id = u.id
        where upper(u.email) = wanted.identity_key and u.email <> ''
            and u.email_verified_at is not null
            and (m.status <> 'pending' or upper(m.email) = wanted.identity_key)),
    (select m.id from users_user u join tenants_membership m
        on m.tenant_id = %(tenant)s and m.user_id = u.id and m.status <> 'pending'
        where upper(u.username) = wanted.identity_key),
    (select m.id from tenants_membership m
        where m.tenant_id = %(tenant)s and m.user_id is null
            and upper(m.email) = wanted.identity_key))
"""
# The tenant's own type of a slug goes before the standard one.
TYPE = """
coalesce(
    (select t.id from credentials_certificationtype t
        where t.uuid = wanted.type and t.owner in (0, %(tenant)s)),
    (select t.id from credentials_certificationtype t
        where t.owner = %(tenant)s and t.slug = wanted.slug),
    (select t.id from credentials_certificationtype t where t.owner = 0 and t.slug = wanted.slug))
"""

# One row at a time (lateral, limit 1): by an index, whatever the planner knows of a table that was
# empty a moment ago.
FOUND = f"""
with wanted as materialized (
    select wanted.*, upper(wanted.identity) as identity_key
    from unnest(%(members)s::uuid[], %(people)s::bigint[], %(identities)s::text[],
        %(types)s::uuid[], %(slugs)s::text[], %(sources)s::text[], %(ids)s::text[])
        with ordinality
        as wanted (member, person, identity, type, slug, external_source, external_id, place)
), named as materialized (
    select wanted.*, {MEMBER} as membership_id, {TYPE} as type_id from wanted
), existing as materialized (
    select named.place, r.id from named cross join lateral (
        select id from credentials_certification
        where tenant_id = %(tenant)s and membership_id = named.membership_id
            and external_source = named.external_source and external_id = named.external_id
        limit 1) r
), standing as materialized (
    select r.* from credentials_certification r
    where r.tenant_id = %(tenant)s and r.id in (select id from existing)
    order by r.id
    {{lock}}
)
select named.membership_id, t.id, t.owner, t.status, r.id, r.uuid, {FACTS}
from named
    left join credentials_certificationtype t on t.id = named.type_id
    left join existing using (place) left join standing r on r.id = existing.id
order by named.place
"""
LOCKED, SEEN = FOUND.format(lock="for no key update"), FOUND.format(lock="")

INSERT = f"""
insert into credentials_certification (tenant_id, created_at, modified_at, verification_note,
    uuid, membership_id, {", ".join(COLUMNS)})
select %s, %s, %s, '', new.*
from unnest(%s::uuid[], %s::bigint[], {", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())})
    as new (uuid, membership_id, {", ".join(COLUMNS)})
on conflict do nothing
returning uuid
"""
UPDATE = f"""
update credentials_certification r
set modified_at = %s, {", ".join(f"{name} = new.{name}" for name in COLUMNS)}
from unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())})
    as new (id, {", ".join(COLUMNS)})
where r.tenant_id = %s and r.id = new.id
"""
READ = """
select r.uuid, {} from credentials_certification r where r.tenant_id = %s and r.uuid = any(%s)
"""


@dataclass(frozen=True)
class Named:
    """Whose record of what, in a caller's words; `member`, `person` or `identity` says whose."""

    member: uuid.UUID | None = None  # a membership
    person: int | None = None  # an account
    identity: str | None = None  # external id, verified address, username or invited address
    type: uuid.UUID | None = None
    slug: str | None = None  # of a type
    external_source: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Place:
    """What those words came to, and the record of the external pair."""

    membership_id: int | None
    type_id: int | None
    type_owner: int | None
    type_status: str | None
    id: int | None
    uuid: uuid.UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A record as it shall be; without an id it is new."""

    id: int | None
    uuid: uuid.UUID
    membership_id: int
    facts: dict[str, Any]
    entry: Entry


def places(tenant_id: int, wanted: Sequence[Named]) -> list[Place]:
    """With their records locked."""
    answers = walls.pipeline(
        *batches.opening("certifications", tenant_id, len(wanted)),
        batches.statement(LOCKED, _parameters(tenant_id, wanted)),
    )
    return [_place(row) for row in answers[-1]]


def seen(tenant_id: int, wanted: Sequence[Named]) -> list[Place]:
    """As they stand; they may change at once."""
    seeing = batches.statement(SEEN, _parameters(tenant_id, wanted))
    return [_place(row) for row in walls.pipeline(batches.PLANNED_ONCE, seeing)[-1]]


def _parameters(tenant_id: int, wanted: Sequence[Named]) -> dict[str, Any]:
    return {
        "tenant": tenant_id,
        "members": [item.member for item in wanted],
        "people": [item.person for item in wanted],
        "identities": [item.identity for item in wanted],
        "types": [item.type for item in wanted],
        "slugs": [item.slug for item in wanted],
        "sources": [item.external_source for item in wanted],
        "ids": [item.external_id for item in wanted],
    }


def _place(row: Sequence[Any]) -> Place:
    facts = dict(zip(COLUMNS, row[6:], strict=True))
    return Place(row[0], row[1], row[2], row[3], row[4], row[5], facts)


def write(
    tenant_id: int, records: Sequence[Written], expression: str, *, at: datetime, by: Actor
) -> tuple[set[uuid.UUID], dict[uuid.UUID, Any]]:
    """Those that were made, and the value of an SQL expression on each row `r`.

    A new record that somebody else made first is in neither; nothing was written of it.
    """
    statements = list(_writes(tenant_id, records, at, by))
    if expression:
        statements.append((READ.format(expression), (tenant_id, [each.uuid for each in records])))
    answers: list[Rows] = walls.pipeline(*statements) if statements else []
    made = {row[0] for row in answers[0]} if any(each.id is None for each in records) else set()
    return made, dict(answers[-1]) if expression else {}


def _writes(
    tenant_id: int, records: Sequence[Written], at: datetime, by: Actor
) -> Iterator[Statement]:
    width = len(COLUMNS) + 1
    if new := [each for each in records if each.id is None]:
        yield INSERT, (tenant_id, at, at, *batches.columns(new, _inserted, width + 1))
    if changed := [each for each in records if each.id is not None and each.entry.after]:
        yield UPDATE, (at, *batches.columns(changed, _updated, width), tenant_id)
    if entries := [each.entry for each in (*new, *changed)]:
        yield events.recording(Certification, tenant_id, entries, by=by)


def _inserted(record: Written) -> tuple[Any, ...]:
    return (record.uuid, record.membership_id, *(record.facts[name] for name in COLUMNS))


def _updated(record: Written) -> tuple[Any, ...]:
    return (record.id, *(record.facts[name] for name in COLUMNS))
