"""A table of rows, whatever file it was read from, and the bounds of what is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAX_FILE_BYTES = 256 * 2**20
MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
# Characters of one cell; the csv module's own limit.
MAX_CELL = 131_072
# Bytes from the start of a row to its end, in a CSV file.
MAX_ROW_BYTES = 2**20


class FileRefused(Exception):  # noqa: N818 - like a Problem, it is told to whoever handed it in
    """The file as a whole cannot be read as a table; the text is one line for people."""


class Fault(NamedTuple):
    """What is wrong in a row: in which column (none: the row as a whole), a code, a text."""

    column: str
    code: str
    text: str


class CellFault(NamedTuple):
    """What is wrong with a cell as the file holds it; its column has no name yet."""

    place: int
    code: str
    text: str


class Row(NamedTuple):
    """`line`: where the row starts, as an editor or a spreadsheet numbers lines."""

    line: int
    cells: list[str]
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True)
class Table:
    """All rows, the header among them. `notes`: what whoever handed in the file should know."""

    rows: Iterator[Row]
    notes: tuple[str, ...] = ()
    # Short rows mean nothing where empty cells at the end are not written.
    is_padded: bool = False


def without_blank(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that hold something. Raises FileRefused for more than an import may have."""
    for count, row in enumerate((row for row in rows if row.faults or any(row.cells)), start=-1):
        if count >= MAX_ROWS:
            raise FileRefused(f"The file has more than {MAX_ROWS:,} rows; split it.")
        yield row
