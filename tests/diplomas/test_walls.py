"""Another tenant's diplomas and titles are out of reach by each wall alone."""

from typing import Any

import pytest

from credentials.diplomas import recording
from credentials.diplomas.records import KNOWN_TITLE, is_title
from credentials.diplomas.title_views import TitleView
from credentials.diplomas.views import DiplomaView
from credentials.models import Diploma
from tenants import walls
from tenants.models import Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, faults, stored
from tests.conftest import make_member, sign_in
from tests.diplomas.conftest import OWN, TITLES, UNKNOWN, Person, person
from tests.factories import diploma, diploma_title


@pytest.fixture
def prying(acme: Tenant, globex: Tenant) -> Person:
    """A member of both, who acts as an owner in globex: only walls are in the way."""
    make_member(acme, "prying")
    return person(sign_in(make_member(globex, "prying", Role.OWNER)))


@pytest.fixture
def foreign(acme: Tenant, prying: Person) -> Diploma:
    """Their own, of the other organization."""
    return diploma(acme, prying.user, title=diploma_title(acme, name="Welder"))


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.first(monkeypatch, DiplomaView, TitleView)
    careless = KNOWN_TITLE.replace("tenant_id = %s", "%s::bigint is not null")
    monkeypatch.setattr(recording, "KNOWN_TITLE", careless)


def assert_out_of_reach(caller: Person, foreign: Diploma) -> None:
    """Every route answers as for a record that does not exist, and nothing changes."""
    title: Any = foreign.title
    before = [stored(row) for row in (foreign, title)]
    for root, row, body in ((OWN, foreign, {}), (TITLES, title, {"name": "Taken over"})):
        for method in ("get", "patch", "delete"):
            sent = body if method == "patch" else None
            unknown = caller.request(method, f"{root}/{UNKNOWN}", sent)
            for name in (row.pk, row.uuid):
                answer = caller.request(method, f"{root}/{name}", sent)
                assert_problem(answer, 404, "not-found")
                assert answer.content == unknown.content
        assert caller.get(root).json()["data"] == []
    assert caller.get(f"{OWN}?extend=presigned-url&whereTitleName=weld").json()["data"] == []
    assert [stored(row) for row in (foreign, title)] == before


def assert_title_is_unknown(caller: Person, foreign: Diploma) -> None:
    refused = caller.post(OWN, {"titleId": foreign.title_id})

    assert faults(refused) == [("/titleId", "unknown_title")]
    assert_nothing_made(foreign)


def assert_nothing_made(foreign: Diploma) -> None:
    with walls.platform_work():
        assert Diploma.objects.get() == foreign


def test_both_walls(prying: Person, foreign: Diploma) -> None:
    assert_out_of_reach(prying, foreign)
    assert_title_is_unknown(prying, foreign)


@pytest.mark.usefixtures("_second_wall_down")
def test_the_first_wall_alone(prying: Person, foreign: Diploma) -> None:
    assert_out_of_reach(prying, foreign)
    assert_title_is_unknown(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down")
def test_the_second_wall_alone(prying: Person, foreign: Diploma) -> None:
    assert_out_of_reach(prying, foreign)
    assert_title_is_unknown(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_without_both_walls_the_records_are_in_reach(prying: Person, foreign: Diploma) -> None:
    """So that the tests above prove something."""
    assert prying.get(f"{OWN}/{foreign.pk}").status_code == 200
    assert prying.get(f"{TITLES}/{foreign.title_id}").status_code == 200


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_the_third_wall_alone(prying: Person, foreign: Diploma) -> None:
    """A diploma's key to its title names the tenant, too."""
    refused = prying.post(OWN, {"titleId": foreign.title_id})

    assert_problem(refused, 409, "title-in-use")
    assert_nothing_made(foreign)


def test_a_title_is_looked_for_in_its_tenant(
    acme: Tenant, globex: Tenant, foreign: Diploma
) -> None:
    assert is_title(acme.pk, foreign.title_id)
    assert not is_title(globex.pk, foreign.title_id)
