import pytest

from credentials.core.importing.description import BadRow, Header
from credentials.core.importing.rows import CellFault, Fault, FileRefused, Row
from tests.importing.conftest import PartRows


def header(*names: str, is_padded: bool = False) -> Header:
    return Header(Row(1, list(names)), PartRows(), is_padded=is_padded)


def test_columns_are_known_in_any_order_case_and_with_spaces_around() -> None:
    read = header(" Price", "NAME", "", "").read(Row(2, ["5", "bolt", "", ""]))

    assert read == {"price": "5", "name": "bolt"}


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["remark"], "Missing in the header: name, price or euros."),
        (["name", "price", "nmae", ""], "Unknown in the header: nmae."),
        (["name", "", "price"], "Unknown in the header: (no name)."),
        (["name", "price", "Name"], "More than once in the header: name."),
        (
            ["Price", "price", "colour"],
            "Missing in the header: name. Unknown in the header: colour."
            " More than once in the header: price.",
        ),
        (
            ["x" * 100, *"abcdefghijk"],
            "Missing in the header: name, price or euros. Unknown in the header:"
            f" {'x' * 40!r}, a, b, c, d, e, f, g, h, i ….",
        ),
    ],
)
def test_all_that_is_wrong_with_a_header_is_one_line(names: list[str], line: str) -> None:
    with pytest.raises(FileRefused) as refused:
        header(*names)

    assert str(refused.value) == f"{line} The columns are name, price, euros, remark."


@pytest.mark.parametrize("cells", [["bolt"], ["bolt", "1", "2"]])
def test_a_row_of_another_length_is_bad(cells: list[str]) -> None:
    with pytest.raises(BadRow) as bad:
        header("name", "price").read(Row(2, cells))

    text = f"The row has {len(cells)} cells, the header 2."
    assert bad.value.faults == (Fault("", "cells", text),)


def test_empty_cells_beyond_the_header_are_nothing() -> None:
    assert header("name", "price").read(Row(2, ["bolt", "1", "", ""])) == {
        "name": "bolt",
        "price": "1",
    }


def test_a_short_row_is_fine_where_empty_cells_are_not_written() -> None:
    read = header("name", "price", "remark", is_padded=True).read(Row(2, ["bolt", "1"]))

    assert read == {"name": "bolt", "price": "1"}


def test_a_cell_that_cannot_be_read_is_a_fault_of_its_column() -> None:
    faults = (CellFault(1, "formula", "No value."), CellFault(7, "formula", "No value."))

    with pytest.raises(BadRow) as bad:
        header("name", "price", is_padded=True).read(Row(2, ["bolt"], faults))

    assert bad.value.faults == (
        Fault("price", "formula", "No value."),
        Fault("", "formula", "No value."),
    )
