"""Workbooks as spreadsheets write them: cells come out as the texts of a CSV file."""

import io
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook.workbook import Workbook

from credentials.core.importing import workbook as workbooks
from credentials.core.importing.rows import CellFault, Row
from credentials.core.importing.sheet import NO_VALUE
from tests.importing.conftest import (
    SHEET,
    read_all,
    refusal_of,
    saved,
    sheet_of,
    with_part,
    with_strings,
    workbook,
)

read = workbooks.read


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("é 🌒 \n two lines", "é 🌒 \n two lines"),
        (" kept ", " kept "),
        (123, "123"),
        (123.0, "123"),
        (0.85, "0.85"),
        (-5, "-5"),
        (1.5e-7, "1.5e-07"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 9, 30), "2026-01-31T09:30:00"),
        (time(9, 30), "09:30:00"),
        ("'=1+1", "'=1+1"),
    ],
)
def test_a_cell_reads_as_its_text(value: Any, text: str) -> None:
    content = workbook(["header"], [value])

    assert read_all(read, content)[1] == Row(2, [text])


def test_dates_that_count_from_1904_are_the_same_days() -> None:
    made = Workbook()
    made.epoch = MAC_EPOCH
    assert made.active
    made.active.append([date(2026, 1, 31)])

    assert read_all(read, saved(made))[0].cells == ["2026-01-31"]


def test_text_of_several_fonts_is_one_text() -> None:
    rich = CellRichText("very ", TextBlock(InlineFont(b=True), "bold"))

    assert read_all(read, workbook([rich]))[0].cells == ["very bold"]


def test_texts_that_lie_apart_are_found_by_their_number() -> None:
    strings = (
        "<sst><si><t>first</t></si><si><r><rPr><b/></rPr><t>very </t></r><r><t>bold</t></r>"
        f"<rPh><t>aloud</t></rPh></si><si><t>{'é' * 200}</t></si><si/></sst>"
    )
    cells = "".join(f'<c t="s"><v>{number}</v></c>' for number in (2, 0, 1, 3, 0))

    (row,) = read_all(read, with_strings(sheet_of(f"<row>{cells}</row>"), strings.encode()))

    assert row.cells == ["é" * 200, "first", "very bold", "", "first"]


@pytest.mark.parametrize(
    ("spelled", "text"),
    [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_x0000_", "_x0000_"), ("_xD800_",) * 2],
)
def test_what_xml_cannot_hold_is_spelled_out_and_no_cell_has_nul(spelled: str, text: str) -> None:
    content = with_strings(
        sheet_of('<row><c t="s"><v>0</v></c></row>'),
        f"<sst><si><t>{spelled}</t></si></sst>".encode(),
    )

    assert read_all(read, content)[0].cells == [text]


def test_cells_that_were_left_out_are_empty_and_rows_keep_their_numbers() -> None:
    content = sheet_of(
        '<row r="2"><c r="B2"><v>1</v></c></row><row r="7"><c r="A7"><v>2</v></c></row>'
    )

    assert read_all(read, content) == [Row(2, ["", "1"]), Row(7, ["2"])]


def test_rows_that_lie_about_their_numbers_have_a_number_each() -> None:
    content = sheet_of("".join(f'<row r="{number}"><c><v>1</v></c></row>' for number in (5, 5, 2)))

    assert [row.line for row in read_all(read, content)] == [5, 6, 7]


def test_a_formula_counts_by_its_stored_value_and_is_a_fault_without_one() -> None:
    content = sheet_of(
        "<row><c><f>1+1</f><v>2</v></c>"
        '<c t="str"><f>T(1)</f><v></v></c>'
        "<c><f>2+2</f></c>"
        '<c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )

    (row,) = read_all(read, content)

    assert row.cells == ["2"]
    assert row.faults == (
        CellFault(2, "formula", NO_VALUE),
        CellFault(3, "error_value", "The cell shows #DIV/0!."),
    )


def test_names_with_a_prefix_and_inline_texts_are_read_too() -> None:
    xml = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>in</x:t><x:rPh><x:t>イン</x:t></x:rPh>'
        "<x:r><x:t>line</x:t></x:r></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    )

    assert read_all(read, with_part(workbook(["a"]), SHEET, xml.encode())) == [Row(1, ["inline"])]


def test_of_several_sheets_the_first_is_read_and_a_note_says_so() -> None:
    table = workbooks.read(io.BytesIO(workbook(["a"], ["1"], more_sheets=["Other", "More"])))

    assert [row.cells for row in table.rows] == [["a"], ["1"]]
    assert table.notes == ("The workbook has 3 sheets; only the first, 'Sheet', is read.",)
    assert table.is_padded


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ('<row><c t="s"><v>99</v></c></row>', "a cell refers to a text that is not there"),
        ('<row><c t="s"><v>-1</v></c></row>', "a cell refers to a text that is not there"),
        ("<row><c><v>1_000</v></c></row>", "row 1 has a number that is none"),
        ("<row><c><v>nan</v></c></row>", "row 1 has a number that is none"),
        ('<row><c s="x"><v>1</v></c></row>', "invalid literal for int()"),
        ("<row><c>", "mismatched tag"),
    ],
)
def test_a_damaged_sheet_is_refused_in_one_line(data: str, part: str) -> None:
    line = refusal_of(read, sheet_of(data))

    assert line.startswith(f"The workbook is damaged: {SHEET}: ")
    assert part in line


def test_an_absurd_date_stays_a_number() -> None:
    made = Workbook()
    assert made.active
    made.active.append([1e15])
    made.active["A1"].number_format = "yyyy-mm-dd"

    assert read_all(read, saved(made))[0].cells == ["1000000000000000.0"]
