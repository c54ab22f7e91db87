"""Whether a tenant's history is what was written: each row, and their order."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tenants import sealing, walls
from tenants.events import ERASED
from tenants.sealing import ROW_HASH, SLACK, START, Advance

AT_ONCE = 20_000
MOST_TOLD = 1000
TEXTS = {
    "changed": "the event is not what was sealed",
    "removed": "the event is gone",
    "content_changed": "its content is not what was written",
    "content_removed": "its content is gone, though nothing says that it was erased",
    "moved": "it does not follow the seal before it: a seal was moved or changed",
    "inserted": "it came after all events of its time were sealed",
    "cut": "the end of the chain is gone",
    "head": "the chain's end is not what was kept beside it",
}


@dataclass(frozen=True)
class Fault:
    kind: str
    text: str
    event_id: int | None = None
    place: int | None = None


@dataclass
class Verdict:
    """Of one tenant. All counts are of events."""

    waited: int = 0  # for a seal, when the check began
    waited_since: datetime | None = None
    sealed: int = 0
    unsealed: int = 0  # still: they came meanwhile
    erased: int = 0
    head: bytes = START
    expected_place: int | None = None
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def tell(
        self, kind: str, event_id: int | None = None, place: int | None = None, text: str = ""
    ) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(kind, text or TEXTS[kind], event_id, place))


def check(
    tenant_id: int, *, expected: bytes | None = None, advance: Advance = lambda _: None
) -> Verdict:
    """Seal what waits, then go through the whole chain. `expected`: a head that was noted before.

    Not to be called inside a transaction: it would grow as long as the check.
    """
    verdict = Verdict(expected_place=0 if expected == START else None)
    scope = walls.tenant(tenant_id)
    verdict.waited, verdict.waited_since = walls.read(scope, WAITED, (tenant_id, tenant_id))[0]
    sealing.seal_all(tenant_id)
    # What is sealed from here on is another check's.
    ((length, head, last),) = walls.read(scope, CHAIN, (tenant_id, tenant_id))
    reader = Reader(tenant_id, expected, verdict)
    while rows := reader.page(last):
        advance(rows)
    verdict.sealed, verdict.head = reader.place, reader.chain_hash
    if reader.place < length:
        verdict.tell("cut", place=reader.place + 1)
    elif (reader.place, reader.chain_hash) != (length, head or START):
        verdict.tell("head", place=reader.place)
    if expected and verdict.expected_place is None:
        verdict.tell("cut", text="the expected head is nowhere in the chain: its end is gone")
    find_outsiders(tenant_id, verdict)
    return verdict


class Reader:
    """Goes along a chain, from where it was left, and tells what is wrong."""

    def __init__(self, tenant_id: int, expected: bytes | None, verdict: Verdict) -> None:
        self.tenant_id = tenant_id
        self.expected = expected
        self.verdict = verdict
        self.place, self.chain_hash = 0, START
        self.erasures: dict[int, frozenset[int]] = {}

    def page(self, last: int) -> int:
        """How many seals were looked at; none at the end."""
        begin = (self.tenant_id, self.place, last)
        parameters = (self.place, self.chain_hash, *begin, self.expected or b"")
        rows = [Row(*row) for row in walls.read(walls.tenant(self.tenant_id), PAGE, parameters)]
        if not rows:
            return 0
        self.read_erasures(row.erased_by for row in rows)
        for row in rows:
            self.look_at(row)
        self.place, self.chain_hash = rows[-1].place, rows[-1].chain_hash
        return rows[-1].size

    def look_at(self, row: "Row") -> None:
        verdict, event_id, place = self.verdict, row.event_id, row.place
        if row.chain_hash == self.expected:
            verdict.expected_place = place
        if row.place_before + 1 < place:
            gone = f"{row.place_before + 1:,} to {place - 1:,}"
            verdict.tell("removed", None, row.place_before + 1, f"the seals {gone} are gone")
        elif row.is_loose:
            verdict.tell("moved", event_id, place)
        if row.fault:
            verdict.tell(row.fault, event_id, place)
        if row.content_fault:
            verdict.tell(row.content_fault, event_id, place)
        elif row.erased_by is not None:
            if event_id in self.erasures[row.erased_by]:
                verdict.erased += 1
            else:
                verdict.tell("content_removed", event_id, place)

    def read_erasures(self, event_ids: Iterable[int | None]) -> None:
        """What events say that they erased; nothing, when they are not what was written."""
        asked = {each for each in event_ids if each is not None and each not in self.erasures}
        if not asked:
            return
        found = walls.read(walls.tenant(self.tenant_id), ERASURES, (self.tenant_id, sorted(asked)))
        told = {event_id: _erased(content) for event_id, content in found}
        self.erasures |= {each: told.get(each, frozenset()) for each in asked}


class Row(NamedTuple):
    """A seal that is to be looked at, or the last of its page."""

    place: int
    event_id: int
    chain_hash: bytes
    place_before: int
    is_loose: bool
    fault: str | None
    content_fault: str | None
    erased_by: int | None
    size: int  # of the page


def _erased(content: str) -> frozenset[int]:
    """Of an event that was made into an erasure afterwards, nothing."""
    try:
        return frozenset(json.loads(content)["after"]["events"])
    except (ValueError, KeyError, TypeError):
        return frozenset()


def find_outsiders(tenant_id: int, verdict: Verdict) -> None:
    """Events without a seal, and contents without an event."""
    scope = walls.tenant(tenant_id)
    for event_id, is_late in walls.read(scope, OUTSIDERS, (SLACK, tenant_id)):
        if is_late:
            verdict.tell("inserted", event_id)
        else:
            verdict.unsealed += 1
    for (event_id,) in walls.read(scope, ORPHANS, (tenant_id,)):
        verdict.tell("removed", event_id, text="the event is gone, its content is left")


WAITED = """
select count(*), min(e.occurred_at) from tenants_event e
where e.tenant_id = %s and not exists (select from tenants_seal s where s.event_id = e.id)
    and e.id > coalesce((select c.settled_id from tenants_chain c where c.tenant_id = %s), 0)
