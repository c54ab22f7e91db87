"""The XML of a worksheet, read as rows of texts."""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from openpyxl.utils.datetime import (
    MAC_EPOCH,
    WINDOWS_EPOCH,
    from_excel,
)

from credentials.core.importing.archive import PartReader
from credentials.core.importing.rows import MAX_CELL, MAX_COLUMNS, CellFault, FileRefused, Row

PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
# A character that XML cannot hold, or an underscore before what looks like one.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
EXACT = 2**53
NO_VALUE = (
    "The formula has no stored value; open and save the file in a spreadsheet, or paste values."
)


class TextReader(PartReader):
    """Gathers the text of the elements that hold a cell's value; a part of bold text is one."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.length = 0
        self.is_value = self.is_phonetic = False

    def begin(self) -> None:
        self.pieces, self.length = [], 0

    def start(self, name: str, attributes: Any) -> None:
        if name in ("v", "t"):
            self.is_value = True
        elif name == "rPh":  # how to pronounce the text is not the text
            self.is_phonetic = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.is_value = False
        elif name == "rPh":
            self.is_phonetic = False

    def text(self, content: str) -> None:
        if not self.is_value or self.is_phonetic:
            return
        self.length += len(content)
        if self.length > MAX_CELL:
            raise FileRefused(f"The workbook has a cell longer than {MAX_CELL:,} characters.")
        self.pieces.append(content)


class SheetReader(TextReader):
    """Finds rows. Cells that nobody wrote in at the end of a row are left out."""

    def __init__(
        self, string: Callable[[int], str], date_styles: Collection[int], *, is_mac: bool
    ) -> None:
        super().__init__()
        self.string = string
        self.date_styles = date_styles
        self.epoch = MAC_EPOCH if is_mac else WINDOWS_EPOCH
        self.line = self.index = self.style = 0
        self.kind = "n"
        self.has_value = self.has_formula = False
        self.cells: list[str] = []
        self.faults: list[CellFault] = []

    def start(self, name: str, attributes: Any) -> None:
        super().start(name, attributes)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self.has_value = True
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            number = attributes.get("r", "")
            stated = int(number) if number.isdecimal() and len(number) < 8 else 0
            self.line = max(stated, self.line + 1)
            self.index, self.cells, self.faults = -1, [], []

    def _start_cell(self, attributes: Any) -> None:
        place = PLACE.fullmatch(attributes.get("r", ""))
        self.index = column_index(place[1]) if place else self.index + 1
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", 0))
        self.has_value = self.has_formula = False
        self.begin()

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c":
            self._end_cell("".join(self.pieces))
        elif name == "row":
            self.found.append(Row(self.line, self.cells, tuple(self.faults)))

    def _end_cell(self, value: str) -> None:
        # A formula whose result is no text at all is stored as that, too.
        is_empty_text = self.has_value and self.kind == "str"
        if self.has_formula and not value and not is_empty_text:
            self.faults.append(CellFault(self.index, "formula", NO_VALUE))
        elif self.kind == "e":
            self.faults.append(CellFault(self.index, "error_value", f"The cell shows {value}."))
        elif value and (shown := self._shown(value)):
            if self.index >= MAX_COLUMNS:
                raise FileRefused(f"Row {self.line} has more than {MAX_COLUMNS} columns.")
            self.cells.extend([""] * (self.index - len(self.cells)))
            self.cells[self.index :] = [shown]

    def _shown(self, value: str) -> str:
        match self.kind:
            case "s":
                return self.string(int(value))
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "n":
                return self._number(value)
            case "d":
                return value
        return unescaped(value)

    def _number(self, text: str) -> str:
        if not NUMBER.fullmatch(text):
            raise ValueError(f"row {self.line} has a number that is none")
        if self.style in self.date_styles:
            return self._date(float(text))
        if text.isdecimal():
            return text
        number = float(text)
        return str(int(number)) if number.is_integer() and abs(number) < EXACT else repr(number)

    def _date(self, number: float) -> str:
        try:
            instant = from_excel(number, self.epoch)  # type: ignore[no-untyped-call]
        except (OverflowError, ValueError):
            return repr(number)
        if isinstance(instant, datetime) and instant.time() == datetime.min.time():
            return instant.date().isoformat()
        return str(instant.isoformat())


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def unescaped(text: str) -> str:
    """What `_x000D_` and the like stand for; not NUL and lone surrogates, which no text holds."""
    if "_x" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        return chr(number) if number and not 0xD800 <= number <= 0xDFFF else found[0]

    return ESCAPED.sub(character, text)
