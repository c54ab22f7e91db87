"""CSV in UTF-8, read line by line: what a file holds is never in memory as a whole."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from credentials.core.importing.rows import (
    MAX_CELL,
    MAX_FILE_BYTES,
    MAX_ROW_BYTES,
    FileRefused,
    Row,
    Table,
)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# A spreadsheet writes what its country writes; no column has one of them in its name.
DELIMITERS = ",;\t"
SAVE_AS_UTF_8 = 'save it as "CSV UTF-8"'
# What the csv module says, and what it means to whoever made the file.
MEANINGS = {
    "unexpected end of data": 'the quote (") that opens a cell here is never closed.',
    "field larger than field limit": f"a cell is longer than {MAX_CELL:,} characters;"
    ' is a quote (") left open?',
    "expected after": 'text follows a closing quote; a quote inside a cell is written twice ("").',
    "new-line character": "a line ends with a bare carriage return; save the file with"
    " the line ends of Windows or Unix.",
}


def read(file: BinaryIO) -> Table:
    """Raises FileRefused, now or while rows are read."""
    return Table(_rows(Lines(file)))


class Lines:
    """The file's lines as text, counted."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.number = 0
        self.offset = 0
        self.row_starts_at = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(MAX_ROW_BYTES + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            line = self._without_mark(line)
        if self.offset + len(line) - self.row_starts_at > MAX_ROW_BYTES:
            raise FileRefused(
                f"Line {self.number}: one row is longer than {MAX_ROW_BYTES:,} bytes;"
                ' is a quote (") left open?'
            )
        text = self._decoded(line)
        self.offset += len(line)
        if self.offset > MAX_FILE_BYTES:
            raise too_large()
        return text

    def _without_mark(self, line: bytes) -> bytes:
        if line.startswith(UTF_16_MARKS):
            raise FileRefused(f"Line 1, byte 1: the file is in UTF-16; {SAVE_AS_UTF_8}.")
        if line.startswith(BYTE_ORDER_MARK):
            self.offset = len(BYTE_ORDER_MARK)
        return line[self.offset :]

    def _decoded(self, line: bytes) -> str:
        if (found := line.find(0)) >= 0:
            raise FileRefused(
                f"{self._place(found)} is NUL, which no text holds;"
                f" if the file is in UTF-16, {SAVE_AS_UTF_8}."
            )
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            wrong = f"0x{line[error.start]:02x}"
            raise FileRefused(
                f"{self._place(error.start)} ({wrong}) is not UTF-8; {SAVE_AS_UTF_8}."
            ) from None

    def _place(self, index: int) -> str:
        return f"Line {self.number}, byte {self.offset + index + 1:,} of the file"


def too_large() -> FileRefused:
    return FileRefused(
        f"The file is larger than {MAX_FILE_BYTES // 2**20} MiB; split it into several."
    )


def _rows(lines: Lines) -> Iterator[Row]:
    first = next(lines, None)
    if first is None:
        return
    reader = csv.reader(_again(first, lines), delimiter=_delimiter(first), strict=True)
    while True:
        start = reader.line_num + 1
        lines.row_starts_at = lines.offset if reader.line_num else 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(f"Line {start}: {_meaning(str(error))}") from None
        yield Row(start, cells)


def _again(first: str, lines: Lines) -> Iterator[str]:
    yield first
    yield from lines


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def _meaning(error: str) -> str:
    return next((meaning for words, meaning in MEANINGS.items() if words in error), f"{error}.")
