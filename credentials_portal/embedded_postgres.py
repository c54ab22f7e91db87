"""A private PostgreSQL for development and tests, run from the binaries of a Python package.

Processes that use one data directory share one server and count themselves by locks (`lease`):
who comes first starts it, who goes last stops it, and a server left behind by a killed process is
taken over. It listens on a socket in a private directory only, and knows people by their account
on this machine: there is no password and no port.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from credentials_portal.postgres_server import OWNER, PORT, PostgresServer, ServerError, undisturbed

# Of the systems we know, macOS has the smallest sun_path: 104 bytes with the closing NUL.
MAX_SOCKET_PATH_BYTES = 103
# Not the TMPDIR of whoever asks: all processes of one data directory must arrive at one path.
SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 - its use is checked for a foreign owner


class EmbeddedPostgresError(Exception):
    """One line for the person at the terminal."""


@dataclass(frozen=True)
class Address:
    """Where the portal's database is, for a client of the same account."""

    host: str
    port: int = PORT
    user: str = OWNER
    name: str = OWNER

    def as_settings(self) -> dict[str, str]:
        return {"HOST": self.host, "PORT": str(self.port), "USER": self.user, "NAME": self.name}


def address(data_dir: Path) -> Address:
    """Computed, not looked up: settings need it before any server runs."""
    directory = data_dir.resolve()
    sockets = directory / "run"
    longest = os.fsencode(sockets / f".s.PGSQL.{PORT}")
    # libpq reads a comma as the start of a second host.
    if len(longest) > MAX_SOCKET_PATH_BYTES or b"," in longest:
        name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
        sockets = SHORT_DIRECTORY / f"credentials-portal-{os.geteuid()}-{name}"
    return Address(host=str(sockets))


@contextlib.contextmanager
def lease(data_dir: Path, *, options: Mapping[str, str] | None = None) -> Iterator[Address]:
    """Keep the server of `data_dir` running; `options` are its settings, if it must be started."""
    directory = data_dir.resolve()
    here = address(directory)
    server = PostgresServer(directory, Path(here.host), options or {})
    with _one_line_for_failures(directory):
        directory.mkdir(parents=True, exist_ok=True)
        users = (directory / "postgres.users").open("a")
    with users:
        try:
            with _one_line_for_failures(directory), _alone(directory):
                fcntl.flock(users, fcntl.LOCK_SH)
                server.ensure_running()
            yield here
        finally:
            with undisturbed(), _alone(directory):
                if _is_last(users):
                    server.stop()
                server.forget()
                # Before the next one may ask whether it is the last.
                users.close()


@contextlib.contextmanager
def _one_line_for_failures(directory: Path) -> Iterator[None]:
    try:
        yield
    except (ServerError, OSError, subprocess.SubprocessError, psycopg.Error) as error:
        reason = " ".join(str(error).split())
        raise EmbeddedPostgresError(f"PostgreSQL in {directory}: {reason}") from error


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One process at a time starts or stops the server; the others wait here."""
    with (directory / "postgres.start").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    """Whether no other process holds a lease; gives up the own one."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
