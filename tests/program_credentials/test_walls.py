"""The first two walls around awards and catalogues, each alone. The third: `test_constraints`."""

from typing import Any

import pytest

from credentials.models import Program, UserCredential
from credentials.program_credentials import awards
from credentials.program_credentials.awards import CertificateKey, Wanted
from credentials.program_credentials.catalogue import ProgramView
from credentials.program_credentials.views import AwardView
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, stored
from tests.conftest import Caller, make_member, sign_in

AWARD, PROGRAM = "/api/v1/user_credentials/{}", "/api/v1/programs/{}"
UNKNOWN = "9007199254740991"
ATTEMPTS: list[tuple[str, str, Any]] = [
    ("get", AWARD, None),
    ("patch", AWARD, {"status": "revoked"}),
    ("get", PROGRAM, None),
    ("patch", PROGRAM, {"title": "Taken over"}),
    ("delete", PROGRAM, None),
]
LISTS = [
    ("/api/v1/user_credentials/", {"username": "ada"}),
    ("/api/v1/program_credentials/", {"program_id": 1}),
    ("/api/v1/programs/", {}),
]
WANTED = [Wanted("ada", CertificateKey(program_id=1), "revoked")]


@pytest.fixture
def prying(globex: Tenant) -> Caller:
    """An owner in globex: no role is in the way, only walls."""
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def foreign(acme: Tenant, program: Program) -> UserCredential:
    """To a name, which members of any tenant could ask for."""
    awards.apply(acme.pk, [Wanted("ada", CertificateKey(program_id=1), "awarded")], by=OPERATOR)
    return UserCredential.objects.get(tenant=acme)


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.first(monkeypatch, AwardView, ProgramView)


def assert_out_of_reach(caller: Caller, award: UserCredential) -> None:
    """Every route answers as for a record that does not exist, and nothing changes."""
    assert award.program
    before = stored(award), stored(award.program)
    for method, path, body in ATTEMPTS:
        row = award if path == AWARD else award.program
        options = {} if method == "delete" else {"data": body}
        unknown = caller.request(method, path.format(UNKNOWN), **options)
        for name in (row.pk, row.uuid):
            answer = caller.request(method, path.format(name), **options)
            assert_problem(answer, 404, "not-found")
            assert answer.content == unknown.content
    for path, query in LISTS:
        listed = caller.get(path, query).json()
        assert (listed["count"], listed["results"]) == (0, [])
    assert (stored(award), stored(award.program)) == before


def test_both_walls_hide_foreign_awards(prying: Caller, foreign: UserCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_second_wall_down")
def test_first_wall_alone_hides_them(prying: Caller, foreign: UserCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down")
def test_second_wall_alone_hides_them(prying: Caller, foreign: UserCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_without_both_walls_they_show(prying: Caller, foreign: UserCredential) -> None:
    """The switches of the tests above do switch something."""
    assert prying.get(AWARD.format(foreign.pk)).status_code == 200
    assert prying.get("/api/v1/user_credentials/", {"username": "ada"}).json()["count"] == 1
    assert prying.patch(AWARD.format(foreign.pk), {"status": "revoked"}).status_code == 200


def assert_engine_refuses(tenant: Tenant, award: UserCredential) -> None:
    before, events = stored(award), Event.objects.count()

    (outcome,) = awards.apply(tenant.pk, WANTED, by=OPERATOR)

    assert [error.code for error in outcome.errors] == ["unknown_certificate"]
    assert (stored(award), Event.objects.count()) == (before, events)


def test_the_engine_with_the_second_wall_down(globex: Tenant, foreign: UserCredential) -> None:
    """In platform work, which sees all: the tenant that it is told decides."""
    assert_engine_refuses(globex, foreign)


def test_the_engine_with_the_first_wall_down(
    acme: Tenant, globex: Tenant, foreign: UserCredential
) -> None:
    """Told the wrong tenant: in globex's work no row of acme is there."""
    with walls.tenant_work(globex.pk):
        (outcome,) = awards.apply(acme.pk, WANTED, by=OPERATOR)

    assert [error.code for error in outcome.errors] == ["unknown_certificate"]
    foreign.refresh_from_db()
    assert foreign.status == "awarded"
