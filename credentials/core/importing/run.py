"""The two passes of an import: all rows are checked, then all are applied."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from credentials.core.importing.description import (
    REFUSED,
    BadRow,
    Checked,
    Header,
    Item,
    RowDescription,
)
from credentials.core.importing.progress import Advance
from credentials.core.importing.report import Report
from credentials.core.importing.rows import Fault, FileRefused, Row, Table, without_blank
from credentials.core.importing.spool import Spool
from tenants import events, walls
from tenants.events import Actor
from tenants.models import Tenant

ROWS_AT_ONCE = 1_000
# Batches.
ANALYZED_AFTER = {1, 10}
SHOWN_FAULTS = 50
NOT_APPLIED = "not_applied"
IMPORTED = "imported"
Thing = TypeVar("Thing")


@dataclass
class Summary:
    """`bad`: rows with faults, of which the first are in `faults`, each with its line."""

    rows: int = 0
    bad: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def refuse(self, line: int, faults: Sequence[Fault]) -> None:
        self.bad += 1
        room = SHOWN_FAULTS - len(self.faults)
        self.faults += [(line, fault) for fault in faults[:room]]


class Check(Generic[Item]):
    """The first pass. What is good is in the spool afterwards."""

    def __init__(
        self, description: RowDescription[Item], tenant_id: int, spool: Spool[Item], report: Report
    ) -> None:
        self.description = description
        self.tenant_id = tenant_id
        self.spool = spool
        self.report = report
        self.summary = Summary()
        # Of what each row means, a hash: a million names would not be small.
        self.seen: dict[bytes, int] = {}

    def run(self, table: Table, advance: Advance) -> Summary:
        """Raises FileRefused when the file is no table that this import can read."""
        rows = without_blank(table.rows)
        first = next(rows, None)
        if first is None:
            raise FileRefused("The file is empty.")
        header = Header(first, self.description, is_padded=table.is_padded)
        for batch in batches(rows):
            self._check(header, batch)
            advance(len(batch))
        if not self.summary.rows:
            raise FileRefused("The file has a header and no rows.")
        return self.summary

    def _check(self, header: Header, batch: Sequence[Row]) -> None:
        faults: dict[int, Sequence[Fault]] = {}
        good: list[tuple[int, Item]] = []
        for row in batch:
            try:
                item = self.description.parse(header.read(row))
            except BadRow as error:
                faults[row.line] = error.faults
                continue
            if repeated := self._repeated(row.line, self.description.identity(item)):
                faults[row.line] = repeated
            else:
                good.append((row.line, item))
        found: Sequence[Checked] = ()
        if good:
            with walls.tenant_work(self.tenant_id):
                found = self.description.examine(self.tenant_id, [item for _, item in good])
        for (line, item), checked in zip(good, found, strict=True):
            if against := checked.faults or self._repeated(line, checked.identity):
                faults[line] = against
            else:
                self.spool.keep(line, item)
        self._tell(batch, faults)

    def _repeated(self, line: int, identity: str) -> Sequence[Fault]:
        """Two rows that mean one and disagree would be told apart by nothing but their order."""
        if not identity:
            return ()
        mark = hashlib.blake2b(identity.encode(), digest_size=12).digest()
        first = self.seen.setdefault(mark, line)
        if first == line:
            return ()
        return [Fault("", "repeated", f"Row {first} is for the same one; keep one of them.")]

    def _tell(self, batch: Sequence[Row], faults: dict[int, Sequence[Fault]]) -> None:
        self.summary.rows += len(batch)
        for row in batch:
            against = faults.get(row.line, ())
            self.report.row(row.line, REFUSED if against else NOT_APPLIED, against)
            if against:
                self.summary.refuse(row.line, against)


def apply(
    description: RowDescription[Item],
    tenant_id: int,
    spool: Spool[Item],
    report: Report,
    advance: Advance,
    *,
    by: Actor,
    is_trial: bool = False,
) -> Summary:
    """The second pass, a transaction for each batch; a trial undoes each."""
    summary = Summary()
    for number, batch in enumerate(batches(iter(spool)), start=1):
        with walls.tenant_work(tenant_id):
            results = description.apply(tenant_id, [item for _, item in batch], by=by)
            if is_trial:
                transaction.set_rollback(True)
        for (line, _), result in zip(batch, results, strict=True):
            # What a trial made is gone.
            uuid = "" if is_trial else result.uuid
            report.row(line, result.outcome, result.faults, uuid)
            summary.outcomes[result.outcome] += 1
            if result.faults:
                summary.refuse(line, result.faults)
        summary.rows += len(batch)
        advance(len(batch))
        if number in ANALYZED_AFTER and not is_trial:
            analyze(description.tables)
    return summary


def note(
    description: RowDescription[Item], tenant_id: int, file: str, summary: Summary, *, by: Actor
) -> None:
    """One event of the organization for the whole import, beside those of its rows."""
    told = {
        "file": file,
        "kind": description.tables[0]._meta.model_name,
        "rows": summary.rows,
        "outcomes": dict(summary.outcomes),
        REFUSED: summary.bad,
    }
    with walls.tenant_work(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        events.record(IMPORTED, tenant, tenant_id=tenant_id, by=by, after=told)


def analyze(tables: Sequence[type[Model]]) -> None:
    """A table that was empty a moment ago is searched as if it still were; autovacuum is late."""
    names = ", ".join(table._meta.db_table for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {names}")


def batches(things: Iterator[Thing]) -> Iterator[list[Thing]]:
    while batch := list(islice(things, ROWS_AT_ONCE)):
        yield batch
