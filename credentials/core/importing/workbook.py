"""XLSX: the first sheet of a workbook, its cells as the texts that a CSV file would hold."""

from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from posixpath import dirname, join, normpath
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from openpyxl.styles import numbers

from credentials.core.importing.archive import NO_WORKBOOK, Archive, PartReader
from credentials.core.importing.rows import FileRefused, Row, Table
from credentials.core.importing.sheet import SheetReader, TextReader, unescaped

ROOT_LINKS = "_rels/.rels"
# Of anything that a workbook lists: sheets, parts, formats.
MAX_LISTED = 65_536
MAX_STRINGS = 5_000_000
# Words that come again and again, like a status, are not read each time.
RECENT_STRINGS, SHORT_STRING_BYTES = 4_096, 256


def read(file: BinaryIO) -> Table:
    """Raises FileRefused, now or while rows are read."""
    archive = Archive(file)
    roots = _links(archive, "") if ROOT_LINKS in archive else []
    book_name = next((name for _, kind, name in roots if kind == "officeDocument"), "")
    if not book_name:
        raise FileRefused(NO_WORKBOOK)
    book = BookReader()
    exhaust(archive.parse(book_name, book))
    links = _links(archive, book_name)
    targets = {key: name for key, kind, name in links if kind == "worksheet"}
    sheets = [(title, targets[key]) for title, key in book.sheets if key in targets]
    if not sheets:
        raise FileRefused("The workbook has no sheet with rows.")
    beside = {kind: name for _, kind, name in links}
    title, sheet_name = sheets[0]
    rows = _rows(archive, sheet_name, beside, is_mac=book.is_mac)
    return Table(rows, _notes(title, len(sheets)), is_padded=True)


def _rows(archive: Archive, sheet: str, beside: dict[str, str], *, is_mac: bool) -> Iterator[Row]:
    date_styles = _date_styles(archive, beside.get("styles"))
    # Not in memory: a large workbook has a million of them.
    with TemporaryFile() as strings:
        string = _strings(archive, beside.get("sharedStrings"), strings)
        yield from archive.parse(sheet, SheetReader(string, date_styles, is_mac=is_mac))


def _notes(title: str, count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    return (f"The workbook has {count} sheets; only the first, {title!r}, is read.",)


def exhaust(parsed: Iterator[Any]) -> None:
    for _ in parsed:
        pass


def _links(archive: Archive, part: str) -> list[tuple[str, str, str]]:
    """Key, kind and name of each part that the part refers to."""
    folder = dirname(part)
    name = join(folder, "_rels", f"{part.rpartition('/')[2]}.rels")
    found: list[tuple[str, str, str]] = list(archive.parse(name, LinksReader()))
    return [(key, kind, normpath(join("/", folder, target))[1:]) for key, kind, target in found]


class ListingReader(PartReader):
    """For parts of which all that is found is kept."""

    count = 0

    def counted(self) -> None:
        self.count += 1
        if self.count > MAX_LISTED:
            raise ValueError("it lists too much")


class LinksReader(ListingReader):
    def start(self, name: str, attributes: Any) -> None:
        if name == "Relationship":
            self.counted()
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))


class BookReader(ListingReader):
    """Titles and keys of the sheets, and the day from which dates count."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_mac = False

    def start(self, name: str, attributes: Any) -> None:
        if name == "workbookPr":
            self.is_mac = attributes.get("date1904", "") in ("1", "true")
        elif name == "sheet":
            self.counted()
            keys = [key for key in attributes.getNames() if key.endswith(":id")]
            self.sheets.append((attributes.get("name", ""), attributes[keys[0]] if keys else ""))


def shows_date(code: str) -> bool:
    return bool(numbers.is_date_format(code))  # type: ignore[no-untyped-call]


class StylesReader(ListingReader):
    """Finds the styles, by number, that show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.dates = {
            number for number, code in numbers.BUILTIN_FORMATS.items() if shows_date(code)
        }
        self.style = -1
        self.is_in_cells = False

    def start(self, name: str, attributes: Any) -> None:
        if name == "numFmt":
            self.counted()
            if shows_date(attributes.get("formatCode", "")):
                self.dates.add(int(attributes.get("numFmtId", 0)))
        elif name == "cellXfs":
            self.is_in_cells = True
        elif name == "xf" and self.is_in_cells:
            self.counted()
            self.style += 1
            if int(attributes.get("numFmtId", 0)) in self.dates:
                self.found.append(self.style)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_in_cells = False


def _date_styles(archive: Archive, name: str | None) -> frozenset[int]:
    return frozenset(archive.parse(name, StylesReader()) if name else ())


class StringsReader(TextReader):
    """Finds the texts that cells refer to by number."""

    def start(self, name: str, attributes: Any) -> None:
        super().start(name, attributes)
        if name == "si":
            self.begin()

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.found.append(unescaped("".join(self.pieces)))


def _strings(archive: Archive, name: str | None, file: IO[bytes]) -> Callable[[int], str]:
    """By number; they are kept in the file."""
    starts = array("Q", [0])
    for text in archive.parse(name, StringsReader()) if name else ():
        starts.append(starts[-1] + file.write(text.encode()))
        if len(starts) > MAX_STRINGS:
            raise FileRefused(f"The workbook has more than {MAX_STRINGS:,} texts.")

    def string(number: int) -> str:
        if not 0 <= number < len(starts) - 1:
            raise ValueError("a cell refers to a text that is not there")
        is_short = starts[number + 1] - starts[number] <= SHORT_STRING_BYTES
        return kept(number) if is_short else stored(number)

    def stored(number: int) -> str:
        file.seek(starts[number])
        return file.read(starts[number + 1] - starts[number]).decode()

    kept = lru_cache(RECENT_STRINGS)(stored)
    return string
