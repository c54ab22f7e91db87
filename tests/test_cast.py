"""The cast is made a shorter way than the portal's own, and must be the same."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.conftest import Browser, staff
from tests.conftest import PASSWORD, Caller, make_member, sign_in
from tests.factories import award, course
from users import tokens
from users.models import SignIn, User

# What differs each time.
OWN = {"id", "uuid", "user_id", "created_at", "modified_at", "date_joined", "password"}
OWN |= {"username", "email", "email_verified_at"}


def facts(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name not in OWN | {"_state"}}


def the_portals_own(tenant: Tenant, role: Role) -> Membership:
    person = User.objects.create_user(
        "portals", "portals@acme.example", "long", email_verified_at="2026-01-01T00:00:00Z"
    )
    return members.add_member(tenant, person.pk, role, by=OPERATOR)


@pytest.mark.parametrize("role", Role.values)
def test_a_member_is_as_the_portal_makes_one(acme: Tenant, role: str) -> None:
    made = make_member(acme, "ada", Role(role))
    own = the_portals_own(acme, Role(role))

    rows = [Membership.objects.get(pk=each.pk) for each in (made, own)]
    people = [User.objects.get(pk=each.person_id) for each in rows]
    assert facts(rows[0]) == facts(rows[1])
    assert facts(people[0]) == facts(people[1])
    assert people[0].check_password(PASSWORD)
    assert people[0].email_verified_at
    assert facts(made.user) == facts(people[0])


def test_the_history_of_a_member_is_the_portals_too(acme: Tenant) -> None:
    before = Event.objects.count()
    rows = make_member(acme, "ada"), the_portals_own(acme, Role.MEMBER)

    told = [
        list(
            Event.objects.filter(object_kind="membership", object_id=row.pk).values(
                "action", "actor_kind", "actor_id", "tenant_id", "request_id"
            )
        )
        for row in rows
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 1
    assert Event.objects.count() == before + 2


def test_the_token_is_one_of_a_sign_in(acme: Tenant) -> None:
    ada = make_member(acme, "ada")
    caller = sign_in(ada)
    answer = tokens.sign_in(ada.user, acme.pk)

    short, own = (
        tokens.identify(encoded)
        for encoded in (caller.authorization.removeprefix("Bearer "), answer["access"])
    )
    assert replace(short, session_id="") == replace(own, session_id="")
    sign_ins = [SignIn.objects.get(pk=each.session_id) for each in (short, own)]
    assert {each.ended_at for each in sign_ins} == {None}
    lifetimes = [each.expires_at - each.created_at for each in sign_ins]
    assert abs((lifetimes[0] - lifetimes[1]).total_seconds()) < 5
    for encoded in (caller.session, answer["session"]):
        assert tokens.identify_session(encoded, short) == acme.pk


def test_a_browsers_session_is_that_of_the_sign_in_page(acme: Tenant) -> None:
    made = staff(make_member(acme, "ada", Role.ADMIN))
    own = Browser()
    own.post("login/", {"username": "ada", "password": PASSWORD})

    keys = [each.client.cookies[settings.SESSION_COOKIE_NAME].value for each in (made, own)]
    rows = [Session.objects.get(pk=key) for key in keys]
    assert rows[0].get_decoded() == rows[1].get_decoded()
    assert len(keys[0]) == len(keys[1])
    assert abs((rows[0].expire_date - rows[1].expire_date).total_seconds()) < 5
    assert made.get("").status_code == own.get("").status_code == 200


def test_a_browsers_sign_in_is_the_persons_last(acme: Tenant) -> None:
    browser = staff(make_member(acme, "ada"))

    stored = User.objects.get(pk=browser.user.pk)
    assert stored.last_login == browser.user.last_login
    assert stored.last_login
    assert stored.is_staff


def test_who_is_waited_for_is_made_a_member_by_the_portal(acme: Tenant, admin: Caller) -> None:
    waiting = award("ada", course(acme))
    assert waiting.holder_id is None

    ada = make_member(acme, "ada")

    waiting.refresh_from_db()
    assert waiting.holder_id == ada.person_id


def test_who_was_invited_is_one_member(acme: Tenant) -> None:
    members.invite(acme, "ada@acme.example", Role.ISSUER, by=OPERATOR)

    ada = make_member(acme, "ada", Role.ADMIN)

    assert Membership.objects.filter(tenant=acme).get() == ada
