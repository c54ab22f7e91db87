"""Archives that are small as files and large in memory, and files that are no workbooks at all."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from credentials.core.importing import archive
from credentials.core.importing import workbook as workbooks
from tests.importing.conftest import SHEET, refusal_of, with_part, with_strings, workbook

read = workbooks.read
OPENED = b'<worksheet xmlns="m"><sheetData>'
# A bomb of these tests would take a hundred times as much.
LITTLE = 40 * 2**20


def refused_with_little(content: bytes) -> str:
    """In one line, and without what the file would unpack to in memory."""
    tracemalloc.start()
    try:
        line = refusal_of(read, content)
        assert tracemalloc.get_traced_memory()[1] < LITTLE
    finally:
        tracemalloc.stop()
    return line


def directory_entry(content: bytes, name: str) -> int:
    """Where the archive's directory speaks of the part."""
    at = content.rindex(b"PK\1\2")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.rindex(b"PK\1\2", 0, at)
    return at


def test_a_sheet_that_unpacks_to_a_thousand_times_its_size_is_refused_unopened() -> None:
    bomb = with_part(workbook(["a"]), SHEET, OPENED + b"<row/>" * 2**21)

    assert refused_with_little(bomb) == (
        "The workbook unpacks to more than 200 times its size, as no table does."
    )


def test_parts_that_unpack_to_more_than_the_bound_are_refused_unopened() -> None:
    content = bytearray(workbook(["a"]))
    at = directory_entry(bytes(content), SHEET)
    content[at + 20 : at + 28] = struct.pack("<LL", 2**30, 2**31)

    assert refused_with_little(bytes(content)) == "The workbook unpacks to more than 1,024 MiB."


def test_a_directory_that_lies_about_a_size_is_found_out_while_reading() -> None:
    bomb = bytearray(with_part(workbook(["a"]), SHEET, OPENED + b"<row/>" * 2**21))
    at = directory_entry(bytes(bomb), SHEET)
    bomb[at + 24 : at + 28] = struct.pack("<L", 2**16)

    assert refused_with_little(bytes(bomb)) == (
        f"The workbook is damaged: {SHEET}: Bad CRC-32 for file '{SHEET}'."
    )


def test_a_list_of_a_hundred_thousand_parts_is_refused_before_it_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for number in range(100_000):
            made.writestr(f"{number}", b"")

    assert refused_with_little(stream.getvalue()) == (
        "The workbook's list of parts is larger than any table needs."
    )


def test_a_workbook_of_too_many_parts_is_refused() -> None:
    stream = io.BytesIO(workbook(["a"]))
    with zipfile.ZipFile(stream, "a") as made:
        for number in range(archive.MAX_PARTS):
            made.writestr(f"{number}", b"")

    assert refused_with_little(stream.getvalue()) == "The workbook has more than 2,000 parts."


def test_ways_of_packing_that_unpack_any_amount_at_once_are_refused() -> None:
    stream = io.BytesIO(workbook(["a"]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_BZIP2) as made:
        made.writestr("bomb", b"0" * 1000)

    assert refusal_of(read, stream.getvalue()) == (
        "The workbook is packed in a way that spreadsheets do not use."
    )


def test_an_endless_cell_is_refused_at_the_bound() -> None:
    endless = OPENED + b"<row><c><v>" + b"x" * 2**23
    content = with_part(workbook(["a"]), SHEET, endless, zipfile.ZIP_STORED)

    assert refused_with_little(content) == "The workbook has a cell longer than 131,072 characters."


def test_an_endless_text_of_many_pieces_is_refused_at_the_bound() -> None:
    content = with_strings(workbook(["a"]), b"<sst><si>" + b"<t>%s</t>" % (b"x" * 2**10) * 2**13)

    assert refused_with_little(content) == "The workbook has a cell longer than 131,072 characters."


def test_texts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_STRINGS", 1_000)

    line = refusal_of(read, with_strings(workbook(["a"]), b"<sst>" + b"<si/>" * 100_000))

    assert line == "The workbook has more than 1,000 texts."


@pytest.mark.parametrize(
    "endless",
    [b'<row r="' + b"1" * 2**23, b"<!--" + b"x" * 2**23, b"<row " + b" " * 2**23],
    ids=["attribute", "comment", "tag"],
)
def test_an_endless_tag_is_refused_at_the_bound(endless: bytes) -> None:
    content = with_part(workbook(["a"]), SHEET, OPENED + endless, zipfile.ZIP_STORED)

    assert refused_with_little(content) == (f"The workbook is damaged: {SHEET}: a tag is too long.")


def test_an_endless_row_is_refused_at_the_last_column() -> None:
    content = with_part(workbook(["a"]), SHEET, OPENED + b"<row>" + b"<c><v>1</v></c>" * 2**18)

    assert refused_with_little(content) == "Row 1 has more than 100 columns."


def test_names_without_end_are_refused() -> None:
    names = b"".join(b"<n%d/>" % number for number in range(2**18))
    content = with_part(workbook(["a"]), SHEET, OPENED + names)

    assert refused_with_little(content) == (
        f"The workbook is damaged: {SHEET}: it has too many names."
    )


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("xl/styles.xml", b"<xf/>"),
        ("xl/workbook.xml", b"<sheet/>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationship/>"),
    ],
)
def test_a_list_without_end_is_refused(name: str, element: bytes) -> None:
    content = with_part(workbook(["a"]), name, b"<cellXfs>" + element * 70_000)

    assert refused_with_little(content) == f"The workbook is damaged: {name}: it lists too much."


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
    ids=["entities", "outside"],
)
def test_entities_and_outside_documents_are_refused(declaration: bytes) -> None:
    content = with_part(workbook(["a"]), SHEET, declaration + OPENED + b"<row>&b;</row>")

    line = refusal_of(read, content)

    assert line.startswith(f"The workbook is damaged: {SHEET}: DTDForbidden")


def test_rows_of_nothing_cost_nothing() -> None:
    """Empty elements that a tree would keep, in a number that the ratio lets pass."""
    rows = b"".join(b'<row r="%d"/>' % number for number in range(60_000))
    content = with_part(workbook(["a"]), SHEET, OPENED + rows + b"</sheetData></worksheet>")
    tracemalloc.start()
    try:
        count = sum(1 for row in read(io.BytesIO(content)).rows if row.cells == [])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 60_000
    # A tree of them takes 40 bytes and more for each, and all of them at once.
    assert peak < LITTLE / 5


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"name,price\n", "The file is no .xlsx workbook, whatever its name says."),
        (b"", "The file is no .xlsx workbook, whatever its name says."),
        (b"PK\3\4 and no more", "The file is no .xlsx workbook, whatever its name says."),
        (
            archive.OLD_CONTAINER + b"\0" * 1000,
            "The workbook is of the kind before 2007 (.xls); save it as .xlsx.",
        ),
        (
            archive.OLD_CONTAINER + b"\0" * (archive.PIECE_BYTES - 18) + archive.ENCRYPTED,
            "The workbook is protected by a password; save it without one.",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, line: str) -> None:
    assert refusal_of(read, content) == line


def test_an_archive_of_something_else_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("readme.txt", "hello")

    assert refusal_of(read, stream.getvalue()) == archive.NO_WORKBOOK


def test_half_a_workbook_is_refused() -> None:
    content = workbook(*([f"text {number}"] for number in range(1000)))

    assert refusal_of(read, content[: len(content) // 2]) == archive.NO_WORKBOOK
