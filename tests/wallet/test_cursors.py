"""A cursor is of one list, one person, one set of filters and of what its reader may see."""

from typing import Any

import pytest

from tests.answers import assert_problem, faults
from tests.conftest import Caller, with_key
from tests.wallet.conftest import OWN, SEARCH, of


@pytest.fixture
def cursor(member: Caller, held: list[Any]) -> str:
    return str(member.get(OWN, {"limit": 2}).json()["page"]["next_cursor"])


def assert_refused(caller: Caller, path: str, **query: Any) -> None:
    response = caller.get(path, query)
    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/cursor", "invalid")]


def test_a_cursor_goes_on_with_another_limit(member: Caller, cursor: str) -> None:
    assert len(member.get(OWN, {"cursor": cursor, "limit": 200}).json()["data"]) == 3


@pytest.mark.parametrize("query", [{"kind": "diploma"}, {"status": "active"}])
def test_it_is_of_the_filters_it_was_made_for(
    member: Caller, cursor: str, query: dict[str, str]
) -> None:
    assert_refused(member, OWN, cursor=cursor, **query)


def test_it_is_of_one_wallet(issuer: Caller, member: Caller, cursor: str) -> None:
    assert_refused(issuer, OWN, cursor=cursor)
    assert_refused(issuer, SEARCH, cursor=cursor)
    # The same wallet, read by another.
    assert issuer.get(of(member.user), {"cursor": cursor}).status_code == 200


def test_it_is_of_the_search_it_was_made_for(issuer: Caller, held: list[Any]) -> None:
    first = issuer.get(SEARCH, {"search": "member", "limit": 1}).json()
    cursor = first["page"]["next_cursor"]

    for search in ("", "membe", "Member"):
        assert_refused(issuer, SEARCH, search=search, cursor=cursor)


def test_it_is_of_what_its_token_may_read(member: Caller, cursor: str) -> None:
    narrow = with_key(member.user.memberships.get(), "diplomas:read", "micro-credentials:read")

    assert_refused(narrow, OWN, cursor=cursor)


def test_one_that_was_tampered_with_is_refused(member: Caller, cursor: str) -> None:
    for forged in (cursor[:-1], f"{cursor}A", cursor[::-1], "MTIz", "é", "A" * 501):
        response = member.get(OWN, {"cursor": forged})
        assert_problem(response, 400, "invalid-input")
        assert [pointer for pointer, _ in faults(response)] == ["/cursor"]
