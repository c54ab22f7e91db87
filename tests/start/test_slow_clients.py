"""Clients that send their bodies slowly, or never to the end, keep nobody else waiting."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.clusters import lay_out
from tests.start.portals import SERVE, Portal, portal

CLIENTS, BYTES_PER_SECOND = 20, 1000
LENGTH = 500_000
SECONDS = 4  # that a body may take, where one never ends
SIGN_IN = "/api/v1/token"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One for all that leave it as it was."""
    data_dir = tmp_path_factory.mktemp("portal")
    lay_out(data_dir)
    with portal(data_dir, *SERVE) as started:
        yield started


def begin(port: int, length: int = LENGTH) -> socket.socket:
    """Sends the head of a request, and nothing of its body."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return connection


def begin_chunked(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{"\r\n'.encode()
    )
    return connection


@contextlib.contextmanager
def slow_clients(port: int) -> Iterator[None]:
    enough = threading.Event()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(begin(port)) for _ in range(CLIENTS)]

        def send() -> None:
            while not enough.wait(0.1):
                for connection in connections:
                    connection.sendall(b" " * (BYTES_PER_SECOND // 10))

        sender = threading.Thread(target=send)
        sender.start()
        try:
            yield
        finally:
            enough.set()
            sender.join()


def median_of_gets(running: Portal) -> float:
    seconds = []
    for _ in range(40):
        started = time.monotonic()
        assert running.get("/readyz") == 200
        seconds.append(time.monotonic() - started)
    return median(seconds)


def test_gets_and_short_posts_are_answered_while_twenty_clients_send_slowly(
    running: Portal,
) -> None:
    median_of_gets(running)
    alone = median_of_gets(running)

    with slow_clients(running.port):
        among = median_of_gets(running)
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", SIGN_IN, b"{", {"Content-Type": "application/json"})
            status = connection.getresponse().status

    assert among < 5 * alone
    assert status == 400


def answered(connection: socket.socket) -> tuple[int, str]:
    """The status and the problem, when the server has ended the connection."""
    received = b""
    while more := connection.recv(65536):
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["type"]


def test_a_body_that_never_ends_is_refused_and_one_that_comes_in_time_is_read(
    tmp_path: Path,
) -> None:
    lay_out(tmp_path)
    with portal(tmp_path, "env", f"MAX_BODY_SECONDS={SECONDS}", *SERVE) as running:
        started = time.monotonic()
        with begin(running.port) as silent, begin(running.port, 2) as late:
            chunked = begin_chunked(running.port)
            time.sleep(SECONDS / 4)
            late.sendall(b"{]")
            answer = late.recv(65536)
            refused = [answered(silent), answered(chunked)]
            seconds = time.monotonic() - started
            chunked.close()

        assert running.get("/readyz") == 200

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert refused == [(408, "/problems/request-timeout")] * 2
    assert SECONDS <= seconds < 5 * SECONDS


def test_who_begins_http_2_is_hung_up_on(running: Portal) -> None:
    """A server of both waits without end to hear which of them a silent client speaks."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")

        assert connection.recv(65536) == b""


def test_many_that_wait_leave_none_without_an_answer(running: Portal) -> None:
    """More and more of them: a server that starts threads for them may start one too few."""
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            for _ in range(CLIENTS):
                stack.enter_context(begin(running.port))
            assert [running.get("/healthz") for _ in range(5)] == [200] * 5
