"""What the chain of events costs: who writes, who checks it, and who reads the history."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import md5
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection

from benchmarks import cases, population
from benchmarks.load import Load, LoadError, Request, Result
from benchmarks.population import Person
from credentials_portal import sealer
from tenants import chain_check, sealing, walls
from tenants.models import Event

WRITERS = 20
EVENTS, QUICK_EVENTS = 1_000_000, 20_000
PART = 100_000
TURNS = 5
TRIGGERS = ("tenants_event_hash_row", "tenants_event_take_transaction_id")
# The other way: whoever writes chains, holding the tenant's row until the commit is on the disk.
LOCKED = """
create table if not exists benchmark_chain (tenant_id bigint primary key, head bytea not null);
grant select, insert, update on benchmark_chain to public;
create or replace function benchmark_chain_event() returns trigger language plpgsql as $$
begin
    insert into benchmark_chain values (new.tenant_id, sha256(new.row_hash))
        on conflict (tenant_id) do update set head = sha256(benchmark_chain.head || new.row_hash);
    return null;
end $$;
drop trigger if exists benchmark_chain on tenants_event;
create constraint trigger benchmark_chain after insert on tenants_event
    deferrable initially deferred for each row execute function benchmark_chain_event();
"""
UNLOCKED = "drop trigger if exists benchmark_chain on tenants_event"


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def as_before() -> Iterator[None]:
    execute("alter table tenants_event alter row_hash set default ''")
    for trigger in TRIGGERS:
        execute(f"alter table tenants_event disable trigger {trigger}")
    try:
        yield
    finally:
        for trigger in TRIGGERS:
            execute(f"alter table tenants_event enable trigger {trigger}")
        execute("alter table tenants_event alter row_hash drop default")
        sealing.seal_all()


@contextmanager
def chained_by_the_writer() -> Iterator[None]:
    execute(LOCKED)
    try:
        yield
    finally:
        execute(UNLOCKED)
        sealing.seal_all()


WAYS = {
    "POST, as before": as_before,
    "POST, hashed, and sealed beside it": sealer.at_work,
    "POST, chained by the writer": chained_by_the_writer,
}


class WrittenIn(Load):
    """The same requests, in one of the ways."""

    def run(self, seconds: int) -> Result:
        with WAYS[self.name]():
            return super().run(seconds)


def loads(people: Sequence[Person], port: int, directory: Path) -> list[Load]:
    """Twenty clients, all of one organization."""
    post = cases.post(people)
    post.check(port)
    return [WrittenIn(name, post.requests, port, directory, WRITERS) for name in WAYS]


def writers() -> list[Person]:
    return population.populate(population.Size(tenants=1, people=WRITERS, rows=20_000))


# In the order in which they came; somebody of the organization did each.
MADE = """
create temporary table made on commit drop as
select gen_random_uuid() as uuid, uuid_send(gen_random_uuid()) as salt, n,
    json_build_object('address', '192.0.2.7', 'before', null, 'after', json_build_object(
        'title', 'Course ' || n, 'holder_id', n, 'website_url', 'https://school.example'))::text
        as content
from generate_series(%(first)s::int, %(last)s::int) n
"""
WRITTEN = """
with event as (
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, actor_id, request_id, content_hash)
    select %(tenant)s, uuid, now() - (%(all)s - n) * interval '10 seconds',
        case when n %% 100000 = 0 then 'expired' when n %% 10 = 0 then 'changed' else 'created' end,
        'microcredential', n / 5, md5((n / 5)::text)::uuid, 'user',
        (%(people)s::bigint[])[1 + n %% %(count)s::int], '',
        sha256(salt || convert_to(content, 'UTF8'))
    from made order by n
    returning id, uuid
)
insert into tenants_eventcontent (event_id, tenant_id, salt, content)
select event.id, %(tenant)s, salt, content from event join made using (uuid)
"""


def populate(size: int) -> Person:
    """An organization with so many events; its owner."""
    with walls.platform_work():
        organization = population.tenant(f"history-of-{size}")
        memberships = population.people(organization, 10)
        if Event.objects.filter(tenant=organization).count() < size:
            people = [membership.person_id for membership in memberships]
            of_all = {"tenant": organization.pk, "all": size, "people": people, "count": 10}
            for first in range(1, size, PART):
                write(of_all | {"first": first, "last": min(size, first + PART - 1)})
        return population.sign_in(memberships[0])


def write(parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MADE, parameters)
        cursor.execute(WRITTEN, parameters)
        cursor.execute("drop table made")


def tell(size: int, port_of: Callable[[], AbstractContextManager[int]]) -> None:
    owner = populate(size)
    population.settle()
    started = time.monotonic()
    sealed = sealing.seal_all(owner.tenant_id)
    print(f"{sealed:,} events sealed: {time.monotonic() - started:.1f} s.")
    started = time.monotonic()
    verdict = chain_check.check(owner.tenant_id)
    took = time.monotonic() - started
    print(f"{verdict.sealed:,} events checked, {verdict.fault_count} faults: {took:.1f} s.")
    population.settle()
    with port_of() as port:
        for name, query in QUERIES.items():
            print(f"GET /events, {name}: {milliseconds(owner, query, port):.0f} ms")


QUERIES = {
    "newest": "limit=50",
    "of an object": "object_kind=microcredential&object=1000",
    "of an object, by its uuid": f"object={UUID(md5(b'1000').hexdigest())}",  # noqa: S324
    "of a kind that is rare": "kind=expired",
    "of a kind that nobody did": "kind=nothing",
    "of somebody who did nothing": "actor_kind=operator",
    "of a day long ago": "since=2026-09-01T00:00:00Z&until=2026-09-02T00:00:00Z",
    "of a day that is yet to come": "since=2099-01-01T00:00:00Z",
}


def milliseconds(owner: Person, query: str, port: int) -> float:
    """The median of some."""
    request = Request("GET", f"{cases.API}/events?{query}", owner.signed_in)
    took = []
    for _ in range(TURNS):
        started = time.monotonic()
        status, answer = request.answer(port)
        took.append(time.monotonic() - started)
        if status != 200:
            raise LoadError(f"{request.path} answered {status} {answer!s:.300}")
    return median(took) * 1000
