"""Whatever a superuser does to the history, the check finds it and names it."""

from typing import Any, NamedTuple

import pytest

from tenants import chain_check, events, sealing, walls
from tenants.chain_check import Fault, Verdict
from tenants.events import OPERATOR, Actor
from tenants.models import Chain, Event, EventContent, Seal, Tenant
from tests.tenants.tampering import tamper

WHO = Actor(kind="api_token", token_id=7, address="192.0.2.7", request_id="request")


class History(NamedTuple):
    tenant: Tenant
    ids: list[int]  # of its events, in their order
    head: bytes

    def check(self, expected: bytes | None = None) -> Verdict:
        return chain_check.check(self.tenant.pk, expected=expected)

    def faults(self) -> list[tuple[str, int | None, int | None]]:
        return [(each.kind, each.event_id, each.place) for each in self.check().faults]


@pytest.fixture
def history(acme: Tenant, globex: Tenant) -> History:
    """Six events, sealed, each like the others where it can be."""
    for name in ("one", "two", "three", "four", "five"):
        events.record("seen", acme, tenant_id=acme.pk, by=WHO, after={"name": name})
        events.record("seen", globex, tenant_id=globex.pk, by=WHO, after={"name": name})
    sealing.seal_all()
    mine = list(Event.objects.filter(tenant=acme).order_by("id").values_list("id", flat=True))
    assert len(mine) == 6
    return History(acme, mine, bytes(Chain.objects.get(tenant=acme).head))


def test_what_nobody_touched_has_no_fault(history: History, globex: Tenant) -> None:
    verdict = history.check(history.head)

    assert (verdict.faults, verdict.fault_count) == ([], 0)
    assert (verdict.sealed, verdict.erased, verdict.unsealed) == (6, 0, 0)
    assert verdict.head == history.head
    assert verdict.expected_place == 6
    assert chain_check.check(globex.pk).fault_count == 0


# Of every column, another value that fits; a test below holds that none is missing.
CHANGES: dict[str, dict[str, str]] = {
    "tenants_event": {
        "id": "{id} + 1000000",
        "uuid": "gen_random_uuid()",
        "tenant_id": "(select max(id) from tenants_tenant)",
        "occurred_at": "occurred_at - interval '1 microsecond'",
        "action": "'Seen'",
        "object_kind": "'user'",
        "object_id": "object_id + 1",
        "object_uuid": "gen_random_uuid()",
        "actor_kind": "'user'",
        "actor_id": "0",
        "api_token_id": "null",
        "request_id": "''",
        "content_hash": "sha256('forged')",
        "row_hash": "sha256('forged')",
    },
    "tenants_eventcontent": {
        "event_id": "{id} + 1000000",
        "tenant_id": "(select max(id) from tenants_tenant)",
        "salt": "'\\x00'",
        "content": "replace(content, 'two', 'six')",
        # The table's own check keeps who tries from leaving the content as it is.
        "erased_by_id": "{id}, salt = '', content = ''",
    },
    "tenants_seal": {
        "event_id": "{id} + 1000000",
        "tenant_id": "(select max(id) from tenants_tenant), place = 1000000",
        "place": "place + 1000000",
        "event_hash": "sha256('forged')",
        "chain_hash": "sha256('forged')",
    },
}
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("tenants_event", "id"): {"removed", "changed", "content_removed"},
    ("tenants_event", "tenant_id"): {"removed"},
    ("tenants_event", "content_hash"): {"changed", "content_changed"},
    ("tenants_eventcontent", "event_id"): {"content_removed", "removed"},
    ("tenants_eventcontent", "tenant_id"): {"content_removed"},
    ("tenants_eventcontent", "erased_by_id"): {"content_removed"},
    ("tenants_seal", "event_id"): {"removed"},
    ("tenants_seal", "tenant_id"): {"removed"},
    ("tenants_seal", "place"): {"removed", "moved", "head"},
    ("tenants_seal", "event_hash"): {"changed", "moved"},
    ("tenants_seal", "chain_hash"): {"moved"},
}
EACH = [(table, column) for table, columns in CHANGES.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), EACH)
def test_a_changed_column_is_found(history: History, table: str, column: str) -> None:
    third = history.ids[2]
    key = "id" if table == "tenants_event" else "event_id"
    value = CHANGES[table][column].format(id=third)

    tamper(f"update {table} set {column} = {value} where {key} = {third}")

    found = history.check().faults
    default = {"content_changed"} if table == "tenants_eventcontent" else {"changed"}
    assert {fault.kind for fault in found} <= EXPECTED.get((table, column), default)
    assert (third in {each.event_id for each in found}) or 3 in {each.place for each in found}


