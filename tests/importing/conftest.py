"""A family of rows that is small enough to see through: parts of a store, each with a price."""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from openpyxl.workbook.workbook import Workbook

from credentials.core.importing.description import REFUSED, BadRow, Result, RowDescription
from credentials.core.importing.rows import Fault, FileRefused, Row, Table
from tenants.events import Actor
from tenants.models import Tenant


class Part(NamedTuple):
    name: str
    price: int
    remark: str


class PartRows(RowDescription[Part]):
    """Knows no part whose name begins with "un", and of a sudden none that is "gone"."""

    columns = ("name", "price", "euros", "remark")
    needs = (("name",), ("price", "euros"))
    outcomes = ("created", "changed", "unchanged")
    tables = (Tenant,)

    def __init__(self) -> None:
        self.store: dict[str, Part] = {}
        self.checked: list[int] = []
        self.applied: list[int] = []

    def parse(self, cells: Mapping[str, str]) -> Part:
        faults = []
        price = cells.get("price", cells.get("euros", ""))
        if "name" not in cells:
            faults.append(Fault("name", "required", "A part needs a name."))
        if not price.isdecimal():
            faults.append(Fault("price", "invalid", "Write a whole number."))
        if faults:
            raise BadRow(faults)
        return Part(cells["name"], int(price), cells.get("remark", ""))

    def identity(self, item: Part) -> str:
        return item.name.lower()

    def check(self, tenant_id: int, items: Sequence[Part]) -> list[list[Fault]]:
        self.checked.append(len(items))
        unknown = Fault("name", "unknown", "There is no such part.")
        return [[unknown] if item.name.startswith("un") else [] for item in items]

    def apply(self, tenant_id: int, items: Sequence[Part], *, by: Actor) -> list[Result]:
        self.applied.append(len(items))
        return [self._put(item) for item in items]

    def _put(self, item: Part) -> Result:
        if item.name == "gone":
            return Result(REFUSED, faults=(Fault("name", "gone", "It was here a moment ago."),))
        before = self.store.get(item.name)
        self.store[item.name] = item
        outcome = "created" if before is None else "unchanged" if before == item else "changed"
        return Result(outcome, f"uuid-of-{item.name}")


@pytest.fixture
def parts() -> PartRows:
    return PartRows()


def read_all(read: Callable[[Any], Table], content: bytes) -> list[Row]:
    return list(read(io.BytesIO(content)).rows)


def refusal_of(read: Callable[[Any], Table], content: bytes) -> str:
    """The one line in which the file is refused."""
    with pytest.raises(FileRefused) as refused:
        read_all(read, content)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def workbook(*rows: Sequence[Any], more_sheets: Sequence[str] = ()) -> bytes:
    made = Workbook()
    assert made.active
    for row in rows:
        made.active.append(list(row))
    for title in more_sheets:
        made.create_sheet(title)
    return saved(made)


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: bytes, packing: int = ZIP_DEFLATED) -> bytes:
    """The workbook with another text in the place of one of its parts."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(stream, "w", packing) as after:
        for known in before.namelist():
            after.writestr(known, part if known == name else before.read(known))
        if name not in before.namelist():
            after.writestr(name, part)
    return stream.getvalue()


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
LINKS = "xl/_rels/workbook.xml.rels"
LINK = b"""<Relationship Id="s" Target="sharedStrings.xml"
    Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>"""


def sheet_of(rows: str) -> bytes:
    """A workbook with this XML for its rows."""
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    return with_part(workbook(["a"]), SHEET, xml.encode())


def with_strings(content: bytes, strings: bytes) -> bytes:
    """The workbook with its texts in a part of their own, as most spreadsheets keep them."""
    with ZipFile(io.BytesIO(content)) as made:
        links = made.read(LINKS).replace(b"</Relationships>", LINK + b"</Relationships>")
    return with_part(with_part(content, LINKS, links), STRINGS, strings, ZIP_STORED)


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
