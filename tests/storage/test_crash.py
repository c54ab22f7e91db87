"""A portal that is killed during uploads keeps what it acknowledged; the audit mends the rest."""

import itertools
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from credentials.demo.cast import PASSWORD
from tests.clusters import connected_to, lay_out, told
from tests.external.portal import Portal

DIPLOMAS, WRITERS = 4, 4
# Replaced again and again: each upload writes an object and deletes another.
KILL_AFTER = (1, 5, 12)
SIZE = 300_000


def content(version: int) -> bytes:
    return f"{version:08d}\n".encode().ljust(SIZE, b".")


class Client:
    """Sends files, and remembers which version each diploma was promised to have."""

    def __init__(self, portal: Portal, promised: dict[int, int]) -> None:
        self.portal, self.promised = portal, promised
        who = {"username": "sofia", "password": PASSWORD}
        status, _, tokens = portal.call("POST", "/api/v1/token", who)
        assert status == 200, tokens
        self.both = {
            "Authorization": f"Bearer {tokens['access']}",
            "x_session_token": tokens["session"],
        }

    def call(self, method: str, path: str, body: Any = None) -> Any:
        status, _, answer = self.portal.call(method, f"/api/v1{path}", body, **self.both)
        assert status < 300, answer
        return answer

    def send(self, diploma: int, version: int) -> None:
        attachment = {"name": "diploma.txt", "mimeType": "text/plain", "size": SIZE}
        path = f"/users/me/diplomas/{diploma}"
        url = self.call("PATCH", path, {"attachment": attachment})["uploadUrl"]
        request = urllib.request.Request(url, data=content(version), method="PUT")  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            assert answer.status == 204
        self.promised[diploma] = version

    def stored(self, diploma: int) -> bytes:
        url = self.call("GET", f"/users/me/diplomas/{diploma}")["presignedUrl"]
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310
            found: bytes = answer.read()
            return found

    def send_until_killed(self, enough: int, kill: Callable[[], None]) -> dict[int, int]:
        """The versions that were under way."""
        done, reached = itertools.count(1), Event()

        def write(diploma: int) -> int:
            for version in itertools.count(self.promised.get(diploma, 0) + 1):
                try:
                    self.send(diploma, version)
                except (urllib.error.URLError, HTTPException, OSError):
                    return version
                if next(done) >= enough:
                    reached.set()
            raise AssertionError

        with ThreadPoolExecutor(WRITERS) as pool:
            under_way = {diploma: pool.submit(write, diploma) for diploma in self.promised}
            assert reached.wait(timeout=60)
            kill()
            return {diploma: future.result(timeout=60) for diploma, future in under_way.items()}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Portal]]:
    started: list[Portal] = []

    def start() -> Portal:
        started.append(Portal(tmp_path, {"THROTTLE_ADDRESS": "0", "THROTTLE_USER": "0"}))
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.stop()


def files_in(directory: Path) -> list[Path]:
    return [path for path in (directory / "files").rglob("*") if path.is_file()]


def age(directory: Path) -> None:
    """Two hours: what is young may be of an upload under way."""
    for place in directory.rglob("*"):
        then = place.lstat().st_mtime - 7200
        os.utime(place, (then, then))


def test_after_each_kill_no_acknowledged_file_is_lost_and_the_audit_leaves_nothing_over(
    tmp_path: Path,
    start: Callable[[], Portal],
    settings: Any,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    lay_out(tmp_path, demo=True)
    settings.FILES_DIR = tmp_path / "files"
    client = Client(start(), {})
    of_the_demo = set(files_in(tmp_path))
    title = client.call("POST", "/titles", {"name": "Survivor of crashes"})["id"]
    for _ in range(DIPLOMAS):
        made = client.call("POST", "/users/me/diplomas", {"titleId": title})
        client.promised[made["diploma"]["id"]] = 0

    for enough in KILL_AFTER:
        process = client.portal.process
        before = dict(client.promised)
        under_way = client.send_until_killed(enough, partial(os.kill, process.pid, signal.SIGKILL))
        process.communicate(timeout=20)
        client = Client(start(), client.promised)
        age(tmp_path / "files")
        with connected_to(tmp_path, django_db_blocker):
            assert told("storage_audit", "--fix")["left"] == 0
            assert told("storage_audit") == {"findings": [], "left": 0}

        assert client.promised != before
        kept = set(files_in(tmp_path))
        assert of_the_demo <= kept
        for diploma, version in client.promised.items():
            if version:
                # What was under way may have been done, its answer lost.
                assert client.stored(diploma) in {content(version), content(under_way[diploma])}
        assert len(kept - of_the_demo) <= DIPLOMAS
