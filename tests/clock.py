"""Time, as far as the portal can tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from credentials_portal import short_cache

# Past the age at which anything kept in a process is looked up again.
FIVE_SECONDS = timedelta(seconds=5)


class Clock:
    """Stands still until moved. The calendar and the monotonic clock move together."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self._elapsed = 0.0

    def move(self, step: timedelta) -> None:
        self._traveller.shift(step)
        self._elapsed += step.total_seconds()

    def monotonic(self) -> float:
        return self._elapsed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        frozen = Clock(traveller)
        monkeypatch.setattr(short_cache, "time", SimpleNamespace(monotonic=frozen.monotonic))
        yield frozen
