"""The three walls between tenants, each alone with the others switched off."""

from collections.abc import Iterator
from typing import Any

import pytest

from credentials.micro_credentials.views import MicroCredentialView
from credentials.models import MicroCredential
from tenants.models import Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, stored
from tests.conftest import Caller, make_member, sign_in
from tests.factories import micro_credential, micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential/{}"
UNKNOWN = "9007199254740991"


@pytest.fixture
def prying(globex: Tenant) -> Caller:
    """An owner in globex: no role is in the way, only walls."""
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def foreign(acme: Tenant, member: Caller) -> MicroCredential:
    return micro_credential(acme, member.user)


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.first(monkeypatch, MicroCredentialView)


def attempts(record: str) -> Iterator[tuple[str, str, Any]]:
    yield "get", ONE.format(record), None
    yield "put", ONE.format(record), micro_credential_body(title="Taken over")
    yield "patch", ONE.format(record), {"title": "Taken over"}
    yield "delete", ONE.format(record), None


def send(caller: Caller, method: str, path: str, body: Any) -> Any:
    options = {} if method == "delete" else {"data": body}
    return caller.request(method, path, **options)


def assert_out_of_reach(caller: Caller, row: MicroCredential) -> None:
    """Every route answers as for a record that does not exist, and nothing changes."""
    before = stored(row)
    for name in (str(row.pk), str(row.uuid)):
        for (method, path, body), (_, elsewhere, _) in zip(
            attempts(name), attempts(UNKNOWN), strict=True
        ):
            answer, unknown = (
                send(caller, method, path, body),
                send(caller, method, elsewhere, body),
            )

            assert_problem(answer, 404, "not-found")
            assert answer.content == unknown.content
    for query in ({}, {"user_id": row.holder_id}, {"search": row.title}):
        listed = caller.get(LIST, query)
        assert (listed.status_code, listed.json()) == (200, {"count": 0, "results": []})
    assert stored(row) == before


def test_both_walls_hide_a_foreign_record(prying: Caller, foreign: MicroCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_second_wall_down")
def test_first_wall_alone_hides_a_foreign_record(prying: Caller, foreign: MicroCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down")
def test_second_wall_alone_hides_a_foreign_record(prying: Caller, foreign: MicroCredential) -> None:
    assert_out_of_reach(prying, foreign)


@pytest.mark.usefixtures("_first_wall_down", "_second_wall_down")
def test_without_both_walls_a_foreign_record_shows(
    prying: Caller, foreign: MicroCredential
) -> None:
    """The switches of the tests above do switch something."""
    assert prying.get(ONE.format(foreign.pk)).status_code == 200
    assert [record["id"] for record in prying.get(LIST).json()["results"]] == [foreign.pk]
    assert prying.delete(ONE.format(foreign.pk)).status_code == 204
