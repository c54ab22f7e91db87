"""What wallets and searches cost."""

from itertools import count
from typing import Any

import pytest

from tenants import walls
from tenants.models import Tenant
from tests.conftest import Caller
from tests.costs import spent
from tests.factories import award, micro_credential, program
from tests.wallet.conftest import OWN, SEARCH, UNKNOWN, hold_one_each, of

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

# How it is planned and the page, with the scope, in one round trip; before it, where that must be
# asked for, whether there is such a member, or whom and what a search names.
ONE, TWO = (3, 1), (5, 2)
LISTS: dict[str, tuple[str, str, dict[str, Any], tuple[int, int]]] = {
    "one's own": ("holder", OWN, {"limit": 200}, ONE),
    "one's own, filtered": ("holder", OWN, {"kind": "diploma", "status": "active"}, ONE),
    "by an integration": ("key", OWN, {"limit": 200}, ONE),
    "a member's": ("issuer", "holder", {"limit": 200}, TWO),
    "all": ("issuer", SEARCH, {"limit": 200}, ONE),
    "of a status": ("issuer", SEARCH, {"status": "active"}, ONE),
    "by a uuid": ("issuer", SEARCH, {"search": UNKNOWN}, ONE),
    "by a holder": ("issuer", SEARCH, {"search": "holder"}, TWO),
    "by a title": ("issuer", SEARCH, {"search": "metalwork", "limit": 200}, TWO),
}


@pytest.mark.parametrize(("caller", "path", "query", "cost"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_the_same_however_long_it_is(
    acme: Tenant,
    callers: dict[str, Caller],
    caller: str,
    path: str,
    query: dict[str, Any],
    cost: tuple[int, int],
) -> None:
    holder, numbers, costs = callers["holder"].user, count(1), []
    path = of(holder) if path == "holder" else path
    for more in (1, 4):
        with walls.platform_work():
            for number in (next(numbers) for _ in range(more)):
                hold_one_each(acme, holder, number)
        costs.append(spent(lambda: callers[caller].get(path, query)))

    assert costs == [cost, cost]


def test_a_later_page_costs_what_the_first_one_does(
    acme: Tenant, callers: dict[str, Caller]
) -> None:
    holder = callers["holder"].user
    with walls.platform_work():
        hold_one_each(acme, holder)
        micro_credential(acme, holder)
        award("holder", program(acme, program_id=2))
    for caller, path, query, cost in (
        ("holder", OWN, {"limit": 2}, ONE),
        ("issuer", SEARCH, {"limit": 2, "search": "holder"}, TWO),
    ):
        cursor = callers[caller].get(path, query).json()["page"]["next_cursor"]
        later = {**query, "cursor": cursor}

        assert spent(lambda: callers[caller].get(path, later)) == cost  # noqa: B023
