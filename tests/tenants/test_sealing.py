"""Seals are made beside the writers, by any number of sealers, of all that was committed."""

import hashlib
import json
from itertools import count
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction

from tenants import chain_check, events, sealing, walls
from tenants.chain_check import Verdict
from tenants.events import OPERATOR
from tenants.models import Chain, Event, Seal, Tenant
from tests.conftest import make_member, sign_in
from tests.factories import micro_credential_body
from tests.tenants.tampering import tamper
from tests.together import committed_acme, elsewhere, together

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/user-micro-credentials"
WRITERS, EACH = 20, 5


acme = committed_acme


# Transactions of every database count for the server; those of other tests would make these wait.
HERE = """(
    select coalesce(min(l.transactionid::text::bigint), 9e18::bigint)
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
        and a.datname = current_database())"""


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    assert everywhere in sealing.WAITING
    monkeypatch.setattr(sealing, "WAITING", sealing.WAITING.replace(everywhere, HERE))


def write(tenant: Tenant, **content: Any) -> int:
    with walls.platform_work():
        return events.record("seen", tenant, tenant_id=tenant.pk, by=OPERATOR, **content)


def unsealed() -> int:
    with walls.platform_work():
        return Event.objects.exclude(pk__in=Seal.objects.values("event_id")).count()


def faults(verdict: Verdict) -> list[tuple[str, int | None]]:
    return [(each.kind, each.event_id) for each in verdict.faults]


def settle() -> None:
    """Two rounds: what the first saw, the second knows to be all."""
    for _ in range(2):
        sealing.seal_all()


def test_what_is_sealed_is_sealed_once_in_the_order_of_ids(acme: Tenant) -> None:
    written = [write(acme) for _ in range(3)]

    assert sealing.seal_all() == 4
    assert sealing.seal_all() == 0

    with walls.platform_work():
        seals = list(Seal.objects.filter(tenant=acme).order_by("place"))
    assert [(seal.place, seal.event_id) for seal in seals][1:] == [
        *((place, event_id) for place, event_id in enumerate(written, 2))
    ]


def test_a_chain_is_that_of_its_document(acme: Tenant) -> None:
    """As decision 18 writes it down, for whoever checks it by other means."""
    write(acme, after={"name": "Ångström\n\"'\\ \u2028 \t"})
    with walls.platform_work():
        sealing.seal_all()
        rows = list(Event.objects.filter(tenant=acme).order_by("id"))
        seals = {seal.event_id: seal for seal in Seal.objects.all()}

    head = bytes(32)
    for row in rows:
        at = row.occurred_at
        facts = [
            *(row.pk, row.tenant_id, str(row.uuid)),
            int(at.timestamp()) * 1_000_000 + at.microsecond,
            *(row.action, row.object_kind, row.object_id, str(row.object_uuid)),
            *(row.actor_kind, row.actor_id, row.api_token_id, row.request_id),
            bytes(row.content_hash).hex(),
        ]
        row_hash = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).digest()
        head = hashlib.sha256(head + row_hash).digest()
        assert bytes(row.row_hash) == bytes(seals[row.pk].event_hash) == row_hash
        assert bytes(seals[row.pk].chain_hash) == head


@pytest.mark.usefixtures("_alone")
def test_an_event_that_is_committed_after_younger_ones_is_sealed_after_them(acme: Tenant) -> None:
    """Ids are given in one order and committed in another; nothing is missed, however late."""
    with walls.platform_work():
        late = events.record("late", acme, tenant_id=acme.pk, by=OPERATOR)
        young = elsewhere(lambda: write(acme))
        for _ in range(3):
            assert elsewhere(sealing.seal_all) in (2, 0)
    assert late < young

    assert sealing.seal_all() == 1

    with walls.platform_work():
        places = dict(Seal.objects.values_list("event_id", "place"))
    assert places[late] == places[young] + 1
    settle()
    assert chain_check.check(acme.pk).fault_count == 0
    with walls.platform_work():
        assert Chain.objects.get(tenant=acme).settled_id == young


def test_nobody_waits_for_a_sealer(acme: Tenant) -> None:
    """A sealer that holds the chain stops neither the writers nor other sealers."""
    write(acme)
    with walls.platform_work():
        assert list(Chain.objects.select_for_update()) == []
    sealing.seal_all()
    write(acme)

    with walls.platform_work():
        assert len(Chain.objects.select_for_update()) == 1
        elsewhere(lambda: write(acme))
        assert elsewhere(sealing.seal_all) == 0

    assert sealing.seal_all() == 2


