"""One request of a process works at a time; whoever waits for its client lets the next one in.

The interpreter runs one thread at a time anyway: more at work would only take turns, each with a
connection to the database. Those that wait for a slow client cost a thread that sleeps.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Underway:
    """A request that a thread of the server has in hand; times are of the monotonic clock."""

    started: float
    waits_for_client: bool = False
    at_work: bool = False


_gate = threading.Lock()
_by_thread: dict[int, Underway] = {}


@contextlib.contextmanager
def underway() -> Iterator[None]:
    """Around the whole of a request, its body and its answer."""
    thread = threading.get_ident()
    _by_thread[thread] = Underway(time.monotonic())
    try:
        yield
    finally:
        del _by_thread[thread]


@contextlib.contextmanager
def entered() -> Iterator[None]:
    """For what works: until the block ends, no other request of this process does."""
    request = _by_thread.get(threading.get_ident())
    with _gate:
        if request:
            request.at_work = True
        try:
            yield
        finally:
            if request:
                request.at_work = False


@contextlib.contextmanager
def left() -> Iterator[None]:
    """While waiting for the client. Hold no transaction: others work meanwhile.

    Outside of a request that the server handed over, nothing happens.
    """
    request = _by_thread.get(threading.get_ident())
    if request is None:
        yield
        return
    was_at_work, request.at_work, request.waits_for_client = request.at_work, False, True
    if was_at_work:
        _gate.release()
    try:
        yield
    finally:
        request.waits_for_client = False
        if was_at_work:
            _gate.acquire()
            request.at_work = True


def started_before(moment: float) -> tuple[int, int]:
    """How many requests began before it: those that wait for their client, and the others."""
    old = [request for request in tuple(_by_thread.values()) if request.started < moment]
    waiting = sum(request.waits_for_client for request in old)
    return waiting, len(old) - waiting
