"""Two requests with one Idempotency-Key at the same moment, on real connections."""

from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import changes, members
from tenants.events import OPERATOR
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


def post(caller: Caller) -> Any:
    return caller.post(LIST, micro_credential_body(), headers={"Idempotency-Key": "one"})


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
    create: Callable[..., Any] = changes.create_and_read
    meanwhile: list[Any] = []

    def create_slowly(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(changes, "create_and_read", create)
        meanwhile.append(elsewhere(lambda: post(ada)))
        return create(*args, **options)

    monkeypatch.setattr(changes, "create_and_read", create_slowly)

    first = post(ada)

    assert first.status_code == 200
    assert_problem(meanwhile[0], 409, "idempotency-in-progress")
    assert_one_row()
    assert post(ada).headers["Idempotency-Replayed"] == "true"
