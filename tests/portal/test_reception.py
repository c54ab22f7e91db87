"""One request at a time is worked on; what may have to wait for its client keeps nobody else."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as portal_settings
from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.http import HttpResponse, StreamingHttpResponse

from credentials_portal import bodies, middleware
from credentials_portal.logs import request_id
from credentials_portal.reception import Reception
from tests.portal.asgi import Exchange, pieces_of, scope_of

SECONDS = 10  # after which a test fails that would otherwise never end


class Patient(Exchange):
    """The client stays, and sends no more."""

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)


class Stuck(Patient):
    """Takes the head of an answer, and none of its body."""

    async def send(self, message: dict[str, Any]) -> None:
        await super().send(message)
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()


class Application:
    """Answers with what it was sent and who worked, or as the path says."""

    def __init__(self) -> None:
        self.worked_by: list[str] = []
        self.unfinished: list[bool] = []
        self.closed = threading.Event()
        self.pieces: Iterator[bytes] = iter(())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.worked_by.append(threading.current_thread().name)
        self.unfinished.append(middleware.UNFINISHED in environ)
        path = environ["PATH_INFO"]
        if path == "/broken":
            raise SystemExit("broken")
        start_response("200 OK", [("X-Path", path), ("X-Request-ID", "of the view")])
        if path == "/stream":
            response = StreamingHttpResponse(self.pieces)
            response.close = self.closed.set  # type: ignore[method-assign]
            return response
        return HttpResponse(environ["wsgi.input"].read())


@pytest.fixture(autouse=True)
def _connections_stay() -> Iterator[None]:
    """What the test before left open is not asked about at the end of an answer."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def reception(application: Application) -> Reception:
    return Reception(application)


async def ask(reception: Reception, path: str, exchange: Exchange, **headers: object) -> Exchange:
    told = [
        (name.replace("_", "-").encode(), str(value).encode()) for name, value in headers.items()
    ]
    scope = scope_of(path, headers=told)
    await asyncio.wait_for(reception(scope, exchange.receive, exchange.send), SECONDS)
    return exchange


def asked(reception: Reception, path: str, exchange: Exchange, **headers: object) -> Exchange:
    return asyncio.run(ask(reception, path, exchange, **headers))


class Reads:
    """A view that reads its body, and what it hears instead."""

    def __init__(self) -> None:
        self.heard: BaseException | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        try:
            environ["wsgi.input"].read(5)
        except OSError as error:
            self.heard = error
        start_response("200 OK", [])
        return HttpResponse()


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 100_000], ids=["none", "short", "spooled"])
def test_a_body_of_known_length_is_read_whole_before_the_work(
    reception: Reception, application: Application, body: bytes
) -> None:
    halves = pieces_of(body[: len(body) // 2], body[len(body) // 2 :]) if body else []

    exchange = asked(reception, "/path", Exchange(halves), content_length=len(body))

    assert (exchange.status, exchange.body) == (200, body)
    assert exchange.headers[b"x-path"] == b"/path"
    assert application.worked_by == ["MainThread"]


def test_while_one_waits_for_its_client_another_is_answered(
    reception: Reception, application: Application
) -> None:
    async def both() -> tuple[Exchange, bool]:
        silent = asyncio.ensure_future(ask(reception, "/silent", Patient([]), content_length=2))
        await asyncio.sleep(0)
        other = await ask(reception, "/other", Exchange(pieces_of(b"{}")), content_length=2)
        waits = not silent.done()
        silent.cancel()
        return other, waits

    other, waits = asyncio.run(both())

    assert (other.status, other.body, waits) == (200, b"{}", True)
    assert len(application.worked_by) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"transfer_encoding": "chunked"},
        {"content_length": portal_settings.MAX_BODY_BYTES + 1},
    ],
    ids=["without a length", "too large"],
)
def test_what_is_not_read_before_the_view_is_read_in_a_thread(
    reception: Reception, application: Application, headers: dict[str, Any]
) -> None:
    exchange = asked(reception, "/", Exchange(pieces_of(b"a" * 70_000, b"", b"b")), **headers)

    assert (exchange.status, exchange.body) == (200, b"a" * 70_000 + b"b")
    assert application.worked_by != ["MainThread"]