"""
CHAIN = """
select coalesce(max(c.length), 0), max(c.head),
    (select coalesce(max(s.place), 0) from tenants_seal s where s.tenant_id = %s)
from tenants_chain c where c.tenant_id = %s
"""
# By these words the database is asked, not by functions in it: they could be others by now.
PAGE = f"""
with page as materialized (
    select s.*, lag(s.place, 1, %s::bigint) over places as place_before,
        lag(s.chain_hash, 1, %s::bytea) over places as hash_before
    from (select * from tenants_seal where tenant_id = %s and place > %s and place <= %s
        order by place limit {AT_ONCE}) s
    window places as (order by s.place)
), looked_at as (
    select p.place, p.event_id, p.chain_hash, p.place_before,
        sha256(p.hash_before || p.event_hash) <> p.chain_hash as is_loose,
        case when e.id is null then 'removed'
            when {ROW_HASH.format("e")} <> p.event_hash or e.row_hash <> p.event_hash
            then 'changed' end as fault,
        case when e.id is null then null
            when c.event_id is null then 'content_removed'
            when c.erased_by_id is not null
            then case when c.salt <> '' or c.content <> '' then 'content_changed' end
            when sha256(c.salt || convert_to(c.content, 'UTF8')) <> e.content_hash
            then 'content_changed' end as content_fault,
        c.erased_by_id, (select count(*) from page) as size,
        p.place = (select max(place) from page) as is_last
    from page p
    left join tenants_event e on e.id = p.event_id and e.tenant_id = p.tenant_id
    left join tenants_eventcontent c on c.event_id = p.event_id and c.tenant_id = p.tenant_id
)
select place, event_id, chain_hash, place_before, is_loose, fault, content_fault, erased_by_id,
    size
from looked_at
where is_last or is_loose or fault is not null or content_fault is not null
    or erased_by_id is not null or place_before + 1 < place or chain_hash = %s
order by place
"""
ERASURES = f"""
select e.id, c.content from tenants_event e
join tenants_eventcontent c on c.tenant_id = e.tenant_id and c.event_id = e.id
where e.tenant_id = %s and e.id = any(%s::bigint[]) and e.action = '{ERASED}'
    and sha256(c.salt || convert_to(c.content, 'UTF8')) = e.content_hash
"""
OUTSIDERS = """
select e.id, e.id <= c.settled_id or e.occurred_at <= c.settled_at - %s::interval
from tenants_event e left join tenants_chain c on c.tenant_id = e.tenant_id
where e.tenant_id = %s and not exists (select from tenants_seal s where s.event_id = e.id)
order by e.id
"""
ORPHANS = """
select c.event_id from tenants_eventcontent c
where c.tenant_id = %s and not exists (select from tenants_event e where e.id = c.event_id)
order by c.event_id
"""
