"""Requests at the same moment, each on a connection of its own, as from many clients."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from credentials.micro_credentials.views import MicroCredentialView
from credentials.models import MicroCredential
from tenants.models import Event, Lookup, Role, RowCount, StoredAnswer, Tenant
from tenants.walls import platform_work
from tests.answers import assert_problem, stored
from tests.conftest import Caller, make_member, sign_in
from tests.factories import micro_credential, micro_credential_body
from tests.together import committed_acme, elsewhere, together

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential"


acme = committed_acme


@pytest.fixture
def ada(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "ada"))


@pytest.fixture
def owner(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "owner", Role.OWNER))


@pytest.fixture
def record(acme: Tenant, ada: Caller) -> MicroCredential:
    with platform_work():
        return micro_credential(acme, ada.user)


def assert_counted(owner: Caller, *, live: int, rows: int) -> None:
    """The kept count, the list, the rows and the look-ups tell one story."""
    with platform_work():
        found = MicroCredential.objects.count()
        active = MicroCredential.objects.filter(state=MicroCredential.State.ACTIVE).count()
        kept = sum(RowCount.objects.filter(kind="microcredential").values_list("rows", flat=True))
        look_ups = Lookup.objects.filter(kind="microcredential").count()
    answer = owner.get(LIST, {"limit": 500}).json()

    assert (found, active, kept, look_ups) == (rows, live, live, rows)
    assert (answer["count"], len(answer["results"])) == (live, live)


def events(*actions: str) -> list[dict[str, Any]]:
    """The content of the events of these actions, in the order in which they were written."""
    with platform_work():
        found = Event.objects.filter(object_kind="microcredential", action__in=actions)
        rows = list(found.order_by("id").values_list("action", "content__content"))
    return [{"action": action, **json.loads(content)} for action, content in rows]


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_20_spellings_of_one_request_with_one_key_make_one_row(ada: Caller, owner: Caller) -> None:
    body = micro_credential_body()
    bodies = [json.dumps(body), json.dumps(dict(reversed(body.items())), indent=2)]

    def post(index: int) -> Any:
        key = ("one", '"one"')[index % 2]
        path = (LIST, f"{LIST}/")[index // 2 % 2]
        return ada.post(path, bodies[index // 4 % 2], headers={"Idempotency-Key": key})

    answers = together(20, post)
    again = together(20, post)

    done = {answer.content for answer in answers + again if answer.status_code == 200}
    assert len(done) == 1
    assert set(statuses(answers)) <= {200, 409}
    for answer in answers + again:
        if answer.status_code == 409:
            assert_problem(answer, 409, "idempotency-in-progress")
    assert len(events("created")) == 1
    assert_counted(owner, live=1, rows=1)


def test_20_keys_at_once_make_20_rows_and_each_replays_its_own(ada: Caller, owner: Caller) -> None:
    def post(index: int) -> Any:
        body = micro_credential_body(title=f"{index}")
        return ada.post(LIST, body, headers={"Idempotency-Key": f"key-{index}"})

    first, second = together(20, post), together(20, post)

    assert statuses(first) == statuses(second) == [200] * 20
    assert [answer.content for answer in first] == [answer.content for answer in second]
    assert [answer.json()["title"] for answer in first] == [f"{index}" for index in range(20)]
    with platform_work():
        assert StoredAnswer.objects.count() == 20
    assert_counted(owner, live=20, rows=20)


def test_20_requests_without_a_key_make_20_rows(ada: Caller, owner: Caller) -> None:
    answers = together(20, lambda index: ada.post(LIST, micro_credential_body(title=f"{index}")))

    assert statuses(answers) == [200] * 20
    assert len({answer.json()["id"] for answer in answers}) == 20
    assert {answer.json()["title"] for answer in answers} == {f"{index}" for index in range(20)}
    assert len(events("created")) == 20
    assert_counted(owner, live=20, rows=20)


def test_counts_stay_exact_while_records_come_and_go(
    acme: Tenant, ada: Caller, owner: Caller
) -> None:
    with platform_work():
        old = [micro_credential(acme, ada.user) for _ in range(10)]

    def act(index: int) -> Any:
        if index % 2:
            return ada.delete(f"{ONE}/{old[index // 2].pk}")
        return ada.post(LIST, micro_credential_body())

    answers = together(20, act)

    assert statuses(answers) == [200] * 10 + [204] * 10
    assert_counted(owner, live=10, rows=20)


def test_of_many_who_delete_one_record_one_does(
    ada: Caller, owner: Caller, record: MicroCredential
) -> None:
    callers = [ada, owner] * 5

    answers = together(10, lambda index: callers[index].delete(f"{ONE}/{record.pk}"))

    assert statuses(answers) == [204] + [404] * 9
    assert len(events("deleted")) == 1
    assert_counted(owner, live=0, rows=1)


@pytest.mark.parametrize("round_", range(5))
def test_a_change_and_a_deletion_at_once_happen_one_after_the_other_or_only_the_deletion(
    ada: Caller, owner: Caller, record: MicroCredential, round_: int
) -> None:
    acts: list[Callable[[], Any]] = [
        lambda: ada.patch(f"{ONE}/{record.pk}", {"title": "Changed"}),
        lambda: owner.delete(f"{ONE}/{record.pk}"),
    ]

    changed, deleted = together(2, lambda index: acts[index]())

    assert deleted.status_code == 204
    with platform_work():
        row = stored(record)
    assert row["state"] == MicroCredential.State.ARCHIVED
    history = [event["action"] for event in events("changed", "deleted")]
    if changed.status_code == 200:
        assert (row["title"], history) == ("Changed", ["changed", "deleted"])
    else:
        assert_problem(changed, 404, "not-found")
        assert (row["title"], history) == ("Welding, basic level", ["deleted"])
    assert_counted(owner, live=0, rows=1)


def test_a_change_that_finds_the_record_just_deleted_brings_nothing_back(
    ada: Caller, owner: Caller, record: MicroCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = MicroCredentialView.locked

    def delete_first(view: MicroCredentialView, name: str) -> Any:
        monkeypatch.setattr(MicroCredentialView, "locked", locked)
        assert elsewhere(lambda: owner.delete(f"{ONE}/{record.pk}")).status_code == 204
        return locked(view, name)

    monkeypatch.setattr(MicroCredentialView, "locked", delete_first)

    response = ada.patch(f"{ONE}/{record.pk}", {"title": "Changed"})

    assert_problem(response, 404, "not-found")
    with platform_work():
        assert stored(record)["title"] == "Welding, basic level"
    assert events("changed") == []


def test_changes_of_different_fields_at_once_are_all_kept(
    ada: Caller, record: MicroCredential
) -> None:
    def patch(index: int) -> Any:
        field, value = (("title", "t"), ("website_url", "https://school.example/"))[index % 2]
        return ada.patch(f"{ONE}/{record.pk}", {field: f"{value}{index}"})

    answers = together(20, patch)

    assert statuses(answers) == [200] * 20
    with platform_work():
        row = stored(record)
    history = events("changed")
    assert len(history) == 20
    for field, first in (("title", "Welding, basic level"), ("website_url", "")):
        of_field = [event for event in history if field in event["after"]]
        # Each change saw the one before it: none was overwritten unseen.
        assert of_field[0]["before"][field] == first
        for earlier, later in pairwise(of_field):
            assert later["before"][field] == earlier["after"][field]
        assert row[field] == of_field[-1]["after"][field]


def test_of_many_changes_of_the_same_known_state_one_goes_through(
    ada: Caller, record: MicroCredential
) -> None:
    path = f"{ONE}/{record.pk}"
    known = {"If-Match": ada.get(path).headers["ETag"]}

    answers = together(10, lambda index: ada.patch(path, {"title": f"{index}"}, headers=known))

    assert statuses(answers) == [200] + [412] * 9
    winner = next(answer for answer in answers if answer.status_code == 200)
    with platform_work():
        assert stored(record)["title"] == winner.json()["title"]
    assert len(events("changed")) == 1


def test_two_changes_that_are_right_alone_and_wrong_together_do_not_both_happen(
    ada: Caller, record: MicroCredential
) -> None:
    bodies = [{"issued": "2026-06-01T00:00:00Z"}, {"expires": "2025-06-01T00:00:00Z"}]

    answers = together(2, lambda index: ada.patch(f"{ONE}/{record.pk}", bodies[index]))

    assert statuses(answers) == [200, 400]
    with platform_work():
        row = stored(record)
    assert row["issued_at"] <= row["expires_at"]
    assert len(events("changed")) == 1
