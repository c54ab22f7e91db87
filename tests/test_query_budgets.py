"""What an answer costs: statements, and round trips to the database.

A round trip is a moment at which the portal must wait for PostgreSQL before it can go on. They are
counted where the portal hands its work to the driver: a pipeline is one, whatever it holds; so is
each statement outside of one, the begin of a transaction (psycopg awaits it, in a pipeline too) and
its commit. Counted on the wire, a pipeline may look like two, as a near server answers its first
part early; nobody waits for that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.db import connection, connections
from psycopg.pq import TransactionStatus

from credentials.models import MicroCredential
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.factories import micro_credential, micro_credential_body

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

IDLE = TransactionStatus.IDLE
LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential"
PUBLIC = "/api/v1/public/user-micro-credential"
LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "one's own": ("holder", {}),
    "one's own, searched": ("holder", {"search": "weld", "sort_field": "title"}),
    "the tenant's": ("issuer", {}),
    "the tenant's, full page": ("issuer", {"limit": 500, "sort_field": "created_time"}),
    "the tenant's, searched": ("issuer", {"search": "weld"}),
    "somebody's": ("issuer", {"user_id": "holder"}),
    "by an integration": ("key", {}),
}


class Cost:
    statements = 0
    round_trips = 0


@contextmanager
def counted() -> Iterator[Cost]:
    """What is spent inside, on this thread's connection."""
    cost, piped = Cost(), False
    wrapper: Any = connections[connection.alias]
    pipeline, commit = walls.pipeline, wrapper._commit

    def count_begin() -> None:
        driver = connection.connection
        cost.round_trips += not driver.autocommit and driver.info.transaction_status == IDLE

    def count_statement(execute: Callable[..., Any], *arguments: Any) -> Any:
        cost.statements += 1
        if not piped:
            count_begin()
            cost.round_trips += 1
        return execute(*arguments)

    def count_pipeline(*statements: Any) -> Any:
        nonlocal piped
        count_begin()
        cost.round_trips += 1
        cost.statements += len(statements)
        piped = True
        try:
            return pipeline(*statements)
        finally:
            piped = False

    def count_commit() -> None:
        cost.round_trips += 1
        commit()

    connection.ensure_connection()
    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(count_statement):
        patch.setattr(walls, "pipeline", count_pipeline)
        patch.setattr(wrapper, "_commit", count_commit)
        yield cost


@pytest.fixture
def acme(db: None) -> Tenant:
    with walls.platform_work():
        return members.create_tenant(slug="acme", name="Acme", by=OPERATOR)


@pytest.fixture
def callers(acme: Tenant) -> dict[str, Caller]:
    with walls.platform_work():
        holder = make_member(acme, "holder")
        return {
            "holder": sign_in(holder),
            "issuer": sign_in(make_member(acme, "issuer", Role.ISSUER)),
            "key": with_key(holder, "micro_credentials:write"),
            "anonymous": Caller(),
        }


@pytest.fixture
def record(acme: Tenant, callers: dict[str, Caller]) -> MicroCredential:
    with walls.platform_work():
        return micro_credential(acme, callers["holder"].user)


def spent(send: Callable[[], Any], status: int = 200) -> tuple[int, int]:
    """Statements and round trips of a request whose like came before: its caller is known."""
    assert send().status_code == status
    with counted() as cost:
        assert send().status_code == status
    return cost.statements, cost.round_trips


@pytest.mark.parametrize(("caller", "query"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_one_round_trip_however_long_it_is(
    acme: Tenant, callers: dict[str, Caller], caller: str, query: dict[str, Any]
) -> None:
    asked = {
        name: callers["holder"].user.pk if name == "user_id" else value
        for name, value in query.items()
    }

    def read() -> Any:
        return callers[caller].get(LIST, asked)

    costs = []
    for more in (1, 49):
        with walls.platform_work():
            for _ in range(more):
                micro_credential(acme, callers["holder"].user)
        costs.append(spent(read))

    assert len(read().json()["results"]) == 50
    assert costs == [(2, 1), (2, 1)]


@pytest.mark.parametrize("caller", ["holder", "issuer", "key"])
@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_a_record_costs_one_round_trip(
    callers: dict[str, Caller], record: MicroCredential, caller: str, name: str
) -> None:
    path = f"{ONE}/{getattr(record, name)}"

    assert spent(lambda: callers[caller].get(path)) == (2, 1)


@pytest.mark.parametrize("caller", ["anonymous", "holder", "key"])
@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_a_public_record_costs_one_round_trip_and_so_does_a_304(
    callers: dict[str, Caller], record: MicroCredential, caller: str, name: str
) -> None:
    path = f"{PUBLIC}/{getattr(record, name)}"
    known = {"If-None-Match": callers["anonymous"].get(path).headers["ETag"]}

    assert spent(lambda: callers[caller].get(path)) == (2, 1)
    assert spent(lambda: callers[caller].get(path, headers=known), 304) == (2, 1)


def test_a_replayed_request_costs_its_transaction_and_one_look(
    callers: dict[str, Caller],
) -> None:
    again = {"headers": {"Idempotency-Key": "k"}}

    cost = spent(lambda: callers["holder"].post(LIST, micro_credential_body(), **again))

    # Begin; scope, lock, stored answer and savepoint together; commit.
    assert cost == (4, 3)


@pytest.mark.parametrize("keyed", [False, True])
def test_a_recording_costs_what_it_writes(callers: dict[str, Caller], keyed: bool) -> None:
    keys = count()

    def send() -> Any:
        headers = {"Idempotency-Key": f"{next(keys)}"} if keyed else {}
        return callers["holder"].post(LIST, micro_credential_body(), headers=headers)

    # Begin; scope (with the key's lock and look) and savepoint; row, event and the record as it
    # reads in one statement; the stored answer of a key; commit.
    assert spent(send) == ((6, 5) if keyed else (3, 4))


def test_a_change_costs_what_it_writes(callers: dict[str, Caller], record: MicroCredential) -> None:
    titles = count()

    def send() -> Any:
        return callers["holder"].patch(f"{ONE}/{record.pk}", {"title": f"{next(titles)}"})

    # Begin; scope and savepoint; lock, row, event, reading it back; commit.
    assert spent(send) == (6, 7)


def test_a_caller_seen_for_the_first_time_costs_no_more_for_a_longer_list(
    acme: Tenant, callers: dict[str, Caller]
) -> None:
    with walls.platform_work():
        strangers = [sign_in(make_member(acme, name, Role.ISSUER)) for name in ("ada", "bob")]
    costs = []

    for stranger in strangers:
        with counted() as cost:
            assert stranger.get(LIST).status_code == 200
        costs.append((cost.statements, cost.round_trips))
        with walls.platform_work():
            for _ in range(50):
                micro_credential(acme, callers["holder"].user)

    assert costs[0] == costs[1]
