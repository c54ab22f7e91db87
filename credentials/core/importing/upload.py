"""An import by a browser: the file is tried out first, and brought in when a person has seen that.

Between the two the file is with the browser, signed: no process and no store keeps it.
"""

import base64
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core import signing

from credentials.core.importing import run, source
from credentials.core.importing.description import RowDescription
from credentials.core.importing.progress import silent
from credentials.core.importing.report import Report
from credentials.core.importing.rows import Fault, FileRefused, Row, Table, without_blank
from credentials.core.importing.run import Summary
from credentials.core.importing.spool import Spool
from tenants.events import Actor

# A person waits for the answer; more is for the command, which keeps what it did so far.
MAX_BYTES, MAX_ROWS = 5 * 2**20, 10_000
ROWS_SHOWN = 10
LIFETIME_SECONDS = 3600


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes

    def sealed(self, purpose: str) -> str:
        """For the way to the browser and back; `purpose`: for whom, of what, in which tenant."""
        packed = base64.b64encode(zlib.compress(self.content)).decode()
        return signing.dumps({"name": self.name, "file": packed}, salt=purpose)

    @classmethod
    def opened(cls, text: str, purpose: str) -> "Upload":
        """Raises signing.BadSignature, also for one that is too old."""
        kept = signing.loads(text, salt=purpose, max_age=LIFETIME_SECONDS)
        return cls(kept["name"], zlib.decompress(base64.b64decode(kept["file"])))


@dataclass
class Trial:
    """What an import does or would do. With bad rows it does nothing."""

    summary: Summary
    header: Sequence[str] = ()
    # The first ones: line, cells and what becomes of it.
    rows: list[tuple[int, Sequence[str], str]] = field(default_factory=list)
    notes: Sequence[str] = ()

    @property
    def is_good(self) -> bool:
        return not self.summary.bad


class Outcomes(Report):
    """Of the first rows alone."""

    def __init__(self) -> None:
        super().__init__(None)
        self.of_line: dict[int, str] = {}

    def row(self, line: int, outcome: str, faults: Sequence[Fault] = (), uuid: str = "") -> None:
        if len(self.of_line) < ROWS_SHOWN or line in self.of_line:
            self.of_line[line] = outcome


def bring_in(
    description: RowDescription[Any], tenant_id: int, upload: Upload, *, by: Actor, is_trial: bool
) -> Trial:
    """Check all rows, then apply them; a trial is undone. Raises FileRefused."""
    outcomes = Outcomes()
    with TemporaryFile() as file, Spool[Any]() as spool, outcomes:
        file.write(upload.content)
        file.seek(0)
        table, shown = watched(source.read(_reader(file), Path(upload.name)))
        check = run.Check(description, tenant_id, spool, outcomes)
        summary = check.run(table, silent)
        if not summary.bad:
            outcomes.of_line.clear()
            summary = run.apply(
                description, tenant_id, spool, outcomes, silent, by=by, is_trial=is_trial
            )
            if not is_trial:
                run.note(description, tenant_id, upload.name, summary, by=by)
    told: list[tuple[int, Sequence[str], str]] = [
        (row.line, row.cells, outcomes.of_line.get(row.line, "")) for row in shown[1:]
    ]
    return Trial(summary, shown[0].cells if shown else (), told, table.notes)


def _reader(file: Any) -> BinaryIO:
    reader: BinaryIO = file
    return reader


def watched(table: Table) -> tuple[Table, list[Row]]:
    """The same rows, of which the first are noted; it ends where a browser's import must."""
    shown: list[Row] = []

    def rows() -> Iterator[Row]:
        for count, row in enumerate(without_blank(table.rows)):
            if count > MAX_ROWS:
                raise FileRefused(
                    f"The file has more than {MAX_ROWS:,} rows; split it, or use the command."
                )
            if count <= ROWS_SHOWN:
                shown.append(row)
            yield row

    return replace(table, rows=rows()), shown
