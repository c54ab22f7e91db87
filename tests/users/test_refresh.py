"""POST /api/v1/token/refresh and POST /api/v1/logout"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.clock import Clock
from tests.conftest import Caller, make_member
from users import tokens
from users.models import SignIn, User

REFRESH = "/api/v1/token/refresh"
LOGOUT = "/api/v1/logout"
ME = "/api/v1/users/me"

Tokens = dict[str, Any]


@pytest.fixture
def first(acme: Tenant, clock: Clock) -> Tokens:
    """The tokens of one sign-in; time stands still."""
    membership = make_member(acme, "ada")
    return tokens.sign_in(membership.user, membership.tenant_id)


def refresh(given: Tokens) -> Any:
    return Caller().post(REFRESH, {"refresh": given["refresh"]})


def refreshed(given: Tokens) -> Tokens:
    response = refresh(given)
    assert response.status_code == 200, response.content
    answer: Tokens = response.json()
    return answer


def reads(given: Tokens) -> int:
    """The status of a request with the access token, and with the session token beside it."""
    caller = Caller(f"Bearer {given['access']}")
    plain = caller.get(ME).status_code
    assert caller.get(ME, headers={"X-Session-Token": given["session"]}).status_code == plain
    return int(plain)


def test_a_refresh_token_is_traded_for_new_tokens(first: Tokens, clock: Clock) -> None:
    clock.move(timedelta(days=13))

    response = refresh(first)

    assert response.status_code == 200
    second = response.json()
    assert set(second) == set(first)
    assert response.headers["Cache-Control"] == "no-store"
    assert not {second["access"], second["refresh"], second["session"]} & set(first.values())
    assert reads(second) == 200
    assert SignIn.objects.get().expires_at == timezone.now() + timedelta(days=14)


def test_each_new_refresh_token_works_once_more(first: Tokens) -> None:
    second = refreshed(first)
    third = refreshed(second)

    assert reads(third) == 200
    assert OutstandingToken.objects.count() == 3


@pytest.mark.parametrize("seconds", [0, 1, 10])
def test_a_replay_within_10_seconds_is_refused_but_ends_nothing(
    first: Tokens, clock: Clock, seconds: int
) -> None:
    second = refreshed(first)
    clock.move(timedelta(seconds=seconds))

    assert_problem(refresh(first), 401, "invalid-token")

    assert reads(second) == 200
    assert reads(refreshed(second)) == 200
    assert SignIn.objects.get().ended_at is None


@pytest.mark.parametrize("seconds", [11, 60, 3600])
def test_a_later_replay_ends_every_token_of_the_sign_in(
    first: Tokens, clock: Clock, seconds: int
) -> None:
    second = refreshed(first)
    clock.move(timedelta(seconds=seconds))
    third = refreshed(second)
    assert reads(third) == 200

    assert_problem(refresh(first), 401, "invalid-token")

    assert reads(third) == 401
    for ended in (first, second, third):
        assert_problem(refresh(ended), 401, "invalid-token")
    assert SignIn.objects.get().ended_at == timezone.now()


def test_a_replay_leaves_the_persons_other_sign_ins_alone(first: Tokens, clock: Clock) -> None:
    user = User.objects.get()
    other = tokens.sign_in(user, None)
    refreshed(first)
    clock.move(timedelta(minutes=1))

    assert refresh(first).status_code == 401

    assert reads(other) == 200


def test_a_refresh_token_ends_after_14_days(first: Tokens, clock: Clock) -> None:
    clock.move(timedelta(days=14))

    assert_problem(refresh(first), 401, "invalid-token")


def test_a_person_who_may_no_longer_sign_in_cannot_refresh(first: Tokens) -> None:
    User.objects.update(is_active=False)

    assert_problem(refresh(first), 401, "invalid-token")

    User.objects.update(is_active=True)
    assert refresh(first).status_code == 200


def test_no_token_is_stored_as_it_is(first: Tokens) -> None:
    refreshed(first)

    assert {row.token for row in OutstandingToken.objects.all()} == {""}


def test_logout_ends_all_tokens_of_the_sign_in(first: Tokens) -> None:
    second = refreshed(first)

    response = Caller().post(LOGOUT, {"refresh": second["refresh"]})

    assert (response.status_code, response.content) == (204, b"")
    assert (reads(first), reads(second)) == (401, 401)
    assert_problem(refresh(second), 401, "invalid-token")
    assert SignIn.objects.get().ended_at == timezone.now()


def test_logout_again_is_no_error_and_changes_nothing(first: Tokens, clock: Clock) -> None:
    Caller().post(LOGOUT, first)
    ended_at = SignIn.objects.get().ended_at
    clock.move(timedelta(minutes=1))

    assert Caller().post(LOGOUT, first).status_code == 204

    assert SignIn.objects.get().ended_at == ended_at


def test_logout_leaves_the_persons_other_sign_ins_alone(first: Tokens) -> None:
    other = tokens.sign_in(User.objects.get(), None)

    Caller().post(LOGOUT, first)

    assert reads(other) == 200


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize("kind", ["access", "session"])
def test_another_kind_of_token_is_401_and_ends_nothing(first: Tokens, path: str, kind: str) -> None:
    response = Caller().post(path, {"refresh": first[kind]})

    assert_problem(response, 401, "invalid-token")
    assert reads(first) == 200


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"refresh": ""}, "blank"),
        ({"refresh": None}, "null"),
        ({"refresh": 5}, "invalid"),
        ({"refresh": "x" * 4097}, "max_length"),
        ({"refresh": "a\0"}, "null_characters_not_allowed"),
    ],
)
def test_a_missing_refresh_token_is_400(anonymous: Caller, path: str, body: Any, code: str) -> None:
    response = anonymous.post(path, body)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/refresh", code)]


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize("value", ["x", "a.b.c", "...", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_garbage_is_401(anonymous: Caller, path: str, value: str) -> None:
    assert_problem(anonymous.post(path, {"refresh": value}), 401, "invalid-token")
