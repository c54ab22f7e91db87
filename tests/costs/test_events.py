"""What the history costs."""

from typing import Any

import pytest

from tenants import events, sealing, walls
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.conftest import Caller
from tests.costs import counted, spent

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = "/api/v1/events"
QUERIES: list[dict[str, Any]] = [
    {},
    {"object_kind": "tenant", "kind": "seen"},
    {"actor_kind": "operator", "since": "2026-01-01T00:00:00Z"},
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_page_costs_one_round_trip_however_long_it_is(
    acme: Tenant, callers: dict[str, Caller], query: dict[str, Any]
) -> None:
    costs = []
    for more in (2, 60):
        with walls.platform_work():
            for _ in range(more):
                events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
        sealing.seal_all()
        costs.append(spent(lambda: callers["admin"].get(EVENTS, {"limit": 200, **query})))

    assert len(callers["admin"].get(EVENTS, {"limit": 200, **query}).json()["data"]) >= 62
    assert costs == [(2, 1), (2, 1)]


def test_sealing_costs_the_same_however_much_there_is(acme: Tenant) -> None:
    costs = []
    for more in (1, 60):
        with walls.platform_work():
            for _ in range(more):
                events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
        with counted() as cost:
            assert sealing.seal_all() >= more
        costs.append((cost.statements, cost.round_trips))

    assert costs[0] == costs[1] == (7, 5)
