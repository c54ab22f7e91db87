"""The chain of each tenant's events, made after they are written (decision 18).

Writers know nothing of it: whoever seals takes the events that nobody has sealed, oldest id first,
and appends a seal for each, whose hash covers the hash before it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models

from tenants import walls

# Of an event `{0}`: all its columns, in words that any language can repeat.
ROW_HASH = """
sha256(convert_to(json_build_array({0}.id, {0}.tenant_id, {0}.uuid,
    (extract(epoch from {0}.occurred_at) * 1000000)::bigint, {0}.action, {0}.object_kind,
    {0}.object_id, {0}.object_uuid, {0}.actor_kind, {0}.actor_id, {0}.api_token_id,
    {0}.request_id, encode({0}.content_hash, 'hex'))::text, 'UTF8'))
"""
START = bytes(32)
AT_ONCE = 10_000
# Between the moment an event says, in a process, and its transaction's first write.
SLACK = timedelta(minutes=1)


class Seal(models.Model):
    """One event's place in its tenant's chain. It outlives the event, and so has no key to it."""

    event_id = models.BigIntegerField(primary_key=True)
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    place = models.BigIntegerField()
    event_hash = models.BinaryField(max_length=32)
    # SHA-256 of the chain hash before it and the event's.
    chain_hash = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["tenant", "place"], name="tenants_seal_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.event_id}"


class Chain(models.Model):
    """How far a tenant's chain has come. Who seals holds this row.

    Settled: no event up to that id can come any more, as every transaction that could have taken
    such an id has ended. Seen: what becomes settled once that transaction and all before it ended.
    """

    tenant = models.OneToOneField(
        "tenants.Tenant", models.PROTECT, primary_key=True, related_name="+"
    )
    length = models.BigIntegerField()
    head = models.BinaryField(max_length=32)
    settled_id = models.BigIntegerField()
    settled_at = models.DateTimeField(null=True)
    seen_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_transaction = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.length}"


# Tenants with events past what is settled: the newest of them, and now. Whoever asks must not have
# a transaction id yet, or an older transaction could have one that is younger than ours.
WAITING = """
select t.id, newest.id, clock_timestamp(), pg_current_xact_id_if_assigned() is null,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint
from tenants_tenant t
cross join lateral (
    select e.id from tenants_event e where e.tenant_id = t.id order by e.id desc limit 1) newest
left join tenants_chain c on c.tenant_id = t.id
where newest.id > coalesce(c.settled_id, 0) and (%s::bigint is null or t.id = %s)
order by t.id
"""
BEGIN = """
insert into tenants_chain (tenant_id, length, head, settled_id) values (%s, 0, %s, 0)
on conflict do nothing
"""
# Others who seal go on to the next tenant.
HOLD = """
select length, head, settled_id, settled_at, seen_id, seen_at, seen_transaction,
    pg_current_xact_id()::text::bigint
from tenants_chain where tenant_id = %s
for update skip locked
"""
# What could not have come any more, or claims to be older than that, is left to be found.
APPEND = f"""
with fresh as (
    select e.id, e.row_hash from tenants_event e
    where e.tenant_id = %s and e.id > %s
        and e.occurred_at > coalesce(%s::timestamptz, '-infinity')
        -- Said twice, or all seals are read from the first one on.
        and not exists (select from tenants_seal s where s.event_id = e.id and s.event_id > %s)
    order by e.id limit {AT_ONCE}
), sealed as (
    insert into tenants_seal (event_id, tenant_id, place, event_hash, chain_hash)
    select id, %s, %s + row_number() over ids, row_hash,
        tenants_chain_hash(%s::bytea, row_hash) over ids
    from fresh window ids as (order by id)
    returning place, chain_hash, event_id
)
select place, chain_hash, event_id from sealed order by place desc limit 1
"""
KEEP = """
update tenants_chain set length = %s, head = %s, settled_id = %s, settled_at = %s,
    seen_id = %s, seen_at = %s, seen_transaction = %s
where tenant_id = %s
"""
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Waiting:
    """A tenant's newest event, seen at a moment of the database's clock."""

    tenant_id: int
    newest_id: int
    at: datetime
    is_first: bool  # read before a transaction id was taken
    oldest_transaction: int  # of those that had not ended


@dataclass
class Progress:
    """A row of `tenants_chain`, and who holds it."""

    length: int
    head: bytes
    settled_id: int
    settled_at: datetime | None
    seen_id: int | None
    seen_at: datetime | None
    seen_transaction: int | None
    transaction: int

    def settle(self, waiting: Waiting) -> None:
        """To be called when all is sealed that was there when `waiting` was read."""
        if self.seen_id and self._has_ended(self.seen_transaction or 0, waiting):
            self.settled_id, self.settled_at, self.seen_id = self.seen_id, self.seen_at, None
        if self.seen_id is None and waiting.newest_id > self.settled_id and waiting.is_first:
            self.seen_id, self.seen_at = waiting.newest_id, waiting.at
            self.seen_transaction = self.transaction

    def _has_ended(self, transaction: int, waiting: Waiting) -> bool:
        """With all before it. One that is yet to come was another server's, before a restore."""
        return transaction < waiting.oldest_transaction or transaction > self.transaction


def seal_all(tenant_id: int | None = None, advance: Advance = lambda _: None) -> int:
    """Seal what waits, of one tenant or of all; how many events that were.

    Not to be called inside a transaction: each tenant's has its own, short ones.
    """
    sealed = 0
    for row in walls.read(walls.PLATFORM, WAITING, (tenant_id, tenant_id)):
        for count in _seal(Waiting(*row)):
            sealed += count
            advance(count)
    return sealed


def _seal(waiting: Waiting) -> Iterator[int]:
    count, after = AT_ONCE, 0
    while count == AT_ONCE:
        with walls.platform_work():
            count, after = _append(waiting, after)
        yield count


def _append(waiting: Waiting, after: int) -> tuple[int, int]:
    """Seal some events past that id: how many, and the last; with the last of all, settle.

    What comes late meanwhile, with an id before it, is the next round's.
    """
    tenant_id = waiting.tenant_id
    _, held = walls.pipeline((BEGIN, (tenant_id, START)), (HOLD, (tenant_id,)))
    if not held:
        return 0, after
    kept = Progress(*held[0])
    oldest = kept.settled_at and kept.settled_at - SLACK
    after = max(kept.settled_id, after)
    fresh = (tenant_id, after, oldest, after)
    (sealed,) = walls.pipeline((APPEND, (*fresh, tenant_id, kept.length, kept.head)))
    count = 0
    for place, chain_hash, event_id in sealed:
        count, kept.length, kept.head, after = place - kept.length, place, chain_hash, event_id
    if count < AT_ONCE:
        kept.settle(waiting)
    settled = (kept.settled_id, kept.settled_at, kept.seen_id, kept.seen_at, kept.seen_transaction)
    walls.finish((KEEP, (kept.length, kept.head, *settled, tenant_id)))
    return count, after
