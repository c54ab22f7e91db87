"""What the first pass read and found good, kept in a file that nobody else has a name for."""

import pickle
from collections.abc import Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import Generic, Self

from credentials.core.importing.description import Item


class Spool(Generic[Item]):
    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def keep(self, line: int, item: Item) -> None:
        pickle.dump((line, item), self._file, pickle.HIGHEST_PROTOCOL)
        self.count += 1

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        self._file.seek(0)
        for _ in range(self.count):
            # Nobody but this process can have written there.
            yield pickle.load(self._file)  # noqa: S301
