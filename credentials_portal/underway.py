"""The requests that this process has in hand, and whether each waits for its client."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Request:
    started: float = field(default_factory=time.monotonic)
    waits_for_client: bool = False

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        self.waits_for_client = True
        try:
            yield
        finally:
            self.waits_for_client = False


_all: set[Request] = set()


def begin() -> Request:
    request = Request()
    _all.add(request)
    return request


def end(request: Request) -> None:
    _all.discard(request)


def started_before(moment: float) -> tuple[int, int]:
    """How many requests began before it: those that wait for their client, and the others."""
    old = [request for request in tuple(_all) if request.started < moment]
    waiting = sum(request.waits_for_client for request in old)
    return waiting, len(old) - waiting
