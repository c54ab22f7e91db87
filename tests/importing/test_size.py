"""What an import takes does not grow with the file, but for a mark of each row."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from credentials.core.importing import run, source
from credentials.core.importing.description import Result
from credentials.core.importing.progress import silent
from credentials.core.importing.report import Report
from credentials.core.importing.spool import Spool
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.importing.conftest import Part, PartRows, workbook, write

FEW, MANY = 1_000, 10_000
# 0.2 KiB of each row more: the mark; texts and cells would be a KiB and more.
GROWTH = (MANY - FEW) * 200


class Forgetful(PartRows):
    def _put(self, item: Part) -> Result:
        return Result("unchanged")


def as_csv(rows: int) -> bytes:
    remark = "x" * 500
    return "".join(
        [
            "name,price,remark\n",
            *(f"part{number},{number},{number}{remark}\n" for number in range(rows)),
        ]
    ).encode()


def as_workbook(rows: int) -> bytes:
    remark = "x" * 500
    return workbook(
        ["name", "price", "remark"],
        *([f"part{number}", number, f"{number}{remark}"] for number in range(rows)),
    )


@pytest.mark.parametrize(("suffix", "content"), [(".csv", as_csv), (".xlsx", as_workbook)])
def test_a_long_file_takes_as_much_memory_as_a_short_one(
    acme: Tenant, tmp_path: Path, suffix: str, content: Callable[[int], bytes]
) -> None:
    def peak(rows: int) -> int:
        path = write(tmp_path / f"{rows}{suffix}", content(rows))
        parts = Forgetful()
        tracemalloc.start()
        try:
            with (
                source.open_file(path) as file,
                Spool[Part]() as spool,
                Report(tmp_path / "report.csv") as report,
            ):
                table = source.read(file, path)
                check = run.Check(parts, acme.pk, spool, report)
                assert check.run(table, silent).rows == rows
                report.drop_draft()
                run.apply(parts, acme.pk, spool, report, silent, by=OPERATOR)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(FEW)  # what is loaded once is loaded now
    assert peak(MANY) - peak(FEW) < GROWTH
