"""GET and PATCH /api/v1/users/me"""

import json
from typing import Any

import pytest

from tenants.models import Event, EventContent, Membership, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import PASSWORD, Caller, make_member, sign_in, with_key
from users.models import SignIn, User

ME = "/api/v1/users/me"
NEW = "an even longer and more winding passphrase"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


@pytest.fixture
def caller(ada: Membership) -> Caller:
    return sign_in(ada)


def changes_of(user: User) -> list[dict[str, Any]]:
    """The contents of the events of this person's changes."""
    found = EventContent.objects.filter(
        event__object_kind="user", event__action="changed", event__object_id=user.pk
    )
    return [json.loads(content.content) for content in found.order_by("event_id")]


def signs_in(password: str) -> bool:
    answer = Caller().post("/api/v1/token", {"username": "ada", "password": password})
    assert answer.status_code in {200, 401}
    return bool(answer.status_code == 200)


def test_a_person_reads_the_own_profile(caller: Caller) -> None:
    response = caller.get(ME)

    assert response.status_code == 200
    assert response.json() == {
        "id": caller.user.pk,
        "uuid": str(caller.user.uuid),
        "username": "ada",
        "email": "ada@acme.example",
        "first_name": "",
        "last_name": "",
        "state": 1,
    }


def test_the_profile_has_a_tag_that_follows_its_content(caller: Caller) -> None:
    tag = caller.get(ME).headers["ETag"]
    same = caller.get(ME, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")

    caller.patch(ME, {"first_name": "Ada"})

    changed = caller.get(ME, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize(
    "name", ["Ada", " padded ", "", "عائشة", "👩🏽‍🔬", "O'Brien <b>", "x" * 150, "\u202eada"]
)
def test_names_are_stored_as_sent(caller: Caller, name: str) -> None:
    response = caller.patch(ME, {"first_name": name, "last_name": name})

    assert response.status_code == 200
    assert (response.json()["first_name"], response.json()["last_name"]) == (name, name)
    caller.user.refresh_from_db()
    assert (caller.user.first_name, caller.user.last_name) == (name, name)


@pytest.mark.parametrize("state", [0, 1])
def test_a_person_sets_the_own_state(caller: Caller, state: int) -> None:
    User.objects.filter(pk=caller.user.pk).update(state=1 - state)

    response = caller.patch(ME, {"state": state})

    assert (response.status_code, response.json()["state"]) == (200, state)
    assert stored(caller.user)["state"] == state
    assert caller.get(ME).status_code == 200


@pytest.mark.parametrize("state", [2, -1, 10**30, True, "active", None, [1], {}])
def test_an_unknown_state_is_400_and_nothing_changes(caller: Caller, state: Any) -> None:
    before = stored(caller.user)

    response = caller.patch(ME, {"state": state, "first_name": "Ada"})

    assert_problem(response, 400, "invalid-input")
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["/state"]
    assert stored(caller.user) == before


def test_the_history_keeps_what_changed_and_no_more(caller: Caller) -> None:
    caller.patch(ME, {"first_name": "Ada", "last_name": "King"})

    caller.patch(ME, {"first_name": "Ada", "last_name": "Lovelace"})

    assert [(change["before"], change["after"]) for change in changes_of(caller.user)] == [
        ({"first_name": "", "last_name": ""}, {"first_name": "Ada", "last_name": "King"}),
        ({"last_name": "King"}, {"last_name": "Lovelace"}),
    ]


@pytest.mark.parametrize("body", [{}, {"first_name": ""}, {"username": "eve", "id": 1}])
def test_a_change_of_nothing_is_200_and_leaves_no_event(caller: Caller, body: Any) -> None:
    before = stored(caller.user)

    response = caller.patch(ME, body)

    assert response.status_code == 200
    assert stored(caller.user) == before
    assert changes_of(caller.user) == []


def test_the_old_password_makes_way_for_a_new_one(caller: Caller) -> None:
    response = caller.patch(ME, {"password": NEW, "old_password": PASSWORD})

    assert response.status_code == 200
    assert "password" not in response.json()
    assert (signs_in(PASSWORD), signs_in(NEW)) == (False, True)


def test_a_new_password_ends_the_persons_other_sign_ins(ada: Membership, caller: Caller) -> None:
    other = sign_in(ada)
    assert other.get(ME).status_code == 200

    caller.patch(ME, {"password": NEW, "old_password": PASSWORD})

    assert_problem(other.get(ME), 401, "invalid-token")
    assert caller.get(ME).status_code == 200
    assert SignIn.objects.filter(ended_at=None).count() == 1


def test_a_new_password_leaves_other_people_signed_in(caller: Caller, colleague: Caller) -> None:
    caller.patch(ME, {"password": NEW, "old_password": PASSWORD})

    assert colleague.get(ME).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"password": NEW}, [("/old_password", "required")]),
        ({"password": NEW, "old_password": "wrong"}, [("/old_password", "wrong")]),
        ({"password": NEW, "old_password": NEW}, [("/old_password", "wrong")]),
        ({"password": NEW, "old_password": ""}, [("/old_password", "blank")]),
        ({"password": "", "old_password": PASSWORD}, [("/password", "blank")]),
        (
            {"password": None, "old_password": None},
            [("/old_password", "null"), ("/password", "null")],
        ),
        ({"password": 12345678901234, "old_password": PASSWORD}, [("/password", "invalid")]),
        ({"password": "kJ8#x", "old_password": PASSWORD}, [("/password", "password_too_short")]),
        (
            {"password": "password", "old_password": PASSWORD},
            [("/password", "password_too_common")],
        ),
        (
            {"password": "84736251937", "old_password": PASSWORD},
            [("/password", "password_entirely_numeric")],
        ),
        (
            {"password": "ada@acme.example", "old_password": PASSWORD},
            [("/password", "password_too_similar")],
        ),
        (
            {"password": "123"},
            [
                ("/old_password", "required"),
                ("/password", "password_entirely_numeric"),
                ("/password", "password_too_common"),
                ("/password", "password_too_short"),
            ],
        ),
        ({"password": "x" * 1001, "old_password": PASSWORD}, [("/password", "max_length")]),
    ],
)
def test_a_password_that_will_not_do_is_400_and_nothing_changes(
    caller: Caller, body: Any, expected: list[tuple[str, str]]
) -> None:
    before = stored(caller.user)

    response = caller.patch(ME, {"first_name": "Ada", **body})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert stored(caller.user) == before
    assert changes_of(caller.user) == []


