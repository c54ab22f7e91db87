"""Requests are counted a minute at a time: per user, per API token, per anonymous address."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tenants.models import Membership, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key

ME = "/api/v1/users/me"
PUBLIC = "/api/v1/public/user-micro-credential/1"
TOKEN = "/api/v1/token"
# 20 seconds before a new minute begins.
MOMENT = datetime(2026, 3, 1, 12, 0, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any) -> Any:
    settings.THROTTLE_PER_MINUTE = {"user": 3, "token": 3, "address": 3, "sign_in": 3}
    with time_machine.travel(MOMENT, tick=False):
        yield


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def statuses(caller: Caller, path: str, count: int = 4, **options: Any) -> list[int]:
    return [caller.get(path, **options).status_code for _ in range(count)]


def test_one_request_too_many_is_429_and_says_when_to_come_back(ada: Membership) -> None:
    caller = sign_in(ada)
    assert statuses(caller, ME, 3) == [200, 200, 200]

    response = caller.patch(ME, {"first_name": "Ada"})

    assert_problem(response, 429, "throttled")
    assert response.headers["Retry-After"] == "20"
    ada.user.refresh_from_db()
    assert ada.user.first_name == ""


def test_a_new_minute_begins_anew(ada: Membership) -> None:
    caller = sign_in(ada)
    assert statuses(caller, ME)[-1] == 429

    with time_machine.travel(MOMENT.replace(minute=1, second=0), tick=False):
        assert statuses(caller, ME) == [200, 200, 200, 429]


def test_a_person_is_counted_over_all_sign_ins_and_addresses(ada: Membership) -> None:
    assert statuses(sign_in(ada), ME, 3, REMOTE_ADDR="192.0.2.1") == [200, 200, 200]

    assert statuses(sign_in(ada), ME, 1, REMOTE_ADDR="192.0.2.2") == [429]


def test_each_person_is_counted_alone(ada: Membership, colleague: Caller) -> None:
    assert statuses(sign_in(ada), ME)[-1] == 429

    assert statuses(colleague, ME, 1) == [200]


def test_each_api_token_is_counted_alone(ada: Membership) -> None:
    first, second = with_key(ada, name="first"), with_key(ada, name="second")

    assert statuses(first, ME) == [200, 200, 200, 429]
    assert statuses(second, ME) == [200, 200, 200, 429]
    assert statuses(sign_in(ada), ME, 1) == [200]


def test_anonymous_callers_are_counted_by_address(anonymous: Caller) -> None:
    assert statuses(anonymous, PUBLIC, REMOTE_ADDR="192.0.2.1") == [404, 404, 404, 429]

    assert statuses(anonymous, PUBLIC, 1, REMOTE_ADDR="192.0.2.2") == [404]


def test_a_made_up_forwarding_header_does_not_evade(anonymous: Caller) -> None:
    answers = [
        anonymous.get(PUBLIC, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(4)
    ]

    assert answers == [404, 404, 404, 429]


def test_behind_a_proxy_the_address_that_it_wrote_counts(anonymous: Caller, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1

    def status(forwarded: str) -> int:
        return int(anonymous.get(PUBLIC, headers={"X-Forwarded-For": forwarded}).status_code)

    lied = [status(f"198.51.100.{number}, 192.0.2.1") for number in range(4)]

    assert lied == [404, 404, 404, 429]
    assert status("192.0.2.2") == 404


def test_guesses_at_tokens_are_counted_by_address(db: None) -> None:
    answers = [Caller(f"Bearer cp_{number}").get(ME) for number in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert_problem(answers[-1], 429, "throttled")


def test_a_good_token_is_not_stopped_by_the_guesses_of_its_neighbours(ada: Membership) -> None:
    for number in range(5):
        Caller(f"Bearer cp_{number}").get(ME)

    assert statuses(sign_in(ada), ME, 1) == [200]


@pytest.mark.parametrize("path", [TOKEN, "/api/v1/token/refresh", "/api/v1/logout"])
def test_signing_in_is_counted_by_address_whoever_asks(ada: Membership, path: str) -> None:
    callers = [sign_in(ada), with_key(ada), Caller(), Caller()]

    answers = [caller.post(path, {}).status_code for caller in callers]

    assert answers == [400, 400, 400, 429]


def test_a_quiet_caller_is_not_forgotten_among_many_others(anonymous: Caller) -> None:
    assert statuses(anonymous, PUBLIC, 3, REMOTE_ADDR="192.0.2.1") == [404, 404, 404]

    for number in range(320):
        statuses(anonymous, PUBLIC, 1, REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}")

    assert statuses(anonymous, PUBLIC, 1, REMOTE_ADDR="192.0.2.1") == [429]


def test_no_limit_is_no_limit(anonymous: Caller, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = dict.fromkeys(settings.THROTTLE_PER_MINUTE, 0)

    assert statuses(anonymous, PUBLIC, 10) == [404] * 10


def test_health_is_never_throttled(anonymous: Caller) -> None:
    assert statuses(anonymous, "/healthz", 10) == [200] * 10
