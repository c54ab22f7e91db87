import csv
import io
from typing import Any

import pytest

from credentials.core import exporting
from credentials.core.importing import comma_separated
from tests.importing.conftest import read_all


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x")']
)
def test_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert exporting.safe(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "plain", "a=b", "'=1", " =1", -5, 0.85, None])
def test_everything_else_is_written_as_it_is(value: Any) -> None:
    assert exporting.safe(value) == value


def test_each_cell_of_a_row_is_escaped_and_quoted_as_csv_needs() -> None:
    stream = io.StringIO()
    exporting.SafeWriter(stream).writerow(['=cmd|"/c calc"!A0', 'say "hi", all', "two\nlines", -1])

    (row,) = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert row == ['\'=cmd|"/c calc"!A0', 'say "hi", all', "two\nlines", "-1"]


def test_an_import_leaves_formulas_and_apostrophes_untouched() -> None:
    content = b"a,b\n=1+1,'=1+1\n"

    assert read_all(comma_separated.read, content)[1].cells == ["=1+1", "'=1+1"]
