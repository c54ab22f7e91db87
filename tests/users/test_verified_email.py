"""Whose an email address is: verified by operators and superusers, and news to the tenants then."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from credentials.models import UserCredential
from credentials.program_credentials.awards import Note
from credentials_portal.problems import Conflict
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests.conftest import PASSWORD, make_member
from tests.factories import award, course
from tests.together import elsewhere
from users import people
from users.models import User

Told = list[tuple[int, int]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Tenant and person of each news that somebody bears a name."""
    news: Told = []

    def hear(sender: Any, *, tenant_id: int, user_id: int, **_: Any) -> None:
        news.append((tenant_id, user_id))

    members.named.connect(hear)
    yield news
    members.named.disconnect(hear)


def person(*tenants: Tenant, is_verified: bool = False) -> User:
    """Ada, a member of these tenants."""
    for tenant in tenants:
        user: User = make_member(tenant, "ada").user
    if not is_verified:
        User.objects.filter(pk=user.pk).update(email_verified_at=None)
    return User.objects.get(pk=user.pk)


def stored(user: User) -> User:
    return User.objects.get(pk=user.pk)


def is_verified(user: User) -> bool:
    return stored(user).email_verified_at is not None


def changes_of(user: User) -> list[dict[str, Any]]:
    """What the history says of each change, with its tenant."""
    found = Event.objects.filter(object_kind="user", object_id=user.pk, action="changed")
    return [
        {"tenant": event.tenant_id} | json.loads(event.content.content)
        for event in found.order_by("id")
    ]


def test_verifying_is_news_to_every_tenant_once_and_stands_in_the_primary_one(
    acme: Tenant, globex: Tenant, told: Told
) -> None:
    ada = person(acme, globex)
    told.clear()

    people.verify_email(ada, by=OPERATOR)
    first = stored(ada).email_verified_at
    people.verify_email(ada, by=OPERATOR)

    assert told == [(acme.pk, ada.pk), (globex.pk, ada.pk)]
    assert first
    assert stored(ada).email_verified_at == first
    (change,) = changes_of(ada)
    assert (change["tenant"], change["before"], change["after"]) == (
        acme.pk,
        {"email_verified_at": None},
        {"email_verified_at": first.isoformat()},
    )


def test_an_address_that_is_another_by_now_is_not_verified(acme: Tenant, told: Told) -> None:
    ada = person(acme)
    told.clear()
    User.objects.filter(pk=ada.pk).update(email="eve@acme.example")

    with pytest.raises(Conflict, match=r"'ada' is no longer ada@acme\.example"):
        people.verify_email(ada, by=OPERATOR)

    assert not is_verified(ada)
    assert told == []


def test_without_an_address_there_is_nothing_to_verify(acme: Tenant) -> None:
    ada = person(acme)
    ada.email = ""
    ada.save(update_fields=["email"])

    with pytest.raises(Conflict, match="'ada' has no email address"):
        people.verify_email(ada, by=OPERATOR)

    assert not is_verified(ada)


def test_a_changed_address_is_unverified_and_no_news(acme: Tenant, told: Told) -> None:
    ada = person(acme, is_verified=True)
    told.clear()

    people.change(ada.pk, {"email": "new@acme.example"}, by=OPERATOR, tenant_id=acme.pk)

    assert stored(ada).email == "new@acme.example"
    assert not is_verified(ada)
    assert told == []


@pytest.mark.parametrize(
    "change",
    [{"email": "new@acme.example", "email_verified_at": timezone.now()}, {"username": "lady"}],
    ids=["address", "username"],
)
def test_another_name_is_news(acme: Tenant, told: Told, change: dict[str, Any]) -> None:
    ada = person(acme, is_verified=True)
    told.clear()

    people.change(ada.pk, change, by=OPERATOR, tenant_id=acme.pk)

    assert is_verified(ada)
    assert told == [(acme.pk, ada.pk)]


@pytest.mark.parametrize(
    "change",
    [{"email": "ada@acme.example"}, {"username": "ada"}, {"last_name": "Öztürk"}],
    ids=["same address", "same username", "last name"],
)
def test_what_makes_no_name_is_no_news_and_keeps_the_address_verified(
    acme: Tenant, told: Told, change: dict[str, Any]
) -> None:
    ada = person(acme, is_verified=True)
    told.clear()

    people.change(ada.pk, change, by=OPERATOR, tenant_id=acme.pk)

    assert is_verified(ada)
    assert told == []


