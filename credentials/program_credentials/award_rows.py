"""The statements of the awards' engine: how many there are does not depend on how many awards.

What is found is found, locked and read in one round trip; what is written, in another.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from credentials.core import batches
from credentials.program_credentials.award_steps import (
    Award,
    Certificate,
    CertificateKey,
    Note,
    Place,
    Wanted,
)
from credentials.program_credentials.models import UserCredential
from tenants import events, walls
from tenants.events import Actor, Entry
from tenants.flights import Rows, Statement
from tenants.preferences import PROGRAM_ATTRIBUTES

CERTIFICATES = """
    left join {program} p
        on p.tenant_id = %(tenant)s and p.program_id = wanted.program_id
    left join {course} c
        on c.tenant_id = %(tenant)s and c.course_id = wanted.course_id
            and c.certificate_type = wanted.certificate_type
"""
CHOICE = "(select settings ->> %(choice)s from tenants_tenant where id = %(tenant)s)"

CHECK = f"""
select p.id, c.id, coalesce(p.is_active, c.is_active), {CHOICE}
from unnest(%(programs)s::bigint[], %(courses)s::text[], %(types)s::text[])
    with ordinality as wanted (program_id, course_id, certificate_type, place)
{CERTIFICATES.format(program="credentials_program", course="credentials_course")}
order by wanted.place
"""

# The certificates stay as they are to the end of the transaction: who changes or deletes one waits.
# The key is made before it is compared: row-level security keeps functions of what is looked for
# out of index conditions. One row at a time (lateral, limit 1): by an index, whatever the planner
# knows of a table that was empty a moment ago.
FOUND = f"""
with wanted as materialized (
    select wanted.*, upper(wanted.username) as username_key
    from unnest(%(usernames)s::text[], %(programs)s::bigint[], %(courses)s::text[],
        %(types)s::text[])
        with ordinality as wanted (username, program_id, course_id, certificate_type, place)
), program as materialized (
    select * from credentials_program
    where tenant_id = %(tenant)s and program_id = any(%(programs)s::bigint[])
    order by id
    for key share
), course as materialized (
    select * from credentials_course
    where tenant_id = %(tenant)s and course_id = any(%(courses)s::text[])
    order by id
    for key share
), found as materialized (
    select wanted.place, wanted.username_key, p.id as program_id, c.id as course_id,
        coalesce(p.is_active, c.is_active) as is_active,
        (select m.user_id from users_user u join tenants_membership m
            on m.tenant_id = %(tenant)s and m.user_id = u.id and m.status <> 'pending'
            where upper(u.username) = wanted.username_key) as holder_id
    from wanted {CERTIFICATES.format(program="program", course="course")}
), existing as materialized (
    select found.place, r.id from found cross join lateral (
        select id from credentials_usercredential
        where tenant_id = %(tenant)s and holder_id = found.holder_id
            and program_id = found.program_id limit 1) r
    union all
    select found.place, r.id from found cross join lateral (
        select id from credentials_usercredential
        where tenant_id = %(tenant)s and holder_id = found.holder_id
            and course_id = found.course_id limit 1) r
    union all
    select found.place, r.id from found cross join lateral (
        select id from credentials_usercredential
        where tenant_id = %(tenant)s and holder_id is null and found.holder_id is null
            and username_key = found.username_key and program_id = found.program_id limit 1) r
    union all
    select found.place, r.id from found cross join lateral (
        select id from credentials_usercredential
        where tenant_id = %(tenant)s and holder_id is null and found.holder_id is null
            and username_key = found.username_key and course_id = found.course_id limit 1) r
)
"""
# In the order of their ids, as whoever locks several does.
LOCKED = f"""
{FOUND}, locked as materialized (
    select r.* from credentials_usercredential r
    where r.tenant_id = %(tenant)s and r.id in (select id from existing)
    order by r.id
    for no key update
)
select found.username_key, found.holder_id, found.program_id, found.course_id, found.is_active,
    {CHOICE}, r.id, r.uuid, r.status, r.awarded_at, r.revoked_at, r.revocation_reason
from found left join existing using (place) left join locked r on r.id = existing.id
order by found.place
"""
# A statement after the locks: it sees what they waited for.
ATTRIBUTES = f"""
{FOUND}
select a.user_credential_id, a.namespace, a.name, a.value from credentials_attribute a
where a.tenant_id = %(tenant)s and a.user_credential_id in (select id from existing)
order by a.id
"""

INSERT = """
insert into credentials_usercredential (tenant_id, uuid, holder_id, username, program_id, course_id,
    status, awarded_at, revoked_at, revocation_reason, created_at, modified_at)
select %s, new.uuid, new.holder_id, new.username, new.program_id, new.course_id, new.status,
    new.awarded_at, new.revoked_at, new.revocation_reason, new.awarded_at, new.awarded_at
from unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[],
    %s::timestamptz[], %s::timestamptz[], %s::text[])
    with ordinality as new (uuid, holder_id, username, program_id, course_id, status, awarded_at,
        revoked_at, revocation_reason, place)
