"""Another tenant's credentials are out of reach by each wall alone."""

from typing import Any

import pytest

from credentials.wallet import pages, people, streams
from tenants.models import Role, Tenant
from tests import walls_down
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in
from tests.wallet.conftest import OWN, SEARCH, hold_one_each, listed, of, uuids


@pytest.fixture
def prying(acme: Tenant, globex: Tenant) -> Caller:
    """A member of both, who acts as an owner in globex: only walls are in the way."""
    make_member(acme, "prying")
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def foreign(acme: Tenant, prying: Caller) -> list[str]:
    """Their own, and somebody else's, of the other organization."""
    own = hold_one_each(acme, prying.user, 1)
    others = hold_one_each(acme, make_member(acme, "ada").user, 2)
    return [str(row.uuid) for row in [*own, *others]]


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries forget to name the tenant; catalogues and members are found all the same."""
    for module in (streams, pages):
        monkeypatch.setattr(module, "MINE", "%(tenant)s::bigint is not null")
    for name in ("ONE", "ALL", "KNOWN"):
        careless = getattr(people, name).replace("m.tenant_id = %(tenant)s", "true")
        monkeypatch.setattr(people, name, careless)


def reached(caller: Caller, foreign: list[str]) -> list[str]:
    """What is found in any way."""
    found = [*listed(caller, OWN), *listed(caller, SEARCH)]
    for words in ("prying", "ada", "Soldering", "Metalwork", "RC-1", *foreign):
        found += listed(caller, SEARCH, search=words)
    return sorted({item["uuid"] for item in found})


def test_both_walls(prying: Caller, foreign: list[str]) -> None:
    assert reached(prying, foreign) == []


def test_a_member_of_elsewhere_is_nobody(acme: Tenant, prying: Caller, foreign: list[str]) -> None:
    ada = make_member(acme, "another").user

    for name in (ada.pk, ada.uuid):
        response = prying.get(f"/api/v1/users/{name}/credentials")
        assert_problem(response, 404, "not-found")
    assert uuids(listed(prying, of(prying.user))) == []


@pytest.mark.usefixtures("_second_wall_down")
def test_the_first_wall_alone(prying: Caller, foreign: list[str]) -> None:
    assert reached(prying, foreign) == []


@pytest.mark.usefixtures("_first_wall_down")
def test_the_second_wall_alone(prying: Caller, foreign: list[str]) -> None:
    assert reached(prying, foreign) == []


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_without_both_walls_they_are_in_reach(prying: Caller, foreign: list[str]) -> None:
    """So that the tests above prove something."""
    assert reached(prying, foreign) == sorted(foreign)
    assert len({item["uuid"] for item in listed(prying, OWN)}) == 5


@pytest.mark.usefixtures("_first_wall_down")
def test_a_careless_wallet_still_holds_ones_own(globex: Tenant, prying: Caller) -> None:
    own = hold_one_each(globex, prying.user, 3)

    assert uuids(listed(prying, OWN)) == [str(row.uuid) for row in own[::-1]]
    found: Any = listed(prying, SEARCH, search="prying")
    assert uuids(found) == [str(row.uuid) for row in own[::-1]]