def test_a_person_of_no_tenant_is_verified_too(acme: Tenant, told: Told) -> None:
    ada = User.objects.create_user("ada", "ada@acme.example", PASSWORD)

    people.verify_email(ada, by=OPERATOR)

    assert is_verified(ada)
    assert told == []
    assert changes_of(ada) == []


def test_an_award_is_claimed_once_however_often_its_bearer_gets_a_name(acme: Tenant) -> None:
    row = award("ada", course(acme), Note("grade", "Final Grade", "0.85"))
    ada = person(acme)

    people.verify_email(ada, by=OPERATOR)
    members.named.send(User, tenant_id=acme.pk, user_id=ada.pk, by=OPERATOR)

    row.refresh_from_db()
    assert (row.holder_id, row.attributes.count()) == (ada.pk, 1)
    assert UserCredential.objects.count() == 1
    history = Event.objects.filter(object_kind="usercredential").order_by("id")
    assert list(history.values_list("action", flat=True)) == ["awarded", "claimed"]


def hurried(act: Callable[[], Any]) -> None:
    with walls.platform_work():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', '200ms', true)")
        act()


@pytest.mark.django_db(transaction=True)
def test_verifying_waits_for_who_relies_on_the_names() -> None:
    with walls.platform_work():
        globex = members.create_tenant(slug="globex", name="Globex", by=OPERATOR)
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        ada = person(globex, acme)

    with walls.platform_work():
        walls.pipeline(members.names_stay(acme.pk))
        with pytest.raises(OperationalError, match="lock timeout"):
            elsewhere(lambda: hurried(lambda: people.verify_email(ada, by=OPERATOR)))
    elsewhere(lambda: hurried(lambda: people.verify_email(ada, by=OPERATOR)))

    with walls.platform_work():
        assert is_verified(ada)


@pytest.mark.django_db(transaction=True)
def test_a_membership_made_meanwhile_hears_of_the_name_too(told: Told) -> None:
    """Between the first look at the person's places and the lock on their row, which is last."""
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        globex = members.create_tenant(slug="globex", name="Globex", by=OPERATOR)
        ada = person(acme)
    names_change = members.names_change

    def join_first(tenant_ids: Any) -> None:
        members.names_change = names_change
        join = partial(members.add_member, globex, ada.pk, Role.MEMBER, by=OPERATOR)
        elsewhere(lambda: hurried(join))
        told.clear()
        names_change(tenant_ids)

    members.names_change = join_first
    try:
        with walls.platform_work():
            people.verify_email(ada, by=OPERATOR)
    finally:
        members.names_change = names_change

    assert told == [(acme.pk, ada.pk), (globex.pk, ada.pk)]


def test_a_tenant_finds_the_bearer_of_a_verified_address_by_its_index(
    acme: Tenant, globex: Tenant
) -> None:
    ada = person(acme, is_verified=True)
    User.objects.bulk_create(
        [User(username=f"person{n}", email=f"person{n}@acme.example") for n in range(2000)]
    )
    look_up = (
        "select id from users_user where upper(email) = upper('Ada@acme.example')"
        " and email <> '' and email_verified_at is not null"
    )

    with walls.tenant_work(acme.pk), connection.cursor() as cursor:
        cursor.execute(look_up)
        found = cursor.fetchall()
        cursor.execute(f"explain {look_up}")
        plan = cursor.fetchall()

    assert found == [(ada.pk,)]
    assert "Index Scan using users_user_email_once" in str(plan)


def test_addresses_from_before_are_verified_and_no_address_is_not(acme: Tenant) -> None:
    """They were given by operators and superusers."""
    migration = import_module("users.migrations.0002_email_verified")
    with_address = person(acme)
    without = User.objects.create_user("nobody")

    with connection.cursor() as cursor:
        cursor.execute(migration.VERIFY_THE_GIVEN)

    assert (is_verified(with_address), is_verified(without)) == (True, False)
