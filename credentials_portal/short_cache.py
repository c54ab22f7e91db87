"""What may be a few seconds old: kept in this process, bounded in age and number."""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

# A revoked token must stop everywhere within 5 seconds.
MAX_AGE_SECONDS = 4.0
MAX_ENTRIES = 20_000


class ShortCache(Generic[Value]):
    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[float, Value]] = {}
        self._lock = Lock()
        self._generation = 0

    def get(self, key: Hashable, load: Callable[[], Value]) -> Value:
        entry = self._entries.get(key)
        now = time.monotonic()
        if entry and now - entry[0] < MAX_AGE_SECONDS:
            return entry[1]
        generation = self._generation
        value = load()
        with self._lock:
            if len(self._entries) >= MAX_ENTRIES:
                self._entries.clear()
            # Dropped while we were loading: what we loaded may already be wrong.
            if generation == self._generation:
                self._entries[key] = (now, value)
        return value

    def drop(self) -> None:
        """Forget everything: revocations are rare, and finding the one entry is not worth a map."""
        with self._lock:
            self._generation += 1
            self._entries.clear()
