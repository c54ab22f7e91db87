"""Seals events while the portal is served, beside the processes that answer requests."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from credentials_portal.connections import give_back
from tenants import sealing

PAUSE = 1.0  # seconds
# Of the time that it takes: where that is long, it comes less often.
SHARE = 1 / 20
SECONDS_TO_FINISH = 2

logger = logging.getLogger(__name__)


@contextmanager
def at_work() -> Iterator[None]:
    ended = threading.Event()
    thread = threading.Thread(target=_work, args=(ended,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(SECONDS_TO_FINISH)


def _work(ended: threading.Event) -> None:
    pause = PAUSE
    while not ended.wait(pause):
        started = time.monotonic()
        try:
            sealing.seal_all()
        except Exception:
            # The database is away, or another's: events wait for their seal, and nothing else does.
            logger.exception("Events could not be sealed; trying again.")
        finally:
            give_back()
        pause = max(PAUSE, (time.monotonic() - started) / SHARE)
