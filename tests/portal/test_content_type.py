"""A Content-Type that is read by Django itself, for whoever asks."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from credentials_portal.wsgi import application


@pytest.fixture(autouse=True)
def _connections() -> Iterator[None]:
    """Left alone, as by Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def read(content_type: str) -> str:
    """What is left of it when the request is answered."""
    environ: dict[str, Any] = {"PATH_INFO": "/healthz", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    environ |= {"HTTP_HOST": "testserver", "wsgi.input": BytesIO()}
    statuses: list[str] = []
    application(environ, lambda status, *_: statuses.append(status))
    assert statuses == ["200 OK"]
    return str(environ["CONTENT_TYPE"])


@pytest.mark.parametrize("opening", ["", 'x="'], ids=["outside", "in quotes"])
def test_one_of_many_parameters_takes_no_time(opening: str) -> None:
    started = time.process_time()

    assert read(f"application/json; {opening}{';' * 30_000}") == "application/json"

    assert time.process_time() - started < 0.5


def test_a_usual_one_is_left_as_it_is() -> None:
    usual = "multipart/form-data; boundary=x; charset=utf-8"

    assert read(usual) == usual
