"""What may be a few seconds old: kept in this process, bounded in age and number."""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

# A revoked token must stop everywhere within 5 seconds.
MAX_AGE_SECONDS = 4.0
MAX_ENTRIES = 20_000

Question = tuple[float, int]  # when it was asked, and of which generation


class ShortCache(Generic[Value]):
    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[float, Value]] = {}
        self._lock = Lock()
        self._generation = 0

    def get(self, key: Hashable, load: Callable[[], Value]) -> Value:
        entry = self._entries.get(key)
        if entry and time.monotonic() - entry[0] < MAX_AGE_SECONDS:
            return entry[1]
        question = self.question()
        value = load()
        self.put(key, value, question)
        return value

    def question(self) -> Question:
        """To be made before the look-up whose answer is `put`."""
        return time.monotonic(), self._generation

    def put(self, key: Hashable, value: Value, question: Question) -> None:
        asked, generation = question
        with self._lock:
            if len(self._entries) >= MAX_ENTRIES:
                self._entries.clear()
            # Dropped while we were asking: what we were told may already be wrong.
            if generation == self._generation:
                self._entries[key] = (asked, value)

    def drop(self) -> None:
        """Forget everything: revocations are rare, and finding the one entry is not worth a map."""
        with self._lock:
            self._generation += 1
            self._entries.clear()
