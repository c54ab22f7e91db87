"""CSV as spreadsheets, scripts and people write it, and as it should not be."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core.importing import comma_separated, rows
from credentials.core.importing.rows import Row
from tests.importing.conftest import read_all, refusal_of

read = comma_separated.read

# What CSV in UTF-8 can hold: all but NUL, lone surrogates and ends of lines of old Macs.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)


def test_each_row_has_the_number_of_the_line_it_starts_at() -> None:
    content = b'a,b\n1,"x\ny"\n\n2,z\n'

    assert read_all(read, content) == [
        Row(1, ["a", "b"]),
        Row(2, ["1", "x\ny"]),
        Row(4, []),
        Row(5, ["2", "z"]),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_spreadsheet_of_any_country_writes_is_read(delimiter: str, end: str) -> None:
    content = end.join([delimiter.join("ab"), delimiter.join(['"x,;y"', "é 🌒"]), ""])

    assert [row.cells for row in read_all(read, content.encode())] == [["a", "b"], ["x,;y", "é 🌒"]]


def test_a_byte_order_mark_belongs_to_no_column() -> None:
    assert read_all(read, b"\xef\xbb\xbfa,b\n")[0].cells == ["a", "b"]


def test_quotes_inside_cells_and_formulas_are_text_as_any_other() -> None:
    content = b'a,b,c\n"say ""hi""",5" pipe,=1+1\n'

    assert read_all(read, content)[1].cells == ['say "hi"', '5" pipe', "=1+1"]


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_whatever_text_is_written_is_read_again(table: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *table])

    found = read_all(read, stream.getvalue().encode())

    assert [row.cells for row in found[1:]] == table


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            "a,b\n".encode("utf-16"),
            'Line 1, byte 1: the file is in UTF-16; save it as "CSV UTF-8".',
        ),
        (
            "a,b\n".encode("utf-16-le"),
            "Line 1, byte 2 of the file is NUL, which no text holds;"
            ' if the file is in UTF-16, save it as "CSV UTF-8".',
        ),
        (
            b"a,b\n1,2\n3,\0\n",
            "Line 3, byte 11 of the file is NUL, which no text holds;"
            ' if the file is in UTF-16, save it as "CSV UTF-8".',
        ),
        (
            "\ufeffa,b\n1,".encode() + "Zoë\n".encode("latin-1"),
            'Line 2, byte 12 of the file (0xeb) is not UTF-8; save it as "CSV UTF-8".',
        ),
        (b'a\nx\n"y\nz\n', 'Line 3: the quote (") that opens a cell here is never closed.'),
        (
            b'a,b\n"x" y,2\n',
            'Line 2: text follows a closing quote; a quote inside a cell is written twice ("").',
        ),
        (
            b"a,b\r1,2\r",
            "Line 1: a line ends with a bare carriage return;"
            " save the file with the line ends of Windows or Unix.",
        ),
    ],
)
def test_what_is_no_csv_in_utf_8_is_refused_in_one_line_that_says_where(
    content: bytes, line: str
) -> None:
    assert refusal_of(read, content) == line


def test_a_cell_may_be_long_but_not_longer_than_the_bound() -> None:
    most = b"x" * rows.MAX_CELL

    assert read_all(read, b"a\n" + most)[1].cells == [most.decode()]
    assert refusal_of(read, b"a\n" + most + b"x").startswith(
        "Line 2: a cell is longer than 131,072"
    )


def test_one_line_without_end_is_refused_before_it_is_in_memory() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.given += len(buffer)
            buffer[:] = b"," * len(buffer)
            return len(buffer)

    source = Endless()
    line = refusal_of(lambda _: read(io.BufferedReader(source)), b"")

    assert line.startswith("Line 1: one row is longer than 1,048,576 bytes")
    assert source.given < 2 * rows.MAX_ROW_BYTES


def test_a_row_of_many_short_lines_is_refused_at_the_same_bound() -> None:
    content = b"a\n" + b'"x\n",' * 300_000

    assert "one row is longer than 1,048,576 bytes" in refusal_of(read, content)


def test_a_file_is_refused_once_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comma_separated, "MAX_FILE_BYTES", 2**20)

    assert refusal_of(read, b"a\n" * 2**19 + b"b\n") == (
        "The file is larger than 1 MiB; split it into several."
    )
