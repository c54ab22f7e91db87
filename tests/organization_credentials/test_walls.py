"""The first two walls around this family, each alone. The third: `test_constraints`."""

from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertion_views import AssertionView
from credentials.organization_credentials.assertions import Wanted
from credentials.organization_credentials.issuer_views import IssuerView
from credentials.organization_credentials.issuing import IssuingView
from credentials.organization_credentials.views import DefinitionView
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, stored
from tests.conftest import Caller, make_member, sign_in
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import UNKNOWN, at, listed

REVOKE = {"revoked": True, "revocation_reason": "Taken over"}
# Below the prying person's own path: what stands for the record, and what is sent.
ATTEMPTS: list[tuple[str, str, Any]] = [
    ("get", "{definition}", None),
    ("put", "{definition}", {"name": "Taken over"}),
    ("delete", "{definition}", None),
    ("post", "{definition}/assertions/", {"recipient": {"identity": "prying"}}),
    ("post", "{definition}/assertions/bulk/", {"users": ["prying"]}),
    ("get", "issuers/{issuer}", None),
    ("put", "issuers/{issuer}", {"name": "Taken over"}),
    ("delete", "issuers/{issuer}", None),
    ("get", "assertions/{assertion}", None),
    ("put", "assertions/{assertion}", REVOKE),
]
LISTS: list[tuple[str, dict[str, str]]] = [
    ("", {"include_private": "true"}),
    ("", {"course": "c+1"}),
    ("", {"search": "weld"}),
    ("issuers/", {}),
    ("assertions/", {"recipient": "ada"}),
]
SIGNAL = {"signal": "COURSE_PASSED", "course": "c+1", "username": "prying"}


@pytest.fixture
def prying(globex: Tenant) -> Caller:
    """An owner in globex: no role is in the way, only walls."""
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def foreign(acme: Tenant, school: IssuerProfile) -> Assertion:
    """To a name, which members of any tenant could ask for."""
    row = definition(acme, issuer=school, issuing_signal="COURSE_PASSED", courses=["c+1"])
    return assertion("ada", row)


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.first(monkeypatch, DefinitionView, IssuerView, AssertionView, IssuingView)


def rows_of(foreign: Assertion) -> dict[str, Any]:
    of: Any = foreign.definition
    return {"definition": of, "issuer": of.issuer, "assertion": foreign}


def assert_out_of_reach(caller: Caller, foreign: Assertion) -> None:
    """Every route answers as for a record that does not exist, and nothing changes."""
    rows = rows_of(foreign)
    before = [stored(row) for row in rows.values()]
    for method, tail, body in ATTEMPTS:
        options = {} if body is None else {"data": body}
        unknown = caller.request(method, at_globex(tail, dict.fromkeys(rows, UNKNOWN)), **options)
        for name in ("pk", "uuid"):
            named = {kind: getattr(row, name) for kind, row in rows.items()}
            answer = caller.request(method, at_globex(tail, named), **options)
            assert_problem(answer, 404, "not-found")
            assert answer.content == unknown.content
    for tail, query in LISTS:
        assert listed(caller.get(at(tail, org="globex"), query)) == []
    assert caller.post(at("signals/", org="globex"), SIGNAL).json()["issued"] == []
    sent = {"name": "W", "issuer": str(rows["issuer"].uuid)}
    assert_problem(caller.post(at("", org="globex"), sent), 400, "invalid-input")
    assert [stored(row) for row in rows.values()] == before
    assert (Assertion.objects.count(), CredentialDefinition.objects.count()) == (1, 1)


def at_globex(tail: str, named: dict[str, Any]) -> str:
    return at(tail.format(**named), org="globex")


def test_both_walls(prying: Caller, foreign: Assertion) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_second_wall_down")
def test_the_first_wall_alone(prying: Caller, foreign: Assertion) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down")
def test_the_second_wall_alone(prying: Caller, foreign: Assertion) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_without_both_walls_the_records_are_in_reach(prying: Caller, foreign: Assertion) -> None:
    """So that the tests above prove something."""
    named = {kind: row.pk for kind, row in rows_of(foreign).items()}

    for tail in ("{definition}", "issuers/{issuer}", "assertions/{assertion}"):
        assert prying.get(at_globex(tail, named)).status_code == 200
    assert prying.put(at_globex("assertions/{assertion}", named), REVOKE).status_code == 200


def assert_engine_refuses(tenant: Tenant, foreign: Assertion) -> None:
    of: Any = foreign.definition
    events = Event.objects.count()

    (outcome,) = assertions.issue(tenant.pk, [Wanted(of.uuid, "bob")], by=OPERATOR)
    (faults,) = assertions.check(tenant.pk, [Wanted(of.uuid, "bob")])

    assert [error.code for error in outcome.errors] == ["unknown_definition"]
    assert faults == outcome.errors
    assert assertions.signalled(tenant.pk, "COURSE_PASSED", "course", "c+1") == []
    assert (Assertion.objects.count(), Event.objects.count()) == (1, events)


def test_the_engine_with_the_second_wall_down(globex: Tenant, foreign: Assertion) -> None:
    """In platform work, which sees all: the tenant that it is told decides."""
    assert_engine_refuses(globex, foreign)


def test_the_engine_with_the_first_wall_down(
    acme: Tenant, globex: Tenant, foreign: Assertion
) -> None:
    """Told the wrong tenant: in globex's work no row of acme is there."""
    of: Any = foreign.definition

    with walls.tenant_work(globex.pk):
        (outcome,) = assertions.issue(acme.pk, [Wanted(of.uuid, "bob")], by=OPERATOR)

    assert [error.code for error in outcome.errors] == ["unknown_definition"]
    assert Assertion.objects.count() == 1
