"""CSV that people open in a spreadsheet: no text of ours is run there as a formula."""

import csv
from collections.abc import Iterable
from typing import Any, Protocol

# By these a spreadsheet knows a formula; it drops a tab or a carriage return before one.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def safe(value: Any) -> Any:
    """The value for a cell: text that looks like a formula starts with an apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class SafeWriter:
    """Writes rows as CSV, for a file or anything else that takes text."""

    def __init__(self, stream: Writable) -> None:
        self._writer = csv.writer(stream)

    def writerow(self, cells: Iterable[Any]) -> None:
        self._writer.writerow([safe(cell) for cell in cells])
