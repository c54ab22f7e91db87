from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from time_machine import travel

from tenants.models import Event, StoredAnswer, Tenant
from tests.commands.conftest import answer, call
from tests.conftest import Caller, make_member
from tests.factories import micro_credential_body
from users import expiry, tokens
from users.models import SignIn

NOTHING = {
    "idempotency_keys": 0,
    "sign_ins": 0,
    "refresh_tokens": 0,
    "admin_sessions": 0,
    "failed_sign_ins": 0,
}


def leave_traces(acme: Tenant, anonymous: Caller) -> Any:
    """One of each kind, made the way the portal makes them; the answer to a refresh."""
    ada = make_member(acme, "ada")
    signed_in = tokens.sign_in(ada.user, acme.pk)
    Caller(f"Bearer {signed_in['access']}").post(
        "/api/v1/user-micro-credentials",
        micro_credential_body(),
        headers={"Idempotency-Key": "once"},
    )
    first = tokens.sign_in(ada.user, acme.pk)
    answered = anonymous.post("/api/v1/token/refresh", {"refresh": first["refresh"]})
    anonymous.post("/api/v1/token", {"username": "ada", "password": "wrong"})
    expires_at = timezone.now() + settings.AXES_COOLOFF_TIME
    Session.objects.create(session_key="s", session_data="", expire_date=expires_at)
    return answered.json()


def test_what_is_still_good_for_something_stays(acme: Tenant, anonymous: Caller) -> None:
    pair = leave_traces(acme, anonymous)

    assert answer("prune") == NOTHING
    counts = [
        model._default_manager.count()
        for model in (StoredAnswer, SignIn, OutstandingToken, BlacklistedToken, Session)
    ]
    assert counts == [1, 2, 3, 1, 1]
    assert AccessAttempt.objects.count() == 1
    refreshed = anonymous.post("/api/v1/token/refresh", {"refresh": pair["refresh"]})
    assert refreshed.status_code == 200


def test_what_has_expired_is_deleted_and_counted_once(acme: Tenant, anonymous: Caller) -> None:
    leave_traces(acme, anonymous)
    events = Event.objects.count()

    with travel(timezone.now() + timedelta(days=15), tick=False):
        told = answer("prune")
        again = answer("prune")

    assert told == {
        "idempotency_keys": 1,
        "sign_ins": 2,
        "refresh_tokens": 3,
        "admin_sessions": 1,
        "failed_sign_ins": 1,
    }
    assert again == NOTHING
    assert not BlacklistedToken.objects.exists()
    assert Event.objects.count() == events


def test_each_kind_goes_at_its_own_time(acme: Tenant, anonymous: Caller) -> None:
    leave_traces(acme, anonymous)

    with travel(timezone.now() + timedelta(minutes=16), tick=False):
        after_the_lock = answer("prune")
    with travel(timezone.now() + timedelta(hours=25), tick=False):
        after_a_day = answer("prune")

    assert after_the_lock == NOTHING | {"admin_sessions": 1, "failed_sign_ins": 1}
    assert after_a_day == NOTHING | {"idempotency_keys": 1}


def test_more_than_one_batch_is_deleted_to_the_end(
    acme: Tenant, anonymous: Caller, monkeypatch: Any
) -> None:
    leave_traces(acme, anonymous)
    monkeypatch.setattr(expiry, "BATCH", 2)

    with travel(timezone.now() + timedelta(days=15), tick=False):
        assert answer("prune")["refresh_tokens"] == 3
    assert not OutstandingToken.objects.exists()


def test_without_json_it_says_so_in_words(platform: None) -> None:
    assert call("prune") == (
        "Deleted 0 idempotency keys, 0 sign ins, 0 refresh tokens, 0 admin sessions,"
        " 0 failed sign ins.\n"
    )
