"""Uploads pass a ClamAV daemon where there is one; here, one that speaks its protocol."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest

from credentials.models import Diploma
from credentials.storage.base import Store
from credentials.storage.scanning import ClamAv, ScanFailed
from tests.answers import assert_problem, faults
from tests.storage.conftest import announce, keys, put, stored_file
from tests.storage.samples import PDF

# What every scanner takes for a virus, in two parts: this file is none.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """clamd as clamd(8) tells: a command that ends in NUL, chunks with lengths, one answer."""

    def __init__(self, listener: socket.socket, most: int = 25_000_000) -> None:
        self.listener, self.most = listener, most
        self.streams: list[bytes] = []
        self.dies = False

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError), connection.makefile("rwb") as stream:
                    stream.write(self.answer(stream))

    def answer(self, stream: Any) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        data = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            data += stream.read(length)
            if len(data) > self.most:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.streams.append(data)
        if self.dies:
            return b""
        return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def running(listener: socket.socket, **options: Any) -> Iterator[Daemon]:
    listener.listen()
    daemon = Daemon(listener, **options)
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    try:
        yield daemon
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


def on_tcp() -> tuple[socket.socket, SplitResult]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, urlsplit(f"tcp://127.0.0.1:{listener.getsockname()[1]}")


@pytest.fixture
def daemon(settings: Any) -> Iterator[Daemon]:
    listener, settings.CLAMAV = on_tcp()
    with running(listener) as started:
        yield started


def test_a_clean_file_is_kept_and_the_scanner_saw_all_of_it(
    store: Store, diploma: Diploma, daemon: Daemon
) -> None:
    assert put(announce(diploma), PDF).status_code == 204
    assert daemon.streams == [PDF]
    assert len(keys(store)) == 1


def test_an_infected_file_is_refused_and_nothing_is_left(
    store: Store, diploma: Diploma, daemon: Daemon
) -> None:
    infected = PDF + EICAR

    response = put(announce(diploma, infected), infected)

    assert_problem(response, 400, "file-refused")
    assert faults(response) == [("", "virus")]
    assert keys(store) == set()
    assert stored_file(diploma) is None


def test_what_nobody_could_scan_is_not_kept(store: Store, diploma: Diploma, daemon: Daemon) -> None:
    daemon.dies = True

    response = put(announce(diploma), PDF)

    assert_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "30"
    assert keys(store) == set()


def test_without_a_daemon_that_answers_nothing_is_kept(
    local: Store, settings: Any, diploma: Diploma
) -> None:
    listener, settings.CLAMAV = on_tcp()
    listener.close()

    assert_problem(put(announce(diploma), PDF), 503, "unavailable")
    assert keys(local) == set()


def test_a_socket_of_this_machine_is_spoken_to_as_well(tmp_path: Path) -> None:
    path = tmp_path / "clamd.socket"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    with running(listener):
        scanner = ClamAv(urlsplit(f"unix://{path}"))

        assert scanner.threat([b"harmless"]) == ""
        assert scanner.threat([b"", EICAR[:20], EICAR[20:]]) == "Eicar-Signature"


@pytest.mark.parametrize("chunks", [[b"x" * 2000], [b"x" * 65536] * 400])
def test_a_file_longer_than_the_daemon_takes_is_not_called_clean(chunks: list[bytes]) -> None:
    listener, address = on_tcp()
    with running(listener, most=1000), pytest.raises(ScanFailed):
        ClamAv(address).threat(chunks)


def test_a_daemon_that_says_nothing_is_not_waited_for_without_end() -> None:
    listener, address = on_tcp()
    listener.listen()
    with listener, pytest.raises(ScanFailed, match="cannot be reached"):
        ClamAv(address, seconds=0.2).threat([b"x"])
