"""What answers about job roles, qualifications and their results cost."""

from itertools import count
from typing import Any

import pytest

from tenants import walls
from tenants.models import Membership, Tenant
from tests.certifications.role_factories import (
    QUALIFICATIONS,
    ROLES,
    assign,
    job_role,
    qualification,
    requirement,
)
from tests.certifications.test_expirations import in_days
from tests.conftest import Caller
from tests.costs import spent
from tests.factories import certification, certification_type

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

RESULTS = "/api/v1/organizations/acme/qualification-results"
LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "job roles": (ROLES, {}),
    "qualifications": (QUALIFICATIONS, {"limit": 200}),
    "one's own results": ("/api/v1/qualification-results", {}),
    "results": (RESULTS, {"limit": 200}),
    "results of a status": (RESULTS, {"status": "qualified", "as_of": "2026-01-01"}),
    "expirations": ("/api/v1/organizations/acme/expirations", {"limit": 200}),
}


@pytest.fixture
def caller(callers: dict[str, Caller]) -> Caller:
    return callers["admin"]


@pytest.fixture
def keeper(caller: Caller) -> Membership:
    with walls.platform_work():
        found: Membership = caller.user.memberships.get()
        return found


@pytest.mark.parametrize(("path", "query"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_one_round_trip_however_long_it_is(
    acme: Tenant, keeper: Membership, caller: Caller, path: str, query: dict[str, Any]
) -> None:
    with walls.platform_work():
        kind = certification_type(acme)
    numbers, costs, lengths = count(), [], []
    for more in (2, 20):
        with walls.platform_work():
            for number in (next(numbers) for _ in range(more)):
                asked = qualification(acme, requirement(kind), title=f"Q{number}")
                assign(keeper, job_role(acme, asked, title=f"R{number}"))
                certification(acme, keeper.user, type=kind.uuid, expires_on=in_days(number))
        costs.append(spent(lambda: caller.get(path, query)))
        lengths.append(len(caller.get(path, query).json()["data"]))

    assert lengths == [2, 22]
    assert costs == [(2, 1), (2, 1)]


def test_many_requirements_cost_as_much_as_one(acme: Tenant, caller: Caller) -> None:
    with walls.platform_work():
        kinds = [certification_type(acme, slug=f"k{number}") for number in range(20)]
        row = qualification(acme, requirement(kinds[0]))
    turns, costs = count(), []
    for many in (1, 20):

        def send(many: int = many) -> Any:
            # Other requirements each time.
            flag = bool(next(turns) % 2)
            asked = [requirement(kind, verified_only=flag) for kind in kinds]
            return caller.patch(f"{QUALIFICATIONS}/{row.pk}", {"requirements": asked[:many]})

        costs.append(spent(send))

    assert costs[0] == costs[1]
