"""What an answer costs: statements and round trips (see `costs`)."""

from itertools import count
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import walls
from tenants.models import Role, Tenant
from tests.conftest import Caller, make_member, sign_in
from tests.costs import counted, spent
from tests.factories import micro_credential, micro_credential_body

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

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


@pytest.fixture
def record(acme: Tenant, callers: dict[str, Caller]) -> MicroCredential:
    with walls.platform_work():
        return micro_credential(acme, callers["holder"].user)


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

    # Scope, lock, stored answer, and what would be done if there were none.
    assert cost == (4, 1)


@pytest.mark.parametrize("keyed", [False, True])
def test_a_recording_costs_what_it_writes(callers: dict[str, Caller], keyed: bool) -> None:
    keys = count()

    def send() -> Any:
        headers = {"Idempotency-Key": f"{next(keys)}"} if keyed else {}
        return callers["holder"].post(LIST, micro_credential_body(), headers=headers)

    # Scope (with the key's lock and look); row, event, the record as it reads and the stored answer
    # in one statement.
    assert spent(send) == ((4, 1) if keyed else (2, 1))


def test_a_change_costs_what_it_writes(callers: dict[str, Caller], record: MicroCredential) -> None:
    titles = count()

    def send() -> Any:
        return callers["holder"].patch(f"{ONE}/{record.pk}", {"title": f"{next(titles)}"})

    # Scope and savepoint; lock; row and event; reading it back; commit.
    assert spent(send) == (6, 5)


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