def test_an_old_password_alone_changes_nothing(caller: Caller) -> None:
    before = stored(caller.user)

    assert caller.patch(ME, {"old_password": PASSWORD}).status_code == 200

    assert stored(caller.user) == before


def test_an_api_token_changes_nothing_of_its_users_account(ada: Membership) -> None:
    response = with_key(ada).patch(ME, {"last_name": "King", "state": 0})

    assert_problem(response, 403, "forbidden")
    ada.user.refresh_from_db()
    assert (ada.user.last_name, ada.user.state) != ("King", 0)
    assert ada.user.state == 1


def test_an_api_token_cannot_change_the_password(ada: Membership) -> None:
    before = stored(ada.user)

    response = with_key(ada).patch(ME, {"password": NEW, "old_password": PASSWORD})

    assert_problem(response, 403, "forbidden")
    assert stored(ada.user) == before


def test_no_password_gets_into_the_history(caller: Caller) -> None:
    caller.patch(ME, {"first_name": "Ada", "password": NEW, "old_password": PASSWORD})

    contents = "".join(EventContent.objects.values_list("content", flat=True))
    caller.user.refresh_from_db()
    for secret in (NEW, PASSWORD, caller.user.password):
        assert secret not in contents


def test_a_person_of_no_tenant_changes_the_own_profile(platform: None) -> None:
    nomad = User.objects.create_user("nomad", "nomad@x.example", PASSWORD)
    sent = {"username": "nomad", "password": PASSWORD}
    caller = Caller(f"Bearer {Caller().post('/api/v1/token', sent).json()['access']}")

    response = caller.patch(ME, {"first_name": "No"})

    assert response.json()["first_name"] == "No"
    assert stored(nomad)["first_name"] == "No"
    assert not Event.objects.exists()


def test_a_token_of_a_person_who_was_deleted_is_401(platform: None) -> None:
    User.objects.create_user("nomad", "nomad@x.example", PASSWORD)
    sent = {"username": "nomad", "password": PASSWORD}
    caller = Caller(f"Bearer {Caller().post('/api/v1/token', sent).json()['access']}")
    assert caller.get(ME).status_code == 200

    User.objects.all().delete()

    assert caller.get(ME).status_code == 401
    assert caller.patch(ME, {"first_name": "No"}).status_code == 401
