"""Repeated wrong passwords lock an account for the address that they came from."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tenants.walls import platform_work
from tests.answers import assert_problem
from tests.clock import Clock
from tests.conftest import PASSWORD, Caller, make_member, sign_in, with_key
from tests.together import elsewhere
from users.models import SignIn

PATH = "/api/v1/token"
ME = "/api/v1/users/me"
COOL_OFF = timedelta(minutes=15)
WRONG = "wrong"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def attempt(password: str = WRONG, name: str = "ada", **options: Any) -> Any:
    return Caller().post(PATH, {"username": name, "password": password}, **options)


def lock(name: str = "ada", **options: Any) -> None:
    for _ in range(5):
        attempt(name=name, **options)


def test_the_fifth_wrong_password_locks_the_account(ada: Membership) -> None:
    answers = [attempt() for _ in range(6)]

    for answer in answers[:4]:
        assert_problem(answer, 401, "wrong-credentials")
    for answer in answers[4:]:
        assert_problem(answer, 429, "login-locked")
        assert int(answer.headers["Retry-After"]) > 0


def test_the_right_password_is_refused_while_locked(ada: Membership) -> None:
    lock()

    assert_problem(attempt(PASSWORD), 429, "login-locked")

    assert not SignIn.objects.exists()


def test_the_lock_holds_to_the_end_of_the_cool_off(ada: Membership, clock: Clock) -> None:
    lock()

    clock.move(COOL_OFF - timedelta(seconds=1))

    assert_problem(attempt(PASSWORD), 429, "login-locked")


def test_the_lock_ends_after_the_cool_off(ada: Membership, clock: Clock) -> None:
    lock()

    clock.move(COOL_OFF + timedelta(seconds=1))

    assert attempt(PASSWORD).status_code == 200


def test_an_unknown_account_is_locked_in_the_same_way(ada: Membership) -> None:
    known = [(answer.status_code, answer.content) for answer in (attempt() for _ in range(6))]
    unknown = [
        (answer.status_code, answer.content)
        for answer in (attempt(name="nobody") for _ in range(6))
    ]

    assert unknown == known


def test_username_and_email_in_any_case_are_one_account(ada: Membership) -> None:
    for name in ("ada", "ADA", "ada@acme.example", "Ada@ACME.example"):
        assert attempt(name=name).status_code == 401
    sent = {"email": "ada@acme.example", "password": "wrong"}

    assert_problem(Caller().post(PATH, sent), 429, "login-locked")


def test_another_account_of_the_same_address_is_not_locked(acme: Tenant, ada: Membership) -> None:
    make_member(acme, "bob")
    lock()

    assert attempt(PASSWORD, name="bob").status_code == 200


def test_the_same_account_at_another_address_is_not_locked(ada: Membership) -> None:
    lock(REMOTE_ADDR="192.0.2.1")

    assert attempt(PASSWORD, REMOTE_ADDR="192.0.2.2").status_code == 200
    assert attempt(PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 429


def test_a_made_up_forwarding_header_or_browser_does_not_evade_the_lock(ada: Membership) -> None:
    answers = [
        attempt(
            headers={
                "X-Forwarded-For": f"192.0.2.{number}",
                "X-Real-IP": f"192.0.2.{number}",
                "Forwarded": f"for=192.0.2.{number}",
                "User-Agent": f"browser {number}",
            }
        )
        for number in range(5)
    ]

    assert answers[-1].status_code == 429
    assert attempt(PASSWORD).status_code == 429


def test_behind_a_proxy_the_address_that_it_wrote_counts(ada: Membership, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        # The first part is the caller's own invention.
        lied = f"198.51.100.{number}, 192.0.2.1"
        answer = attempt(headers={"X-Forwarded-For": lied})
    assert answer.status_code == 429

    assert attempt(PASSWORD, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429
    assert attempt(PASSWORD, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_the_right_password_forgets_the_wrong_ones_before_it(ada: Membership) -> None:
    for _ in range(2):
        for _ in range(4):
            assert attempt().status_code == 401
        assert attempt(PASSWORD).status_code == 200


def test_the_right_password_forgets_nothing_of_other_accounts(
    acme: Tenant, ada: Membership
) -> None:
    make_member(acme, "bob")
    for _ in range(4):
        attempt(name="bob")

    assert attempt(PASSWORD).status_code == 200

    assert attempt(name="bob").status_code == 429


def test_guessing_the_old_password_in_the_profile_counts_as_well(ada: Membership) -> None:
    caller = sign_in(ada)
    sent = {"password": "a new and better passphrase", "old_password": "wrong"}
    answers = [caller.patch(ME, sent) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
    assert_problem(attempt(PASSWORD), 429, "login-locked")
    assert_problem(caller.patch(ME, sent | {"old_password": PASSWORD}), 429, "login-locked")
    ada.user.refresh_from_db()
    assert ada.user.check_password(PASSWORD)


def test_a_locked_account_keeps_the_tokens_that_it_has(ada: Membership) -> None:
    person, integration = sign_in(ada), with_key(ada)
    lock()

    assert person.get(ME).status_code == 200
    assert integration.get(ME).status_code == 200


def test_no_password_is_kept_of_a_failed_sign_in(ada: Membership) -> None:
    attempt("hunter2", headers={"User-Agent": "browser"})

    kept = AccessAttempt.objects.values().get()
    assert "hunter2" not in str(kept)
    assert kept["failures_since_start"] == 1


def test_the_limits_are_those_of_the_settings() -> None:
    assert (settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME) == (5, COOL_OFF)


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_are_committed_although_they_are_refused() -> None:
    with platform_work():
        make_member(members.create_tenant(slug="acme", name="Acme", by=OPERATOR), "ada")

    statuses = [elsewhere(attempt).status_code for _ in range(5)]

    assert statuses == [401, 401, 401, 401, 429]
    assert elsewhere(lambda: attempt(PASSWORD)).status_code == 429
