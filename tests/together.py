"""Work on connections of its own, as in other processes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any, TypeVar

import pytest
from django.db import connection

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tenants.walls import platform_work

Answer = TypeVar("Answer")


WAITED_FOR = """
select exists (
    select from pg_locks where not granted
        and transactionid::text = pg_current_xact_id()::xid::text)
"""


@pytest.fixture
def committed_acme(db: None) -> Tenant:
    """For other connections to see."""
    with platform_work():
        return members.create_tenant(slug="acme", name="Acme", by=OPERATOR)


def together(count: int, act: Callable[[int], Answer]) -> list[Answer]:
    """Call `act(0)` … `act(count - 1)` at the same moment, each on its own connection."""
    start = Barrier(count)

    def run(index: int) -> Answer:
        start.wait(timeout=30)
        try:
            return act(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def elsewhere(act: Callable[[], Answer]) -> Answer:
    """Call `act` on another connection, and wait for its answer or error."""
    return together(1, lambda _: act())[0]


def meeting(first: Callable[[Callable[[], None]], Any], second: Callable[[], Answer]) -> Answer:
    """Call `first(meet)`, and `second()` once it meets; the answer of the second.

    `meet` returns when the second waits for what the first's transaction holds.
    """
    has_come = Event()

    def meet() -> None:
        has_come.set()
        until = time.monotonic() + 20
        while not is_waited_for():
            assert time.monotonic() < until

    def be_second() -> Answer:
        assert has_come.wait(20)
        return second()

    acts: list[Callable[[], Any]] = [lambda: first(meet), be_second]
    answer: Answer = together(2, lambda index: acts[index]())[1]
    return answer


def is_waited_for() -> bool:
    """Whether somebody waits for what this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        return bool(cursor.fetchone()[0])
