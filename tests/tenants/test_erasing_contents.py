"""The one door through which the personal content of an event leaves."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tenants import chain_check, events, walls
from tenants.events import ERASED, OPERATOR, Actor
from tenants.models import Event, EventContent, Tenant
from tests.conftest import Caller
from tests.tenants.test_events import content

BY = Actor(kind="user", address="192.0.2.7", reason="Ada asked")


@pytest.fixture
def seen(acme: Tenant) -> list[int]:
    return [
        events.record("seen", acme, tenant_id=acme.pk, by=BY, after={"name": f"Ada {number}"})
        for number in range(3)
    ]


def test_erasing_leaves_the_event_and_blanks_its_content(
    acme: Tenant, member: Caller, seen: list[int]
) -> None:
    before = Event.objects.filter(pk__in=seen).order_by("id").values()
    rows = list(before)

    assert events.erase(acme.pk, seen[:2], person=member.user, by=BY) == seen[:2]

    assert list(before.all()) == rows
    first, second, third = EventContent.objects.filter(pk__in=seen).order_by("pk")
    for blank in (first, second):
        assert (bytes(blank.salt), blank.content) == (b"", "")
    assert third.erased_by_id is None
    assert "Ada 2" in third.content
    assert first.erased_by_id == second.erased_by_id == Event.objects.get(action=ERASED).pk


def test_an_event_tells_of_the_erasure_and_holds_nothing_personal_itself(
    acme: Tenant, member: Caller, seen: list[int]
) -> None:
    events.erase(acme.pk, seen, person=member.user, by=BY)

    told = Event.objects.get(action=ERASED)
    assert (told.object_kind, told.object_id) == ("user", member.user.pk)
    assert content(told) == {"address": "", "before": None, "after": {"events": seen}}


def test_erasing_again_does_nothing(acme: Tenant, member: Caller, seen: list[int]) -> None:
    events.erase(acme.pk, seen, person=member.user, by=BY)

    assert events.erase(acme.pk, seen, person=member.user, by=BY) == []
    told = Event.objects.get(action=ERASED)
    # It is what proves that the others were meant to be blank.
    assert events.erase(acme.pk, [told.pk], person=member.user, by=BY) == []
    assert chain_check.check(acme.pk).erased == 3


def test_many_are_erased_in_parts(
    acme: Tenant, member: Caller, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "ERASED_AT_ONCE", 2)

    assert events.erase(acme.pk, seen, person=member.user, by=BY) == seen
    assert Event.objects.filter(action=ERASED).count() == 2
    verdict = chain_check.check(acme.pk)
    assert (verdict.erased, verdict.faults) == (3, [])


def test_another_tenant_s_event_is_not_erased(
    acme: Tenant, globex: Tenant, member: Caller, seen: list[int]
) -> None:
    assert events.erase(globex.pk, seen, person=member.user, by=OPERATOR) == []
    assert not Event.objects.filter(action=ERASED).exists()


REFUSED = {
    "content without naming who erased it": "salt = '', content = ''",
    "another content": "content = '{}'",
    "another content in an erasure": "salt = '', content = '{}', erased_by_id = event_id",
    "another salt": "salt = '\\x00'",
    "a name alone": "erased_by_id = event_id",
    "another event": "event_id = event_id + 1000000",
    "nothing": "content = content",
}


@pytest.mark.parametrize("scope", ["tenant", "platform"])
@pytest.mark.parametrize("change", REFUSED)
def test_the_door_lets_nothing_else_through(
    acme: Tenant, seen: list[int], change: str, scope: str
) -> None:
    before: Any = EventContent.objects.get(pk=seen[0])
    here = walls.PLATFORM if scope == "platform" else walls.tenant(acme.pk)

    with (
        pytest.raises(DatabaseError, match=r"permission|only be erased|blank_when_erased"),
        walls.work(here),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"update tenants_eventcontent set {REFUSED[change]} where event_id = {seen[0]}"
        )

    after = EventContent.objects.get(pk=seen[0])
    assert (after.content, bytes(after.salt)) == (before.content, bytes(before.salt))


def test_a_tenant_cannot_erase(acme: Tenant, member: Caller, seen: list[int]) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), walls.tenant_work(acme.pk):
        events.erase(acme.pk, seen, person=member.user, by=BY)


def test_what_is_erased_stays_so(acme: Tenant, member: Caller, seen: list[int]) -> None:
    events.erase(acme.pk, seen, person=member.user, by=BY)

    with (
        pytest.raises(DatabaseError, match="only be erased"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update tenants_eventcontent set erased_by_id = null")
