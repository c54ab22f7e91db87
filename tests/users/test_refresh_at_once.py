"""Refreshes on real connections: what must outlive a refusal is committed."""

from datetime import timedelta
from typing import Any

import pytest

from tenants import members
from tenants.events import OPERATOR
from tenants.walls import platform_work
from tests.answers import assert_problem
from tests.clock import Clock
from tests.conftest import Caller, make_member
from tests.together import elsewhere, together
from users import tokens
from users.models import SignIn

pytestmark = pytest.mark.django_db(transaction=True)

REFRESH = "/api/v1/token/refresh"
ME = "/api/v1/users/me"


@pytest.fixture
def first(db: None) -> dict[str, Any]:
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        user = make_member(acme, "ada").user
    return tokens.sign_in(user, acme.pk)


def refresh(given: dict[str, Any]) -> Any:
    return Caller().post(REFRESH, {"refresh": given["refresh"]})


def test_of_20_simultaneous_refreshes_one_succeeds_and_its_tokens_work(
    first: dict[str, Any],
) -> None:
    answers = together(20, lambda _: refresh(first))

    (second,) = (answer.json() for answer in answers if answer.status_code == 200)
    for answer in answers:
        if answer.status_code != 200:
            assert_problem(answer, 401, "invalid-token")
    assert Caller(f"Bearer {second['access']}").get(ME).status_code == 200
    assert refresh(second).status_code == 200


def test_a_detected_replay_is_committed_although_it_is_refused(
    first: dict[str, Any], clock: Clock
) -> None:
    assert refresh(first).status_code == 200
    clock.move(timedelta(minutes=1))

    assert refresh(first).status_code == 401

    assert elsewhere(lambda: SignIn.objects.get().ended_at) is not None