@pytest.mark.parametrize(
    "came",
    [[], pieces_of(b'{"email":')[:1], pieces_of(b'{"email":')],
    ids=["nothing", "some", "less than announced"],
)
def test_a_body_that_is_cut_off_is_told_as_unfinished(
    reception: Reception, application: Application, came: list[dict[str, Any]]
) -> None:
    exchange = asked(reception, "/", Exchange(came), content_length=20)

    assert (exchange.body, application.unfinished) == (b"", [True])


def test_a_thread_hears_that_its_body_is_cut_off() -> None:
    view = Reads()

    asked(Reception(view), "/", Exchange(pieces_of(b"cut")[:1]), transfer_encoding="chunked")

    assert isinstance(view.heard, bodies.CutOffError)


def test_a_body_that_does_not_come_in_time_is_told_as_unfinished(
    reception: Reception, application: Application, settings: LazySettings
) -> None:
    settings.MAX_BODY_SECONDS = 0.01

    exchange = asked(reception, "/", Patient([]), content_length=20)

    assert (exchange.body, application.unfinished) == (b"", [True])


def test_a_thread_hears_that_its_body_is_late(settings: LazySettings) -> None:
    settings.MAX_BODY_SECONDS = 0.01
    view = Reads()

    asked(Reception(view), "/", Patient([]), transfer_encoding="chunked")

    assert isinstance(view.heard, TimeoutError)


def test_a_stream_is_sent_by_a_thread_of_its_own_that_knows_its_request(
    reception: Reception, application: Application
) -> None:
    def pieces() -> Iterator[bytes]:
        yield threading.current_thread().name.encode() + b" "
        yield request_id.get().encode()

    application.pieces = pieces()

    exchange = asked(reception, "/stream", Patient([]))

    assert application.worked_by == ["MainThread"]
    assert not exchange.body.startswith(b"MainThread")
    assert exchange.body.endswith(b" of the view")
    assert [message.get("more_body") for message in exchange.sent[1:]] == [True, None]
    assert application.closed.is_set()


def test_small_pieces_are_sent_together(reception: Reception, application: Application) -> None:
    application.pieces = iter([b"x"] * 100_000)

    exchange = asked(reception, "/stream", Patient([]))

    assert [len(message["body"]) for message in exchange.sent[1:]] == [65536, 34464, 0]


def test_who_leaves_is_sent_no_more(reception: Reception, application: Application) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            time.sleep(0)
            yield b"x" * bodies.STEP

    application.pieces = endless()

    exchange = asked(reception, "/stream", Exchange([]))

    assert exchange.status == 200
    assert application.closed.is_set()


def test_who_takes_nothing_for_too_long_is_sent_no_more(
    reception: Reception, application: Application, settings: LazySettings
) -> None:
    settings.MAX_BODY_SECONDS = 0.01
    application.pieces = iter([b"x" * bodies.STEP] * 3)
    exchange = Stuck([])

    asked(reception, "/stream", exchange)

    assert [message.get("more_body") for message in exchange.sent] == [None, True]
    assert application.closed.is_set()


def test_a_stream_that_breaks_is_not_ended_as_if_it_were_whole(
    reception: Reception, application: Application
) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"x" * bodies.STEP
        raise OSError("the store is gone")

    application.pieces = breaks()
    exchange = Patient([])

    asked(reception, "/stream", exchange)

    assert exchange.sent[-1]["more_body"] is True
    assert application.closed.is_set()


def test_whatever_a_view_raises_the_next_is_answered(reception: Reception) -> None:
    async def both() -> tuple[Exchange, Exchange]:
        broken = await ask(reception, "/broken", Exchange([]))
        after = Exchange(pieces_of(b"still here"))
        return broken, await ask(reception, "/", after, content_length=10)

    broken, after = asyncio.run(both())

    assert (broken.status, broken.body) == (500, b"")
    assert after.body == b"still here"


def test_all_work_of_the_event_loop_has_one_connection() -> None:
    """Django would give each task one, until the pool has none left."""
    used = set()

    def connects(environ: dict[str, Any], start_response: Any) -> Any:
        used.add(id(connections[DEFAULT_DB_ALIAS]))
        start_response("200 OK", [])
        return HttpResponse()

    reception = Reception(connects)

    async def some() -> list[int]:
        return [(await ask(reception, "/", Exchange([]))).status for _ in range(3)]

    assert asyncio.run(some()) == [200] * 3
    assert len(used) == 1