order by new.place
on conflict do nothing
returning uuid, id
"""
UPDATE = """
update credentials_usercredential r
set status = new.status, awarded_at = new.awarded_at, revoked_at = new.revoked_at,
    revocation_reason = new.revocation_reason, modified_at = new.modified_at
from unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::timestamptz[])
    as new (id, status, awarded_at, revoked_at, revocation_reason, modified_at)
where r.tenant_id = %s and r.id = new.id
"""
UPSERT_ATTRIBUTES = """
insert into credentials_attribute (tenant_id, uuid, user_credential_id, namespace, name, value)
select r.tenant_id, gen_random_uuid(), r.id, new.namespace, new.name, new.value
from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
    with ordinality as new (award, namespace, name, value, place)
    cross join lateral (select tenant_id, id from credentials_usercredential
        where tenant_id = %s and uuid = new.award limit 1) r
order by new.place
on conflict (tenant_id, user_credential_id, namespace, name) do update set value = excluded.value
"""
READ = """
select r.uuid, {} from credentials_usercredential r where r.tenant_id = %s and r.uuid = any(%s)
"""


def certificates(tenant_id: int, keys: Sequence[CertificateKey]) -> list[Certificate]:
    statement = batches.statement(CHECK, _parameters(tenant_id, keys))
    rows = walls.read(walls.tenant(tenant_id), *statement)
    return [_certificate(row) for row in rows]


def places(
    tenant_id: int, wanted: Sequence[Wanted]
) -> tuple[list[Place], dict[int, list[tuple[str, str, str]]]]:
    """Of each wanted award; and the attributes of those that exist, by id."""
    parameters = _parameters(tenant_id, [item.certificate for item in wanted])
    parameters["usernames"] = [item.username for item in wanted]
    answers = walls.pipeline(
        *batches.opening("awards", tenant_id, len(wanted)),
        batches.statement(LOCKED, parameters),
        batches.statement(ATTRIBUTES, parameters),
    )
    notes: dict[int, list[tuple[str, str, str]]] = {}
    for award_id, *note in answers[-1]:
        notes.setdefault(award_id, []).append((note[0], note[1], note[2]))
    return [_place(row) for row in answers[-2]], notes


def _place(row: tuple[Any, ...]) -> Place:
    return Place(row[0], row[1], _certificate(row[2:6]), row[6:] if row[6] else None)


def _certificate(row: Sequence[Any]) -> Certificate:
    return Certificate(row[0], row[1], row[2], row[3] != "any")


def _parameters(tenant_id: int, keys: Sequence[CertificateKey]) -> dict[str, Any]:
    return {
        "tenant": tenant_id,
        "programs": [key.program_id for key in keys],
        "courses": [key.course_id for key in keys],
        "types": [key.certificate_type for key in keys],
        "choice": PROGRAM_ATTRIBUTES.name,
    }


def write(
    tenant_id: int, awards: Sequence[Award], expression: str, *, by: Actor
) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, Any]]:
    """The ids of the awards that were made, and the value of an SQL expression on each row `r`.

    A new award that somebody else made first is in neither; nothing was written of it.
    """
    statements = list(_writes(tenant_id, awards, by))
    if expression:
        uuids = [award.uuid for award in awards]
        statements.append((READ.format(expression), (tenant_id, uuids)))
    answers: list[Rows] = walls.pipeline(*statements) if statements else []
    made: dict[uuid.UUID, int] = dict(answers[0]) if any(each.is_new for each in awards) else {}
    return made, dict(answers[-1]) if expression else {}


def _writes(tenant_id: int, awards: Sequence[Award], by: Actor) -> Iterator[Statement]:
    new = sorted((award for award in awards if award.is_new), key=lambda award: award.place.key)
    if new:
        yield INSERT, (tenant_id, *batches.columns(new, _inserted, 9))
    changed = [award for award in awards if award.entries and not award.is_new]
    if changed:
        yield UPDATE, (*batches.columns(changed, _updated, 6), tenant_id)
    notes = [(award.uuid, note) for award in awards for note in award.written.values()]
    if notes:
        yield UPSERT_ATTRIBUTES, (*batches.columns(notes, _attribute, 4), tenant_id)
    entries: list[Entry] = [entry for award in awards for entry in award.entries]
    if entries:
        yield events.recording(UserCredential, tenant_id, entries, by=by)


def _inserted(award: Award) -> tuple[Any, ...]:
    place, found, facts = award.place, award.place.certificate, award.facts
    who = (award.uuid, place.holder_id, award.username)
    when = (facts["awarded_at"], facts["revoked_at"], facts["revocation_reason"])
    return (*who, found.program_id, found.course_id, facts["status"], *when)


def _updated(award: Award) -> tuple[Any, ...]:
    facts = award.facts
    when = (facts["awarded_at"], facts["revoked_at"], facts["revocation_reason"])
    return (award.id, facts["status"], *when, award.modified_at)


def _attribute(note: tuple[uuid.UUID, Note]) -> tuple[Any, ...]:
    return (note[0], note[1].namespace, note[1].name, note[1].value)
