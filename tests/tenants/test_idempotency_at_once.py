"""Two requests with one Idempotency-Key at the same moment, on real connections."""

from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.idempotency import Key
from tenants.models import Event, StoredAnswer
from tenants.walls import platform_work
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in
from tests.factories import micro_credential_body
from tests.together import elsewhere, together

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/user-micro-credentials"


@pytest.fixture
def ada(db: None) -> Caller:
    """Committed, for other connections to see."""
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        return sign_in(make_member(acme, "ada"))


def post(caller: Caller, **changes: Any) -> Any:
    body = micro_credential_body(**changes)
    return caller.post(LIST, body, headers={"Idempotency-Key": "one"})


def assert_one_row() -> None:
    with platform_work():
        assert MicroCredential.objects.count() == 1
        assert Event.objects.filter(object_kind="microcredential").count() == 1
        assert StoredAnswer.objects.count() == 1


def test_20_simultaneous_requests_with_one_key_make_one_row(ada: Caller) -> None:
    answers = together(20, lambda _: post(ada))

    done = [answer for answer in answers if answer.status_code == 200]
    assert len([answer for answer in done if "Idempotency-Replayed" not in answer.headers]) == 1
    assert len({answer.content for answer in done}) == 1
    for answer in answers:
        if answer not in done:
            assert_problem(answer, 409, "idempotency-in-progress")
            assert answer.headers["Retry-After"] == "1"
    assert_one_row()


def test_while_the_first_request_runs_the_second_is_409(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is stopped on its way: it holds the lock of the key, and has written nothing."""
    lock = 4711
    monkeypatch.setattr(Key, "_lock", lambda _: lock)

    with platform_work():
        walls.pipeline(("select pg_advisory_xact_lock(%s::bigint)", [lock]))
        assert_problem(elsewhere(lambda: post(ada)), 409, "idempotency-in-progress")
        refused = elsewhere(lambda: post(ada, title=""))
        assert_problem(refused, 409, "idempotency-in-progress")
    first = post(ada)

    assert first.status_code == 200
    assert_one_row()
    assert post(ada).headers["Idempotency-Replayed"] == "true"
