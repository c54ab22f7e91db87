"""Scanners for viruses: none by default, or a ClamAV daemon."""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from typing import Protocol
from urllib.parse import SplitResult

SECONDS = 30  # for each step of a conversation
# The z says that words end in NUL, both ways. Source: clamd(8), INSTREAM.
COMMAND, CLEAN, FOUND = b"zINSTREAM\0", b"stream: OK", b" FOUND"
MAX_ANSWER = 4096


class ScanFailed(Exception):  # noqa: N818 - of the scanner, not of the file
    """Nobody knows whether the file is harmless."""


class Scanner(Protocol):
    def threat(self, chunks: Iterable[bytes]) -> str:
        """What the file is infected with; blank when nothing was found. Raises ScanFailed."""


class NoScanner:
    def threat(self, chunks: Iterable[bytes]) -> str:
        return ""


class ClamAv:
    """`tcp://host:port`, or `unix:///path/of/its.socket`."""

    def __init__(self, address: SplitResult, seconds: float = SECONDS) -> None:
        self.address, self.seconds = address, seconds

    def threat(self, chunks: Iterable[bytes]) -> str:
        try:
            with closing(self._connect()) as daemon:
                return _judge(_converse(daemon, chunks))
        except OSError as error:
            raise ScanFailed(f"The scanner cannot be reached: {error}") from error

    def _connect(self) -> socket.socket:
        if self.address.scheme == "unix":
            daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            daemon.settimeout(self.seconds)
            daemon.connect(self.address.path)
            return daemon
        return socket.create_connection(
            (self.address.hostname, self.address.port), timeout=self.seconds
        )


def _converse(daemon: socket.socket, chunks: Iterable[bytes]) -> bytes:
    try:
        daemon.sendall(COMMAND)
        for chunk in filter(None, chunks):  # an empty one is the end
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It says why, and hangs up, while we still send: a stream longer than it takes.
        pass
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
        received = daemon.recv(MAX_ANSWER)
        if not received:
            break
        answer += received
    return answer


def _judge(answer: bytes) -> str:
    """Only a whole answer counts: a daemon that dies has found nothing, which is no finding."""
    told, end, _ = answer.partition(b"\0")
    if end and told == CLEAN:
        return ""
    if end and told.endswith(FOUND):
        name = told.removeprefix(b"stream: ").removesuffix(FOUND)
        return name.decode(errors="replace")
    raise ScanFailed(f"The scanner answered {told.decode(errors='replace')!r}.")
