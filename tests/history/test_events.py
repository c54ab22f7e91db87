"""GET /events: the history of an organization, for its administrators."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenants import events, sealing
from tenants.events import OPERATOR, Actor
from tenants.models import Event, Membership, Seal, Tenant
from tests import walls_down
from tests.answers import assert_problem, faults
from tests.conftest import Caller, with_key
from tests.factories import micro_credential, micro_credential_body
from users.models import User

EVENTS = "/api/v1/events"
MINE = "/api/v1/user-micro-credential"


def listed(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = caller.get(EVENTS, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def ids(caller: Caller, **query: Any) -> list[int]:
    return [event["id"] for event in listed(caller, **query)]


def of_acme(acme: Tenant, **conditions: Any) -> list[int]:
    found = Event.objects.filter(tenant=acme, **conditions).order_by("-id")
    return list(found.values_list("id", flat=True))


def test_an_event_tells_who_did_what_to_which_object_and_when(
    acme: Tenant, member: Caller, admin: Caller
) -> None:
    record = member.post(MINE + "s", micro_credential_body(title="Old")).json()
    headers = {"X-Request-ID": "request-of-ada"}
    member.patch(f"{MINE}/{record['id']}", {"title": "New"}, headers=headers)
    sealing.seal_all()

    newest, created, *_ = listed(admin)

    row = Event.objects.get(action="changed", object_kind="microcredential")
    seal = Seal.objects.get(event_id=row.pk)
    assert datetime.fromisoformat(newest.pop("occurred_at")) == row.occurred_at
    assert newest == {
        "id": row.pk,
        "uuid": str(row.uuid),
        "kind": "changed",
        "object": {"kind": "microcredential", "id": record["id"], "uuid": record["uuid"]},
        "actor": {
            "kind": "user",
            "id": member.user.pk,
            "uuid": str(member.user.uuid),
            "username": "member",
            "api_token_id": None,
        },
        "request_id": "request-of-ada",
        "address": None,
        "before": {"title": "Old"},
        "after": {"title": "New"},
        "is_erased": False,
        "seal": {"place": seal.place, "hash": bytes(seal.chain_hash).hex()},
    }
    assert (created["kind"], created["before"]) == ("created", None)
    assert created["after"]["title"] == "Old"


def test_what_is_not_sealed_yet_says_so(acme: Tenant, admin: Caller) -> None:
    assert {each["seal"] for each in listed(admin)} == {None}


def test_newest_come_first_by_pages_that_miss_nothing(acme: Tenant, admin: Caller) -> None:
    for _ in range(6):
        events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
    found, query = [], {"limit": 3}
    while True:
        answer = admin.get(EVENTS, query).json()
        found += [each["id"] for each in answer["data"]]
        # What comes meanwhile moves nothing.
        events.record("seen later", acme, tenant_id=acme.pk, by=OPERATOR)
        if not answer["page"]["has_more"]:
            break
        query["cursor"] = answer["page"]["next_cursor"]

    expected = of_acme(acme)
    assert found == [each for each in expected if each in found]
    assert set(expected) - set(found) == set(of_acme(acme, action="seen later"))


def test_a_cursor_is_of_its_filters_and_its_organization(
    acme: Tenant, admin: Caller, outsider: Caller
) -> None:
    cursor = admin.get(EVENTS, {"limit": 1}).json()["page"]["next_cursor"]

    assert admin.get(EVENTS, {"limit": 1, "cursor": cursor}).status_code == 200
    for caller, query in (
        (admin, {"kind": "created"}),
        (admin, {"object_kind": "user"}),
        (outsider, {}),
    ):
        refused = caller.get(EVENTS, {"cursor": cursor, **query})
        assert faults(refused) == [("/cursor", "invalid")]
    assert faults(admin.get(EVENTS, {"cursor": cursor[:-1] + "."})) == [("/cursor", "invalid")]


@pytest.fixture
def several(acme: Tenant, member: Caller, colleague: Caller) -> dict[str, Any]:
    """Events about two records, by two people and a key."""
    first, second = (micro_credential(acme, member.user) for _ in range(2))
    member.patch(f"{MINE}/{first.pk}", {"title": "New"})
    key = with_key(Membership.objects.get(user=member.user))
    key.patch(f"{MINE}/{second.pk}", {"title": "Newer"})
    colleague.post(MINE + "s", micro_credential_body())
    return {"first": first, "second": second, "member": member.user, "colleague": colleague.user}


def test_filters_narrow(acme: Tenant, admin: Caller, several: dict[str, Any]) -> None:
    first, second, ada = several["first"], several["second"], several["member"]
    of_first = {"object_kind": "microcredential", "object_id": first.pk}
    table: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"object_kind": "microcredential", "object": first.pk}, of_first),
        ({"object_kind": "microcredential", "object": str(first.uuid)}, of_first),
        ({"object": str(first.uuid)}, of_first),
        ({"object": str(second.uuid).upper()}, {"object_uuid": second.uuid}),
        ({"object_kind": "microcredential"}, {"object_kind": "microcredential"}),
        ({"actor": ada.pk}, {"actor_id": ada.pk}),
        ({"actor": str(ada.uuid)}, {"actor_id": ada.pk}),
        ({"actor_kind": "api_token"}, {"actor_kind": "api_token"}),
        ({"actor_kind": "operator"}, {"actor_kind": "operator"}),
        ({"kind": "changed"}, {"action": "changed"}),
        ({"kind": "changed", "actor": ada.pk}, {"action": "changed", "actor_id": ada.pk}),
    ]

    for query, conditions in table:
        found = ids(admin, limit=200, **query)
        assert found == of_acme(acme, **conditions), query
        assert 0 < len(found) < len(of_acme(acme)), query
    assert ids(admin, kind="nothing") == []
    assert ids(admin, object_kind="user", object=10**15) == []


def test_a_time_range_includes_its_beginning_and_not_its_end(acme: Tenant, admin: Caller) -> None:
    for _ in range(3):
        events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
    first, second, third = Event.objects.filter(action="seen").order_by("id")

    def moment(event: Event, add: timedelta = timedelta()) -> str:
        return (event.occurred_at + add).isoformat()

    query = {"kind": "seen", "since": moment(first), "until": moment(third)}
    assert ids(admin, **query) == [second.pk, first.pk]
    query["since"] = moment(first, timedelta(microseconds=1))
    assert ids(admin, **query) == [second.pk]
    assert ids(admin, since=datetime.now(UTC).isoformat()) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"object": "17"}, [("/object_kind", "required")]),
        ({"object": "x"}, [("/object", "invalid")]),
        ({"object_kind": "badge"}, [("/object_kind", "invalid_choice")]),
        ({"actor": "ada"}, [("/actor", "invalid")]),
        ({"actor": "-1"}, [("/actor", "invalid")]),
        ({"actor": str(2**63)}, [("/actor", "invalid")]),
        ({"actor_kind": "robot"}, [("/actor_kind", "invalid_choice")]),
        ({"kind": "x" * 61}, [("/kind", "max_length")]),
        ({"since": "yesterday"}, [("/since", "invalid")]),
        ({"until": "2026-02-30T00:00:00Z"}, [("/until", "out_of_range")]),
        ({"limit": 201, "actor": "?"}, [("/limit", "max_value"), ("/actor", "invalid")]),
    ],
)
def test_a_mistaken_filter_is_refused(
    admin: Caller, query: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert sorted(faults(admin.get(EVENTS, query))) == sorted(expected)


def test_an_erased_event_stays_in_the_list_without_what_it_held(
    acme: Tenant, member: Caller, admin: Caller, superuser: Caller
) -> None:
    record = member.post(MINE + "s", micro_credential_body(title="Secret")).json()
    (event_id,) = of_acme(acme, object_kind="microcredential", object_id=record["id"])

    events.erase(acme.pk, [event_id], person=member.user, by=OPERATOR)

    for caller in (admin, superuser):
        (event,) = listed(caller, object=record["uuid"])
        assert event["is_erased"] is True
        assert (event["before"], event["after"], event["address"]) == (None, None, None)
    (told,) = listed(admin, kind=events.ERASED)
    assert (told["object"]["kind"], told["is_erased"]) == ("user", False)


def test_addresses_and_changes_of_accounts_are_for_superusers(
    acme: Tenant, member: Caller, owner: Caller, superuser: Caller
) -> None:
    member.patch("/api/v1/users/me", {"first_name": "Augusta"}, REMOTE_ADDR="192.0.2.7")

    query = {"object_kind": "user", "kind": "changed"}
    (shown,), (hidden,) = listed(superuser, **query), listed(owner, **query)

    assert (shown["address"], shown["after"]) == ("192.0.2.7", {"first_name": "Augusta"})
    assert (hidden["address"], hidden["after"], hidden["before"]) == (None, None, None)
    assert hidden["id"] == shown["id"]


def test_a_stranger_who_acted_is_neither_named_nor_found(
    acme: Tenant, admin: Caller, superuser: Caller, outsider: Caller
) -> None:
    stranger: User = outsider.user
    by = Actor(kind="user", user_id=stranger.pk)
    event_id = events.record("seen", acme, tenant_id=acme.pk, by=by)

    (event,) = listed(admin, kind="seen")
    assert event["actor"] == {
        "kind": "user",
        **dict.fromkeys(("id", "uuid", "username", "api_token_id")),
    }
    for named in (stranger.pk, str(stranger.uuid)):
        assert ids(admin, actor=named) == []
        assert ids(superuser, actor=named) == [event_id]
    assert listed(superuser, kind="seen")[0]["actor"]["username"] == "outsider"


def test_no_event_of_another_organization_shows(
    acme: Tenant, globex: Tenant, admin: Caller, outsider: Caller
) -> None:
    events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)

    assert set(ids(admin, limit=200)) == set(of_acme(acme))
    assert set(ids(outsider, limit=200)) == set(of_acme(globex))
    assert ids(outsider, object=str(acme.uuid)) == []


@pytest.mark.parametrize("wall", ["first", "second"])
def test_either_wall_alone_keeps_another_organization_s_events(
    acme: Tenant,
    globex: Tenant,
    admin: Caller,
    monkeypatch: pytest.MonkeyPatch,
    wall: str,
) -> None:
    events.record("seen", globex, tenant_id=globex.pk, by=OPERATOR)
    getattr(walls_down, wall)(monkeypatch)

    assert set(ids(admin, limit=200)) == set(of_acme(acme))


def test_an_unchanged_list_is_not_sent_again(admin: Caller) -> None:
    first = admin.get(EVENTS)
    again = admin.get(EVENTS, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_writing_to_the_list_is_not_possible(admin: Caller) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert_problem(admin.request(method, EVENTS), 405, "method-not-allowed")
