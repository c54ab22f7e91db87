"""What nobody foresaw is a 500 that tells the caller nothing, and the log where it happened."""

import json
import logging
from typing import Any

import pytest

from credentials.models import MicroCredential
from credentials_portal.logs import JsonFormatter
from tenants.models import Event
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.portal.broken import SECRET

pytestmark = pytest.mark.urls("tests.portal.broken")


@pytest.mark.parametrize("failure", ["code", "database"])
def test_an_unforeseen_failure_is_500_without_inner_text_and_leaves_nothing(
    member: Caller, failure: str
) -> None:
    events = Event.objects.count()

    response = member.post("/broken", {"failure": failure})

    assert_problem(response, 500, "internal")
    assert SECRET not in response.content.decode()
    assert set(response.json()) == {"type", "title", "status", "detail"}
    assert len(response.headers["X-Request-ID"]) == 32
    assert not MicroCredential.objects.exists()
    assert Event.objects.count() == events


def test_a_failure_outside_the_api_is_the_same_500(anonymous: Caller) -> None:
    response = anonymous.get("/outside-the-api")

    assert_problem(response, 500, "internal")
    assert SECRET not in response.content.decode()
    assert response.headers["X-Request-ID"]


def test_a_refusal_outside_the_api_gives_no_reason_away(anonymous: Caller) -> None:
    response = anonymous.get("/forbidden")

    assert_problem(response, 403, "forbidden")
    assert SECRET not in response.content.decode()


def test_an_action_that_names_no_role_is_refused_to_everybody(superuser: Caller) -> None:
    assert_problem(superuser.get("/roleless"), 403, "forbidden")


@pytest.mark.parametrize("path", ["/broken", "/outside-the-api"])
def test_an_unforeseen_failure_is_logged_with_its_place_and_request_but_no_values(
    member: Caller, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.INFO):
        send: Any = member.post if path == "/broken" else member.get
        response = send(path, {"failure": "database"})

    lines = [json.loads(line) for line in caplog.text.splitlines()]
    failure = next(line for line in lines if line["message"] == "unforeseen")
    assert failure["request_id"] == response.headers["X-Request-ID"]
    assert any("tests/portal/broken.py" in place for place in failure["error"]["at"])
    assert SECRET not in caplog.text
