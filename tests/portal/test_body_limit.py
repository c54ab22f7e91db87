"""A body past the limit is 413 before anything reads it, with a length or without."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from tests.answers import assert_problem
from tests.conftest import Caller

ME = "/api/v1/users/me"


def body_of(size: int) -> bytes:
    """A valid change of a name, padded with white space."""
    return b'{"first_name":"A"}'.ljust(size)


def send_in_chunks(caller: Caller, body: BytesIO) -> Any:
    """As a server hands over a request without a length."""
    return caller.request(
        "patch",
        ME,
        b"",
        HTTP_TRANSFER_ENCODING="Chunked",
        CONTENT_LENGTH="",
        CONTENT_TYPE="application/json",
        **{"wsgi.input": body},
    )


def test_a_body_of_the_greatest_size_is_read(member: Caller) -> None:
    response = member.request("patch", ME, body_of(settings.MAX_BODY_BYTES))

    assert (response.status_code, response.json()["first_name"]) == (200, "A")


def test_a_body_one_byte_larger_is_413_and_changes_nothing(member: Caller) -> None:
    response = member.request("patch", ME, body_of(settings.MAX_BODY_BYTES + 1))

    assert_problem(response, 413, "body-too-large")
    assert response.headers["X-Request-ID"]
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_a_chunked_body_is_read_like_any_other(member: Caller) -> None:
    response = send_in_chunks(member, BytesIO(b'{"first_name":"A"}'))

    assert (response.status_code, response.json()["first_name"]) == (200, "A")


def test_a_chunked_body_that_never_ends_is_413(member: Caller) -> None:
    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size >= 0, "the whole of an endless body"
            self.taken += size
            return b" " * size

    endless = Endless()

    response = send_in_chunks(member, endless)

    assert_problem(response, 413, "body-too-large")
    assert endless.taken < 2 * settings.MAX_BODY_BYTES


@pytest.mark.parametrize("length", ["100000000", "9" * 30])
def test_a_declared_length_is_refused_without_reading_so_much(db: None, length: str) -> None:
    body = BytesIO(b" " * 1000)
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/token",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": length,
        "CONTENT_TYPE": "application/json",
        "wsgi.input": body,
        "wsgi.url_scheme": "http",
        "wsgi.errors": BytesIO(),
    }
    answer: list[Any] = []

    WSGIHandler()(environ, lambda status, headers: answer.extend([status, dict(headers)]))

    assert answer[0].startswith("413")
    assert answer[1]["Content-Type"] == "application/problem+json"
    assert answer[1]["Connection"] == "close"