def test_twenty_writers_and_four_sealers_make_one_whole_chain(acme: Tenant) -> None:
    with walls.platform_work():
        callers = [sign_in(make_member(acme, f"writer-{index}")) for index in range(WRITERS)]
        before = Event.objects.count()
    done, written = Signal(), count(1)

    def act(index: int) -> None:
        if index >= WRITERS:
            while not done.is_set():
                sealing.seal_all()
            return
        for _ in range(EACH):
            assert callers[index].post(LIST, micro_credential_body()).status_code == 200
            if next(written) == WRITERS * EACH:
                done.set()

    together(WRITERS + 4, act)
    settle()

    verdict = chain_check.check(acme.pk)
    assert verdict.faults == []
    assert (verdict.sealed, verdict.unsealed) == (before + WRITERS * EACH, 0)
    assert unsealed() == 0


def test_a_batch_ends_and_the_next_goes_on(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        write(acme)
    append = sealing.APPEND.replace(f"limit {sealing.AT_ONCE}", "limit 3")
    monkeypatch.setattr(sealing, "AT_ONCE", 3)
    monkeypatch.setattr(sealing, "APPEND", append)
    batches: list[int] = []

    assert sealing.seal_all(advance=batches.append) == 7
    assert batches == [3, 3, 1]
    assert chain_check.check(acme.pk).faults == []


@pytest.mark.usefixtures("_alone")
def test_an_event_that_is_slipped_in_among_settled_ones_is_named_and_never_sealed(
    acme: Tenant,
) -> None:
    """The whole row, with its content, as the portal writes it: but its time is past."""
    written = [write(acme) for _ in range(3)]
    with walls.platform_work():
        # An id that a transaction took, and then gave up.
        hole = events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
        transaction.set_rollback(True)
    written.append(write(acme))
    settle()

    slip_in(written[0], hole)

    assert faults(chain_check.check(acme.pk)) == [("inserted", hole)]
    write(acme)
    settle()
    assert faults(chain_check.check(acme.pk)) == [("inserted", hole)]


def slip_in(like: int, event_id: int, occurred_at: str = "occurred_at") -> None:
    columns = [str(field.column) for field in Event._meta.concrete_fields]
    new = {"id": str(event_id), "uuid": "gen_random_uuid()", "occurred_at": occurred_at}
    values = ", ".join(new.get(column, column) for column in columns)
    # In a transaction: its seals and triggers would be asked at its end.
    with walls.platform_work():
        tamper(
            f"insert into tenants_event ({', '.join(columns)}) overriding system value"
            f" select {values} from tenants_event where id = {like}"
        )
        tamper(
            "insert into tenants_eventcontent (event_id, tenant_id, salt, content)"
            f" select {event_id}, tenant_id, salt, content from tenants_eventcontent"
            f" where event_id = {like}"
        )
        tamper(
            f"update tenants_event e set row_hash = {sealing.ROW_HASH.format('e')}"
            f" where id = {event_id}"
        )


@pytest.mark.usefixtures("_alone")
def test_an_event_that_claims_to_be_older_than_what_was_settled_is_named(acme: Tenant) -> None:
    first = write(acme)
    settle()

    slip_in(first, first + 1000, "occurred_at - interval '2 minutes'")

    assert faults(chain_check.check(acme.pk)) == [("inserted", first + 1000)]


def test_what_is_in_no_chain_yet_is_told(acme: Tenant) -> None:
    settle()
    write(acme)
    with walls.platform_work():
        list(Chain.objects.select_for_update())
        verdict = elsewhere(lambda: chain_check.check(acme.pk))

    assert (verdict.waited, verdict.unsealed, verdict.fault_count) == (1, 1, 0)
    assert verdict.waited_since is not None


@pytest.mark.usefixtures("_alone")
def test_numbers_of_transactions_may_begin_anew(acme: Tenant) -> None:
    """A restored database has other ones: what was seen before has ended long ago."""
    sealing.seal_all()
    with walls.platform_work():
        tamper(f"update tenants_chain set seen_transaction = {2**40}")
    written = write(acme)

    settle()

    with walls.platform_work():
        assert Chain.objects.get(tenant=acme).settled_id == written
    assert chain_check.check(acme.pk).faults == []


def test_a_transaction_has_its_number_before_its_events_have_theirs(acme: Tenant) -> None:
    """Else the sealer could settle an id that a transaction holds which it cannot know of."""
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id_if_assigned()")
        assert cursor.fetchone() == (None,)
        # The trigger comes before the statement's first row, of which there is none.
        cursor.execute(
            "insert into tenants_event (tenant_id) select id from tenants_tenant where false"
        )
        cursor.execute("select pg_current_xact_id_if_assigned() is not null")
        assert cursor.fetchone() == (True,)
