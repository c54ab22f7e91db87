"""The two passes, on rows of a toy family."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.core.importing import comma_separated, rows, run
from credentials.core.importing.description import REFUSED
from credentials.core.importing.progress import silent
from credentials.core.importing.report import Report
from credentials.core.importing.rows import Fault, FileRefused
from credentials.core.importing.run import Summary
from credentials.core.importing.spool import Spool
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.importing.conftest import Part, PartRows


class Import:
    def __init__(self, parts: PartRows, tenant: Tenant, path: Path) -> None:
        self.parts, self.tenant, self.path = parts, tenant, path
        self.spool: Spool[Part] = Spool()

    def check(self, text: str) -> Summary:
        table = comma_separated.read(io.BytesIO(text.encode()))
        with Report(self.path) as report:
            summary = run.Check(self.parts, self.tenant.pk, self.spool, report).run(table, silent)
            report.keep_draft()
        return summary

    def apply(self, *, is_trial: bool = False) -> Summary:
        with Report(self.path) as report:
            report.drop_draft()
            return run.apply(
                self.parts,
                self.tenant.pk,
                self.spool,
                report,
                silent,
                by=OPERATOR,
                is_trial=is_trial,
            )

    def reported(self) -> list[list[str]]:
        with self.path.open(newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture
def importing(parts: PartRows, acme: Tenant, tmp_path: Path) -> Iterator[Import]:
    made = Import(parts, acme, tmp_path / "report.csv")
    with made.spool:
        yield made


def test_each_bad_row_is_told_with_all_its_faults_and_only_good_ones_are_kept(
    importing: Import,
) -> None:
    summary = importing.check("name,price\nbolt,5\n,x\nunknown,3\nnut,1,2\n\nrod,7\n")

    assert (summary.rows, summary.bad) == (5, 3)
    assert summary.faults == [
        (3, Fault("name", "required", "A part needs a name.")),
        (3, Fault("price", "invalid", "Write a whole number.")),
        (4, Fault("name", "unknown", "There is no such part.")),
        (5, Fault("", "cells", "The row has 3 cells, the header 2.")),
    ]
    assert importing.reported() == [
        ["2", "not_applied", "", "", "", ""],
        ["3", "refused", "required", "name", "A part needs a name.", ""],
        ["3", "refused", "invalid", "price", "Write a whole number.", ""],
        ["4", "refused", "unknown", "name", "There is no such part.", ""],
        ["5", "refused", "cells", "", "The row has 3 cells, the header 2.", ""],
        ["7", "not_applied", "", "", "", ""],
    ]
    assert [line for line, _ in importing.spool] == [2, 7]
    assert importing.parts.store == {}


def test_a_second_row_for_the_same_one_is_bad_and_says_where_the_first_is(
    importing: Import,
) -> None:
    summary = importing.check("name,price\nbolt,5\nnut,1\nBOLT,5\nbolt,6\n")

    repeated = Fault("", "repeated", "Row 2 is for the same one; keep one of them.")
    assert summary.faults == [(4, repeated), (5, repeated)]


def test_rows_go_to_the_database_a_thousand_at_a_time(importing: Import) -> None:
    importing.check("name,price\n" + "".join(f"part{number},1\n" for number in range(2500)))
    summary = importing.apply()

    assert importing.parts.checked == importing.parts.applied == [1000, 1000, 500]
    assert summary.outcomes == {"created": 2500}
    assert importing.reported()[-1] == ["2501", "created", "", "", "", "uuid-of-part2499"]


def test_the_faults_of_fifty_rows_are_shown_and_all_are_in_the_report(importing: Import) -> None:
    summary = importing.check("name,price\n" + "".join(f"part{n},x\n" for n in range(200)))

    assert (summary.bad, len(summary.faults)) == (200, run.SHOWN_FAULTS)
    assert len(importing.reported()) == 200


def test_what_was_applied_before_is_unchanged_the_second_time(importing: Import) -> None:
    importing.check("name,price\nbolt,5\nnut,1\n")
    importing.parts.store["nut"] = importing.parts.parse({"name": "nut", "price": "2"})

    first, second = importing.apply(), importing.apply()

    assert first.outcomes == {"created": 1, "changed": 1}
    assert second.outcomes == {"unchanged": 2}


def test_a_row_refused_in_the_second_pass_is_told_and_the_others_are_applied(
    importing: Import,
) -> None:
    importing.check("name,price\ngone,5\nnut,1\n")
    summary = importing.apply()

    fault = Fault("name", "gone", "It was here a moment ago.")
    assert (summary.bad, summary.faults) == (1, [(2, fault)])
    assert summary.outcomes == {REFUSED: 1, "created": 1}
    assert importing.reported()[0] == ["2", "refused", "gone", "name", fault.text, ""]


def test_a_trial_names_no_row_that_it_made(importing: Import) -> None:
    importing.check("name,price\nbolt,5\n")
    importing.apply(is_trial=True)

    assert importing.reported() == [["2", "created", "", "", "", ""]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "The file is empty."),
        ("\n \n", "Missing in the header: name, price or euros."),
        ("\ufeff\n,,\n", "The file is empty."),
        ("name,price\n,\n\n", "The file has a header and no rows."),
    ],
)
def test_a_file_without_rows_is_refused(importing: Import, text: str, line: str) -> None:
    with pytest.raises(FileRefused) as refused:
        importing.check(text)

    assert str(refused.value).startswith(line)


def test_a_file_of_more_rows_than_an_import_may_have_is_refused(
    importing: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 3)
    text = "name,price\n" + "".join(f"part{number},1\n" for number in range(3))

    assert importing.check(text).rows == 3
    with pytest.raises(FileRefused) as refused:
        importing.check(text + "more,1\n")

    assert str(refused.value) == "The file has more than 3 rows; split it."


def test_a_report_shows_a_formula_as_text(tmp_path: Path) -> None:
    with Report(tmp_path / "report.csv") as report:
        report.drop_draft()
        report.row(2, "refused", [Fault("name", "unknown", "=1+1 is unknown.")])

    assert (tmp_path / "report.csv").read_text().splitlines() == [
        "row,outcome,code,column,text,uuid",
        "2,refused,unknown,name,'=1+1 is unknown.,",
    ]
