"""What was issued to a mere username or address becomes its bearer's."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from credentials.models import Assertion
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.clock import Clock
from tests.conftest import make_member
from tests.factories import assertion, definition
from users import people
from users.models import User


def person(username: str = "nova", *, verified: bool = True) -> User:
    at = timezone.now() if verified else None
    return User.objects.create_user(username, "nova@mail.example", email_verified_at=at)


def actions() -> Counter[str]:
    found = Event.objects.filter(object_kind="assertion").exclude(action="awarded")
    return Counter(found.values_list("action", flat=True))


@pytest.mark.parametrize("identity", ["nova", "NOVA", "nova@mail.example", "Nova@Mail.example"])
def test_a_new_member_gets_what_waits_for_either_name(acme: Tenant, identity: str) -> None:
    waiting = assertion(identity, definition(acme))
    user = person()
    make_member(acme, "nova")
    waiting.refresh_from_db()
    assert (waiting.holder_id, waiting.identity) == (user.pk, identity)
    assert actions() == {"claimed": 1}


def test_an_address_counts_once_it_is_verified(acme: Tenant) -> None:
    assertion("nova@mail.example", definition(acme))
    user = person(verified=False)
    make_member(acme, "nova")
    assert not Assertion.objects.filter(holder=user).exists()
    people.verify_email(user, by=OPERATOR)
    assert Assertion.objects.filter(holder=user).exists()
    people.verify_email(user, by=OPERATOR)
    assert actions() == {"claimed": 1}


def test_who_is_renamed_gets_what_waits_for_the_new_name(acme: Tenant) -> None:
    waiting = assertion("star", definition(acme))
    user = person()
    make_member(acme, "nova")
    people.change(user.pk, {"username": "star"}, by=OPERATOR, tenant_id=acme.pk)
    waiting.refresh_from_db()
    assert waiting.holder_id == user.pk


def test_another_tenants_members_claim_nothing(acme: Tenant, globex: Tenant) -> None:
    waiting = assertion("nova", definition(acme))
    person()
    make_member(globex, "nova")
    waiting.refresh_from_db()
    assert waiting.holder_id is None


def test_of_two_the_one_valid_longest_stays(acme: Tenant) -> None:
    welder, soon = definition(acme), timezone.now() + timedelta(days=1)
    shorter = assertion("nova", welder, expires_at=soon)
    longer = assertion("nova@mail.example", welder)
    user = person()
    make_member(acme, "nova")
    shorter.refresh_from_db()
    longer.refresh_from_db()
    assert (shorter.holder_id, longer.holder_id) == (user.pk, user.pk)
    assert (shorter.status, longer.status) == ("revoked", "awarded")
    assert str(longer.uuid) in shorter.revocation_reason
    assert actions() == {"claimed": 2, "revoked": 1}


def test_what_is_held_stays_when_a_double_waits(acme: Tenant) -> None:
    welder = definition(acme)
    user = person()
    make_member(acme, "nova")
    held, waiting = assertion("nova", welder), assertion("star", welder)
    people.change(user.pk, {"username": "star"}, by=OPERATOR, tenant_id=acme.pk)
    held.refresh_from_db()
    waiting.refresh_from_db()
    assert (held.status, waiting.status) == ("awarded", "revoked")


def test_an_expired_double_lapses(acme: Tenant, clock: Clock) -> None:
    welder = definition(acme)
    expired = assertion("nova", welder, expires_at=timezone.now() + timedelta(days=1))
    clock.move(timedelta(days=2))
    valid = assertion("nova@mail.example", welder)
    person()
    make_member(acme, "nova")
    expired.refresh_from_db()
    valid.refresh_from_db()
    assert (expired.status, valid.status) == ("awarded", "awarded")
    assert expired.lapsed_at
    assert valid.lapsed_at is None
    assert Assertion.objects.exclude(holder=None).count() == 2


def test_what_is_revoked_is_claimed_too(acme: Tenant) -> None:
    waiting = assertion("nova", definition(acme))
    Assertion.objects.filter(pk=waiting.pk).update(
        status="revoked", revoked_at=timezone.now(), revocation_reason="Mistake"
    )
    user = person()
    make_member(acme, "nova")
    waiting.refresh_from_db()
    assert (waiting.holder_id, waiting.status) == (user.pk, "revoked")
