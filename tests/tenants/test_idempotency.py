"""Idempotency-Key: the same request sent again is answered again and done once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants.idempotency import Key, delete_expired
from tenants.models import Event, StoredAnswer, Tenant
from tests.answers import assert_problem
from tests.clock import Clock
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential_body

LIST = "/api/v1/user-micro-credentials"
BODY = micro_credential_body()

Poster = Callable[..., Any]


def post(caller: Caller, key: str = "first", body: Any = BODY, path: str = LIST) -> Any:
    return caller.post(path, body, headers={"Idempotency-Key": key})


def rows() -> int:
    """Every row has exactly one event."""
    count = MicroCredential.objects.count()
    assert Event.objects.filter(object_kind="microcredential").count() == count
    return count


def assert_replayed(again: Any, first: Any) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_same_key_and_payload_get_the_first_answer_again(member: Caller) -> None:
    first = post(member)

    again = post(member)

    assert first.status_code == 200
    assert_replayed(again, first)
    assert rows() == 1


def test_without_a_key_each_request_is_done(member: Caller) -> None:
    for _ in range(2):
        assert member.post(LIST, BODY).status_code == 200

    assert rows() == 2
    assert not StoredAnswer.objects.exists()


def test_the_spelling_of_the_payload_does_not_count(member: Caller) -> None:
    spelled = b'{"title":"A","issued":"2024-01-01T00:00:00Z","expires":"2024-01-01T00:00:00Z"}'
    title, dates = spelled[1:-1].split(b",", 1)
    first = post(member, body=spelled)

    again = post(member, body=b"{ " + dates + b",\n" + title.replace(b"A", b"\\u0041") + b" }")

    assert_replayed(again, first)


def test_another_payload_is_422_and_nothing_is_done(member: Caller) -> None:
    post(member)

    response = post(member, body=BODY | {"title": "Other"})

    assert_problem(response, 422, "idempotency-key-reused")
    assert rows() == 1


def test_another_key_is_another_request(member: Caller) -> None:
    post(member, "first")
    post(member, "First")

    assert rows() == 2


@pytest.mark.parametrize("spelling", ['"first"', " first ", ' "first" '])
def test_quoted_and_bare_keys_are_the_same(member: Caller, spelling: str) -> None:
    first = post(member, "first")

    assert_replayed(post(member, spelling), first)


def test_both_slash_spellings_are_the_same_path(member: Caller) -> None:
    first = post(member)

    assert_replayed(post(member, path=LIST + "/"), first)


@pytest.mark.parametrize(
    "key", ["", '""', " ", "é", "a\tb", "a\x7fb", "x" * 256, '"' + "x" * 256 + '"']
)
def test_a_malformed_key_is_400_and_nothing_is_done(member: Caller, key: str) -> None:
    response = post(member, key)

    assert_problem(response, 400, "invalid-input")
    assert response.json()["errors"][0]["code"] == "idempotency_key"
    assert rows() == 0


@pytest.mark.parametrize(
    "key", ["x", "x" * 255, 'a"b', "two words", "'; drop table tenants_event; --"]
)
def test_any_printable_key_up_to_255_characters_is_kept(member: Caller, key: str) -> None:
    first = post(member, key)

    assert_replayed(post(member, key), first)


def test_a_refused_payload_is_refused_again_from_memory(member: Caller) -> None:
    first = post(member, body={"title": ""})

    again = post(member, body={"title": ""})

    assert_problem(first, 400, "invalid-input")
    assert_replayed(again, first)
    assert rows() == 0


def test_a_caller_without_the_right_leaves_no_answer(acme: Tenant) -> None:
    """Whoever is given the right later may use the key."""
    reader = with_key(make_member(acme, "ada"), "micro_credentials:read")

    assert_problem(post(reader), 403, "missing-scope")

    assert not StoredAnswer.objects.exists()


def test_another_persons_key_is_another_request(member: Caller, colleague: Caller) -> None:
    mine, theirs = post(member), post(colleague)

    assert mine.json()["user_id"] != theirs.json()["user_id"]
    assert "Idempotency-Replayed" not in theirs.headers
    assert rows() == 2


def test_the_same_person_in_another_tenant_makes_another_request(
    acme: Tenant, globex: Tenant
) -> None:
    here, there = with_key(make_member(acme, "ada")), with_key(make_member(globex, "ada"))

    first, second = post(here), post(there)

    assert (first.json()["tenant_id"], second.json()["tenant_id"]) == (acme.pk, globex.pk)
    assert_replayed(post(here), first)
    assert_replayed(post(there), second)


@pytest.mark.urls("tests.portal.broken")
def test_another_path_or_record_is_another_request(member: Caller) -> None:
    answers = [post(member, body={}, path=path) for path in (LIST, "/broken", "/broken/1")]
    answers.append(post(member, body={}, path="/broken/2"))

    assert [answer.status_code for answer in answers] == [400, 200, 200, 200]
    assert not any("Idempotency-Replayed" in answer.headers for answer in answers)
    assert rows() == 3


@pytest.mark.urls("tests.portal.broken")
def test_a_record_with_a_very_long_name_is_a_path_like_any_other(member: Caller) -> None:
    first = post(member, body={}, path="/broken/" + "x" * 2000)
    other = post(member, body={}, path="/broken/" + "x" * 1999 + "y")

    assert first.status_code == 200
    assert "Idempotency-Replayed" not in other.headers
    assert_replayed(post(member, body={}, path="/broken/" + "x" * 2000), first)


@pytest.mark.urls("tests.portal.broken")
def test_a_refusal_in_mid_work_undoes_the_work_and_is_kept(member: Caller) -> None:
    first = post(member, body={"failure": "refusal"}, path="/broken")

    again = post(member, body={"failure": "refusal"}, path="/broken")

    assert_problem(first, 409, "conflict")
    assert_replayed(again, first)
    assert rows() == 0


@pytest.mark.urls("tests.portal.broken")
@pytest.mark.parametrize("failure", ["code", "database"])
def test_an_unforeseen_failure_is_not_kept_and_frees_the_key(member: Caller, failure: str) -> None:
    first = post(member, body={"failure": failure}, path="/broken")
    assert (first.status_code, StoredAnswer.objects.count(), rows()) == (500, 0, 0)

    retried = post(member, body={}, path="/broken")

    assert retried.status_code == 200
    assert "Idempotency-Replayed" not in retried.headers
    assert rows() == 1


def test_a_key_is_kept_for_24_hours(acme: Tenant, clock: Clock) -> None:
    caller = with_key(make_member(acme, "ada"))
    first = post(caller)
    clock.move(timedelta(hours=24, seconds=-1))
    assert_replayed(post(caller), first)
    assert delete_expired() == 0

    clock.move(timedelta(seconds=1))
    renewed = post(caller, body=BODY | {"title": "A day later"})

    assert renewed.status_code == 200
    assert renewed.json()["title"] == "A day later"
    assert rows() == 2
    assert_replayed(post(caller, body=BODY | {"title": "A day later"}), renewed)


def test_an_answer_that_expires_on_the_way_is_given_again_and_nothing_is_done(
    acme: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_moment_later(key: Key) -> Any:
        clock.move(timedelta(seconds=1))
        return mine(key)

    mine = Key.mine
    caller = with_key(make_member(acme, "ada"))
    first = post(caller)
    clock.move(timedelta(hours=24, seconds=-2))
    monkeypatch.setattr(Key, "mine", a_moment_later)

    assert_replayed(post(caller), first)

    assert rows() == 1


def test_expired_answers_are_deleted(acme: Tenant, clock: Clock) -> None:
    caller = with_key(make_member(acme, "ada"))
    post(caller, "old")
    clock.move(timedelta(hours=24))
    post(caller, "new")

    assert delete_expired() == 1

    assert StoredAnswer.objects.get().key == "new"


def test_a_key_beside_another_method_is_ignored(member: Caller) -> None:
    for name in ("A", "B"):
        sent = {"first_name": name}
        response = member.patch("/api/v1/users/me", sent, headers={"Idempotency-Key": "first"})
        assert response.json()["first_name"] == name
    assert not StoredAnswer.objects.exists()
