"""One thread works; what may have to wait for its client does so in a thread of its own."""

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from credentials_portal import underway
from credentials_portal.handover import Handover
from credentials_portal.logs import request_id

SECONDS = 10  # after which a test fails that would otherwise never end


class Protocol:
    """The server's side of one request."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self.headers: list[tuple[str, str]] = []
        self.sent_by = ""
        self.answered = threading.Event()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body
        self.sent_by = threading.current_thread().name
        self.answered.set()

    def response_iter(self, status: int, headers: list[tuple[str, str]], body: Any) -> None:
        pieces = b"".join(body)
        body.close()
        self.response_bytes(status, headers, pieces)


class Application:
    """Answers with what it was sent and who worked, or as the path says."""

    def __init__(self) -> None:
        self.worked_by: list[str] = []
        self.closed = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.worked_by.append(threading.current_thread().name)
        if environ["PATH_INFO"] == "/broken":
            raise SystemExit("broken")
        start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
        if environ["PATH_INFO"] == "/stream":
            request_id.set("of the view")
            response = StreamingHttpResponse(pieces())
            response.close = self.closed.set  # type: ignore[method-assign]
            return response
        return HttpResponse(environ["wsgi.input"].read())


def pieces() -> Iterator[bytes]:
    yield threading.current_thread().name.encode()
    yield request_id.get().encode()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def handover(application: Application) -> Handover:
    return Handover(application)


def ask(handover: Handover, path: str = "/", body: bytes = b"", **scope: str) -> Protocol:
    protocol = Protocol()
    length = {"CONTENT_LENGTH": str(len(body))} if body else {}
    handover.receive(protocol, {"PATH_INFO": path, "wsgi.input": BytesIO(body), **length, **scope})
    return protocol


def answer(protocol: Protocol) -> tuple[int, bytes]:
    assert protocol.answered.wait(SECONDS)
    return protocol.status, protocol.body


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 100_000], ids=["none", "short", "spooled"])
def test_one_thread_works_on_what_has_come(
    handover: Handover, application: Application, body: bytes
) -> None:
    first, second = ask(handover, body=body), ask(handover, "/second", body)

    assert (answer(first), answer(second)) == ((200, body), (200, body))
    assert second.headers[0] == ("X-Path", "/second")
    assert application.worked_by == ["work", "work"]


def test_a_body_without_a_length_is_read_by_who_received_it(
    handover: Handover, application: Application
) -> None:
    chunked = ask(handover, HTTP_TRANSFER_ENCODING="chunked")

    assert answer(chunked) == (200, b"")
    assert application.worked_by == [threading.current_thread().name]


def test_a_body_that_is_too_large_is_not_read_before_the_view(
    handover: Handover, application: Application
) -> None:
    protocol = ask(handover, body=b"x", CONTENT_LENGTH=str(settings.MAX_BODY_BYTES + 1))

    assert answer(protocol) == (200, b"x")
    assert application.worked_by == [threading.current_thread().name]


def test_a_body_that_is_cut_off_is_not_acted_on(
    handover: Handover, application: Application
) -> None:
    protocol = ask(handover, body=b'{"email":', CONTENT_LENGTH="20")

    assert answer(protocol) == (400, b"")
    assert protocol.headers == [("connection", "close")]
    assert application.worked_by == []


def test_a_stream_is_sent_by_a_thread_of_its_own_that_knows_its_request(
    handover: Handover, application: Application
) -> None:
    status, body = answer(ask(handover, "/stream"))

    assert (status, application.worked_by) == (200, ["work"])
    assert not body.startswith(b"work")
    assert body.endswith(b"of the view")
    assert application.closed.is_set()


def test_whatever_a_view_raises_the_thread_goes_on(handover: Handover) -> None:
    broken = ask(handover, "/broken")
    after = ask(handover, body=b"still here")

    assert answer(after) == (200, b"still here")
    assert not broken.answered.is_set()


def test_nothing_stays_underway(handover: Handover, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Semaphore(0)
    left: set[underway.Request] = set()

    def end(request: underway.Request) -> None:
        left.discard(request)
        ended.release()

    monkeypatch.setattr(underway, "_all", left)
    monkeypatch.setattr(underway, "end", end)

    for path in ("/", "/broken", "/stream"):
        ask(handover, path, b"body")
    ask(handover, body=b"cut", CONTENT_LENGTH="9")

    assert all(ended.acquire(timeout=SECONDS) for _ in range(4))
    assert left == set()
