"""A portal that is killed in the middle of writes loses nothing it acknowledged, nor doubles it."""

import contextlib
import itertools
import os
import signal
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import psycopg
import pytest

from credentials.demo.cast import PASSWORD
from credentials_portal.embedded_postgres import address
from tests.clusters import lay_out
from tests.external.portal import Portal
from tests.factories import micro_credential_body

LIST = "/api/v1/user-micro-credentials"
WRITERS, ENOUGH = 4, 60
# Of every tenant: what was written, and what is kept beside it.
COUNTS = """
select
    (select count(*) from credentials_microcredential where state = 1),
    (select sum(rows) from tenants_rowcount where kind = 'microcredential'),
    (select count(*) from credentials_microcredential),
    (select count(*) from tenants_lookup where kind = 'microcredential'),
    (select count(*) from tenants_event where object_kind = 'microcredential'),
    (select count(*) from tenants_eventcontent c join tenants_event e on e.id = c.event_id
        where e.object_kind = 'microcredential'),
    (select count(*) from tenants_storedanswer)
"""


def children(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        # It may have ended meanwhile.
        with contextlib.suppress(OSError):
            for child in listing.read_text().split():
                found += children(int(child))
    return found


def kill_the_portal(portal: Portal, data_dir: Path) -> None:
    """Its workers end by themselves; the database stays, for the next portal to take over."""
    os.kill(portal.process.pid, signal.SIGKILL)


def kill_everything(portal: Portal, data_dir: Path) -> None:
    database = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    doomed = children(database) + children(portal.process.pid)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


class Counts(NamedTuple):
    live: int
    kept: int
    rows: int
    look_ups: int
    events: int
    contents: int
    answers: int


def counts(data_dir: Path) -> Counts:
    here = address(data_dir)
    with psycopg.connect(host=here.host, port=here.port, user=here.user, dbname=here.name) as own:
        own.execute("set local role portal_platform")
        found: Any = own.execute(COUNTS).fetchone()
    return Counts(*map(int, found))


def assert_consistent(found: Counts, *, written: int) -> None:
    """What is kept beside the rows tells the same as they do."""
    assert found.kept == found.live
    assert found.look_ups == found.events == found.contents == found.rows
    assert found.answers == written


class Client:
    """Writes with keys, and remembers what it was promised."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.promised: dict[str, Any] = {}
        self.unanswered: set[str] = set()
        who = {"username": "ibrahim", "password": PASSWORD}
        _, _, tokens = portal.call("POST", "/api/v1/token", who)
        self.authorization = f"Bearer {tokens['access']}"

    def post(self, key: str) -> tuple[int, bool, Any]:
        """The status, whether the answer is a replay, and the answer."""
        sent = {"Authorization": self.authorization, "Idempotency_Key": key}
        body = micro_credential_body(title=key)
        status, headers, answer = self.portal.call("POST", LIST, body, **sent)
        return status, "idempotency-replayed" in {name.lower() for name in headers}, answer

    def listed(self) -> tuple[int, list[str]]:
        """The count and the titles of what this client wrote, as the portal lists it."""
        query = "?limit=500&search=crash-"
        answer = self.portal.call("GET", LIST + query, Authorization=self.authorization)[2]
        return answer["count"], sorted(record["title"] for record in answer["results"])

    def write_until_killed(self, run: str, kill: Callable[[], None]) -> None:
        enough, target = Event(), len(self.promised) + ENOUGH

        def write(writer: int) -> None:
            for number in itertools.count():
                key = f"crash-{run}-{writer}-{number}"
                try:
                    status, _, answer = self.post(key)
                except (urllib.error.URLError, HTTPException, OSError):
                    self.unanswered.add(key)
                    return
                assert status == 200, answer
                self.promised[key] = answer
                if len(self.promised) >= target:
                    enough.set()

        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write, index) for index in range(WRITERS)]
            assert enough.wait(timeout=60)
            kill()
            for writer in writers:
                writer.result(timeout=60)

    def retry(self, key: str) -> tuple[bool, Any]:
        # A transaction that died with its process may hold the key for a moment longer.
        for _ in range(500):
            status, is_replay, answer = self.post(key)
            if status != 409:
                break
        assert status == 200, answer
        return is_replay, answer


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Portal]]:
    """Start a portal on the same data as the one before it."""
    started: list[Portal] = []

    def start() -> Portal:
        started.append(Portal(tmp_path))
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.stop()


def test_after_each_kill_every_promise_is_kept_and_every_retry_counts_once(
    tmp_path: Path, start: Callable[[], Portal]
) -> None:
    lay_out(tmp_path, demo=True)
    client = Client(start())
    first = counts(tmp_path).rows

    for kill in (kill_the_portal, kill_everything):
        client.write_until_killed(kill.__name__, partial(kill, client.portal, tmp_path))
        client.portal.process.communicate(timeout=20)
        client.portal = start()

        found, (count, titles) = counts(tmp_path), client.listed()
        written = found.rows - first
        assert_consistent(found, written=written)
        assert len(client.promised) <= written <= len(client.promised) + len(client.unanswered)
        assert set(client.promised) <= set(titles)
        assert count == len(set(titles)) == written

        for key, promise in client.promised.items():
            assert client.retry(key) == (True, promise)
        for key in client.unanswered:
            _, client.promised[key] = client.retry(key)
        assert len(client.unanswered) == WRITERS
        client.unanswered.clear()
        found = counts(tmp_path)
        assert found.rows - first == len(client.promised)
        assert_consistent(found, written=len(client.promised))
        assert client.listed() == (len(client.promised), sorted(client.promised))