def test_no_column_is_left_out() -> None:
    for model in (Event, EventContent, Seal):
        columns = {field.column for field in model._meta.concrete_fields}
        assert columns == set(CHANGES[model._meta.db_table])


@pytest.mark.parametrize("index", [0, 2, 5])
def test_a_removed_event_is_named(history: History, index: int) -> None:
    event_id = history.ids[index]

    tamper(f"delete from tenants_event where id = {event_id}")
    found = history.faults()
    tamper(f"delete from tenants_eventcontent where event_id = {event_id}")

    assert found == [("removed", event_id, index + 1), ("removed", event_id, None)]
    assert history.faults() == [("removed", event_id, index + 1)]


@pytest.mark.parametrize("index", [0, 2, 4])
def test_an_event_removed_with_its_seal_leaves_a_gap(history: History, index: int) -> None:
    remove(history.ids[index])

    assert history.faults() == [("removed", None, index + 1)]


def remove(*event_ids: int) -> None:
    for event_id in event_ids:
        tamper(f"delete from tenants_event where id = {event_id}")
        tamper(f"delete from tenants_eventcontent where event_id = {event_id}")
        tamper(f"delete from tenants_seal where event_id = {event_id}")


def test_a_gap_that_was_closed_is_found_where_it_was(history: History) -> None:
    remove(history.ids[2])
    mine = f"tenant_id = {history.tenant.pk}"
    for place in (4, 5, 6):
        tamper(f"update tenants_seal set place = {place - 1} where place = {place} and {mine}")
    tamper(f"update tenants_chain set length = 5 where {mine}")

    assert history.faults() == [("moved", history.ids[3], 3)]


def test_two_events_that_change_places_are_named(history: History) -> None:
    second, fourth = history.ids[1], history.ids[3]
    for old, new in ((second, -1), (fourth, second), (-1, fourth)):
        tamper(f"update tenants_event set id = {new} where id = {old}")
        tamper(f"update tenants_eventcontent set event_id = {new} where event_id = {old}")

    assert history.faults() == [("changed", second, 2), ("changed", fourth, 4)]


def test_two_seals_that_change_places_are_found(history: History) -> None:
    mine = f"tenant_id = {history.tenant.pk}"
    for old, new in ((2, -1), (4, 2), (-1, 4)):
        tamper(f"update tenants_seal set place = {new} where place = {old} and {mine}")

    assert [(kind, place) for kind, _, place in history.faults()] == [
        *(("moved", 2), ("moved", 3), ("moved", 4), ("moved", 5))
    ]


def test_a_whole_chain_made_anew_is_found_by_the_head_that_was_noted(history: History) -> None:
    tamper(f"update tenants_event set action = 'forged' where id = {history.ids[2]}")
    tamper(f"update tenants_event e set row_hash = {sealing.ROW_HASH.format('e')}")
    mine = f"where tenant_id = {history.tenant.pk}"
    tamper(f"delete from tenants_seal {mine}")
    tamper(f"delete from tenants_chain {mine}")

    assert history.check().fault_count == 0
    assert history.check(history.head).faults == [
        Fault("cut", "the expected head is nowhere in the chain: its end is gone")
    ]


def test_a_cut_tail_is_found_where_the_length_is_kept(history: History) -> None:
    remove(*history.ids[4:])

    assert history.faults() == [("cut", None, 5)]


