"""The history: written with each change, never changed, and free of what is erased."""

import hashlib
import json
from typing import Any, NoReturn

import pytest
from django.db import ProgrammingError, connection

from credentials.models import MicroCredential
from tenants import events, members, sealing, walls
from tenants.events import OPERATOR, Actor
from tenants.models import Chain, Event, EventContent, Seal, Tenant
from tests.conftest import Caller
from tests.factories import micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential/{}"


def of_micro_credentials() -> list[Event]:
    return list(Event.objects.filter(object_kind="microcredential").order_by("id"))


def content(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EventContent.objects.get(event=event).content)
    return found


def test_each_change_writes_one_event_that_says_who_what_and_from_where(member: Caller) -> None:
    created = member.post(LIST, micro_credential_body(), REMOTE_ADDR="192.0.2.7")
    path = ONE.format(created.json()["id"])
    changed = member.patch(path, {"title": "New"}, headers={"X-Request-ID": "request-of-ada"})
    member.delete(path)

    first, second, third = of_micro_credentials()
    assert [first.action, second.action, third.action] == ["created", "changed", "deleted"]
    for event in (first, second, third):
        assert (event.actor_kind, event.actor_id) == ("user", member.user.pk)
        assert (event.object_id, str(event.object_uuid)) == (
            created.json()["id"],
            created.json()["uuid"],
        )
        assert event.tenant_id == created.json()["tenant_id"]
    assert content(first)["address"] == "192.0.2.7"
    assert content(first)["before"] is None
    assert content(first)["after"]["title"] == micro_credential_body()["title"]
    assert second.request_id == changed.headers["X-Request-ID"] == "request-of-ada"
    assert content(second)["before"] == {"title": micro_credential_body()["title"]}
    assert content(second)["after"] == {"title": "New"}
    assert content(third)["after"] == {"state": 0}


def test_a_change_that_changes_nothing_writes_no_event(member: Caller) -> None:
    created = member.post(LIST, micro_credential_body()).json()

    response = member.put(ONE.format(created["id"]), micro_credential_body())

    assert response.status_code == 200
    assert len(of_micro_credentials()) == 1


def test_a_refusal_writes_no_event(member: Caller) -> None:
    before = Event.objects.count()

    assert member.post(LIST, micro_credential_body(title="")).status_code == 400

    assert Event.objects.count() == before


def test_the_hash_of_an_event_is_that_of_its_salted_content(acme: Tenant) -> None:
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    hashes = set()
    for event in Event.objects.all():
        kept = EventContent.objects.get(event=event)
        expected = hashlib.sha256(bytes(kept.salt) + kept.content.encode()).digest()
        assert bytes(event.content_hash) == expected
        assert len(bytes(kept.salt)) == 16
        hashes.add(expected)
    assert len(hashes) == Event.objects.count() == 2


def test_equal_contents_have_unequal_hashes(acme: Tenant) -> None:
    """Without the salt, a hash could be tried against guesses once the content is erased."""
    for _ in range(2):
        events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR, after={"name": "Ada"})

    seen = Event.objects.filter(action="seen")
    assert len({bytes(event.content_hash) for event in seen}) == 2
    assert len({EventContent.objects.get(event=event).content for event in seen}) == 1


def test_an_event_row_itself_names_no_person(member: Caller) -> None:
    member.patch("/api/v1/users/me", {"first_name": "Augusta", "last_name": "Lovelace"})

    with connection.cursor() as cursor:
        cursor.execute("select e::text from tenants_event e")
        text = "".join(row for (row,) in cursor.fetchall())
    for name in ("Augusta", "Lovelace", "member@acme.example", "127.0.0.1"):
        assert name not in text


SCOPES = {
    "the tenant": lambda tenant: walls.tenant(tenant.pk),
    "the platform": lambda tenant: walls.PLATFORM,
    "the login": lambda tenant: walls.NOBODY,
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    "statement",
    [
        "update tenants_event set action = 'forged'",
        "update tenants_event set occurred_at = now() - interval '1 year'",
        "update tenants_event set action = 'forged' where false",
        "delete from tenants_event",
        "delete from tenants_event where false",
        "truncate tenants_event cascade",
        "delete from tenants_eventcontent",
        "truncate tenants_eventcontent",
        "update tenants_eventcontent set content = '{}'",
        "update tenants_seal set place = place + 1",
        "delete from tenants_seal",
        "truncate tenants_seal",
        "delete from tenants_chain",
        "truncate tenants_chain",
    ],
)
def test_no_role_changes_or_removes_an_event(acme: Tenant, scope: str, statement: str) -> None:
    sealing.seal_all()
    before = contents()

    refused = False
    try:
        with walls.work(SCOPES[scope](acme)), connection.cursor() as cursor:
            # Nothing that waits for the end of the transaction is what refuses.
            cursor.execute("set constraints all immediate")
            cursor.execute(statement)
            touched = cursor.rowcount
    except ProgrammingError:
        refused = True

    # The login sees no content that it could touch.
    is_content = statement.startswith("update tenants_eventcontent")
    assert refused or (is_content and (scope, touched) == ("the login", 0))
    assert contents() == before
    assert all(before)


def contents() -> list[list[Any]]:
    models: list[Any] = [Event, EventContent, Seal, Chain]
    return [list(model.objects.values()) for model in models]


def test_without_its_event_a_change_is_not_made(
    member: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = member.post(LIST, micro_credential_body()).json()

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError

    monkeypatch.setattr(events, "values", fail)
    answers = [
        member.post(LIST, micro_credential_body()),
        member.patch(ONE.format(record["id"]), {"title": "New"}),
        member.delete(ONE.format(record["id"])),
    ]

    assert [answer.status_code for answer in answers] == [500, 500, 500]
    row = MicroCredential.objects.get()
    assert (row.title, row.state) == (record["title"], 1)
    assert len(of_micro_credentials()) == 1


def test_operators_are_nobody_in_particular(acme: Tenant) -> None:
    event = Event.objects.get()

    assert (event.actor_kind, event.actor_id, event.api_token_id) == ("operator", None, None)
    assert Actor() == OPERATOR
