"""JSON lines with a request id, and nothing of a person or a secret in any of them."""

import json
import logging
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client

from credentials_portal.logs import JsonFormatter
from tenants.models import Membership, Tenant
from tests.conftest import PASSWORD, Caller, make_member, with_key
from tests.factories import micro_credential_body

pytestmark = pytest.mark.urls("tests.portal.broken")

ME = "/api/v1/users/me"
LIST = "/api/v1/user-micro-credentials"
NEW_PASSWORD = "an even longer and more winding passphrase"


class Lines(logging.StreamHandler[StringIO]):
    def __init__(self) -> None:
        super().__init__(StringIO())
        self.setFormatter(JsonFormatter())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """All that the portal logs, with its most talkative level."""
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def bad_requests(person: Caller) -> list[Any]:
    anonymous, sent = Caller(), {"username": "ada", "password": "wr0ng"}
    return [
        *(anonymous.post("/api/v1/token", sent) for _ in range(6)),
        anonymous.post("/api/v1/token", sent | {"username": "nobody@x.example"}),
        person.patch(ME, {"password": "wr0ng", "old_password": "wr0ng"}),
        person.get(f"{LIST}/Enchantress/ada@acme.example"),
        person.post(LIST, {"title": ""}, headers={"Idempotency-Key": "k3y-of-ada"}),
        person.post("/broken", {"failure": "database"}),
        person.post("/broken", {"failure": "code"}),
        person.get("/outside-the-api"),
        person.get("/forbidden"),
        Caller("Bearer st0len").get(ME),
        Client().get("/", headers={"Host": "evil.example"}),
        person.request("patch", ME, b"{broken ada@acme.example"),
        person.patch(ME, b"", CONTENT_LENGTH="9" * 9, **{"wsgi.input": BytesIO(b"{}")}),
    ]


def whole_session(ada: Membership) -> tuple[list[Any], list[str]]:
    """The answers to a session of good and bad requests, and what must not be logged of it."""
    anonymous = Caller()
    signed_in = anonymous.post("/api/v1/token", {"username": "ada", "password": PASSWORD})
    tokens = signed_in.json()
    person, integration = Caller(f"Bearer {tokens['access']}"), with_key(ada)
    passwords = {"password": NEW_PASSWORD, "old_password": PASSWORD}
    answers = [
        signed_in,
        person.patch(ME, {"first_name": "Augusta", "last_name": "Lovelace"}),
        person.post(LIST, micro_credential_body(title="Enchantress of Numbers")),
        person.get(LIST, {"search": "Enchantress"}),
        integration.get(ME),
        *bad_requests(person),
        person.patch(ME, passwords, REMOTE_ADDR="192.0.2.2"),
        anonymous.post("/api/v1/token/refresh", tokens),
        anonymous.post("/api/v1/token/refresh", tokens),
        anonymous.post("/api/v1/logout", tokens),
    ]
    secrets = [
        *(tokens[kind] for kind in ("access", "refresh", "session")),
        integration.authorization.split()[1],
        *("Augusta", "Lovelace", "Enchantress", "ada@acme.example", "nobody@x.example"),
        *(PASSWORD, NEW_PASSWORD, "wr0ng", "st0len", "hunter2", "k3y-of-ada", "192.0.2.2"),
        ada.user.password,
    ]
    return answers, secrets


def test_no_line_of_a_whole_session_holds_a_secret_or_a_person(acme: Tenant, lines: Lines) -> None:
    answers, secrets = whole_session(make_member(acme, "ada"))

    assert {answer.status_code for answer in answers} >= {
        200,
        204,
        400,
        401,
        403,
        404,
        413,
        429,
        500,
    }
    assert lines.text.count("unforeseen") == 3
    for secret in secrets:
        assert secret not in lines.text


def test_every_line_of_a_request_carries_its_id(acme: Tenant, lines: Lines) -> None:
    answers, _ = whole_session(make_member(acme, "ada"))

    identifiers = {answer.headers["X-Request-ID"] for answer in answers}
    assert len(identifiers) == len(answers)
    for line in lines.parsed():
        assert line["request_id"]
        assert {"time", "level", "logger", "message"} <= set(line)
    summaries = [line for line in lines.parsed() if line["message"] == "request"]
    assert identifiers <= {line["request_id"] for line in summaries}


def test_a_request_is_one_line_with_its_route_status_and_duration(
    member: Caller, lines: Lines
) -> None:
    member.get("/api/v1/user-micro-credential/12345", headers={"X-Request-ID": "given-by-proxy"})

    (line,) = (line for line in lines.parsed() if line["message"] == "request")
    assert line["request_id"] == "given-by-proxy"
    assert (line["method"], line["status"]) == ("GET", 404)
    assert line["route"] == "api/v1/user-micro-credential/<str:record>"
    assert line["milliseconds"] > 0
    assert "12345" not in lines.text


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space", 'quo"te-quote', "<script>alert</script>", "é" * 10]
)
def test_a_made_up_request_id_is_replaced(member: Caller, lines: Lines, given: str) -> None:
    response = member.get(ME, headers={"X-Request-ID": given})

    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32
    assert given not in lines.text


def test_an_error_is_logged_by_its_kind_and_place_without_its_text() -> None:
    def fail() -> None:
        raise ValueError("ada@acme.example")

    lines = Lines()
    logger = logging.Logger("one")
    logger.addHandler(lines)
    try:
        fail()
    except ValueError:
        logger.exception("failed")

    (line,) = lines.parsed()
    assert line["error"]["type"] == "builtins.ValueError"
    assert line["error"]["at"][-1].endswith(" fail")
    assert "ada@acme.example" not in lines.text