def test_a_cut_tail_is_found_by_the_head_that_was_noted(history: History) -> None:
    remove(*history.ids[4:])
    mine = f"tenant_id = {history.tenant.pk}"
    last = f"(select chain_hash from tenants_seal where place = 4 and {mine})"
    tamper(f"update tenants_chain set length = 4, head = {last} where {mine}")

    assert history.check().fault_count == 0
    (fault,) = history.check(history.head).faults
    assert fault.kind == "cut"


def test_what_was_written_since_does_not_hide_the_head_that_was_noted(history: History) -> None:
    events.record("seen", history.tenant, tenant_id=history.tenant.pk, by=OPERATOR)

    verdict = history.check(history.head)

    assert (verdict.fault_count, verdict.sealed, verdict.expected_place) == (0, 7, 6)
    assert verdict.waited == 1
    assert history.check(bytes(32)).expected_place == 0


def test_an_end_that_is_not_what_was_kept_is_found(history: History) -> None:
    tamper("update tenants_chain set head = sha256('forged')")

    assert history.faults() == [("head", None, 6)]


def test_an_event_changed_before_it_was_sealed_is_named(history: History) -> None:
    late = events.record("seen", history.tenant, tenant_id=history.tenant.pk, by=OPERATOR)

    tamper(f"update tenants_event set action = 'forged' where id = {late}")

    assert history.faults() == [("changed", late, 7)]


def test_erased_is_told_from_altered(history: History, member: Any) -> None:
    erased, blanked, altered = history.ids[1:4]
    mine = history.tenant.pk

    assert events.erase(mine, [erased], person=member.user, by=WHO) == [erased]
    tamper(
        "update tenants_eventcontent set salt = '', content = '', erased_by_id ="
        f" (select max(id) from tenants_event where action = '{events.ERASED}')"
        f" where event_id = {blanked}"
    )
    tamper(f"update tenants_eventcontent set content = '{{}}' where event_id = {altered}")

    verdict = history.check(history.head)
    assert verdict.erased == 1
    assert [(each.kind, each.event_id) for each in verdict.faults] == [
        ("content_removed", blanked),
        ("content_changed", altered),
    ]


def test_what_was_made_into_an_erasure_afterwards_excuses_nothing(history: History) -> None:
    second, fourth = history.ids[1], history.ids[3]
    tamper(f"update tenants_event set action = '{events.ERASED}' where id = {fourth}")
    tamper(
        f"update tenants_eventcontent set salt = '', content = '', erased_by_id = {fourth}"
        f" where event_id = {second}"
    )

    assert history.faults() == [("content_removed", second, 2), ("changed", fourth, 4)]


def test_an_erased_event_that_is_altered_as_well_is_named(history: History, member: Any) -> None:
    second = history.ids[1]
    events.erase(history.tenant.pk, [second], person=member.user, by=WHO)

    tamper(f"update tenants_event set actor_kind = 'operator' where id = {second}")

    assert ("changed", second, 2) in history.faults()


def test_pages_are_read_as_one(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        chain_check, "PAGE", chain_check.PAGE.replace(f"limit {chain_check.AT_ONCE}", "limit 2")
    )
    pages: list[int] = []
    verdict = chain_check.check(history.tenant.pk, expected=history.head, advance=pages.append)
    assert (verdict.fault_count, pages) == (0, [2, 2, 2])

    remove(*history.ids[1:4])
    assert history.faults() == [("removed", None, 2)]


def test_no_more_faults_are_told_than_people_read(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_check, "MOST_TOLD", 2)
    tamper("update tenants_event set request_id = 'forged'")

    verdict = history.check()

    assert (len(verdict.faults), verdict.fault_count) == (2, 6)


def test_a_tenant_sees_no_seal_of_another(history: History, globex: Tenant) -> None:
    with walls.tenant_work(globex.pk):
        assert set(Seal.objects.values_list("tenant_id", flat=True)) == {globex.pk}
        assert set(Chain.objects.values_list("tenant_id", flat=True)) == {globex.pk}
