"""The command of an import; a family's names its rows."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from credentials.core.importing import run, source
from credentials.core.importing.description import REFUSED, RowDescription
from credentials.core.importing.progress import Advance, bar
from credentials.core.importing.report import Report
from credentials.core.importing.rows import FileRefused
from credentials.core.importing.run import Summary
from credentials.core.importing.spool import Spool
from tenants import members
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand
from tenants.walls import platform_work

USAGE = 2


class ImportCommand(OperatorCommand):
    description: ClassVar[RowDescription[Any]]

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a .csv file in UTF-8, or .xlsx")
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument(
            "--dry-run", action="store_true", help="do all of it, and undo it: nothing stays"
        )
        parser.add_argument(
            "--report", metavar="FILE", help="write what became of each row to this CSV file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.refusal = ""
        with ExitStack() as stack:
            options["stack"] = stack
            super().handle(*args, **options)
        if self.refusal:
            raise CommandError(self.refusal)

    def prepare(self, options: Answer) -> None:
        path = Path(options["file"])
        try:
            options["opened"] = options["stack"].enter_context(source.open_file(path))
        except source.NotAFile as error:
            raise CommandError(str(error), returncode=USAGE) from None
        report = Path(options["report"]) if options["report"] else None
        if report and report.exists() and report.samefile(path):
            raise CommandError("--report must not be the file itself.", returncode=USAGE)

    def _answer_twice(self, options: Answer) -> Answer:
        # In no transaction of its own: each batch has one, so that an import that ends in the
        # middle keeps what it did. A race that is lost is the description's to settle.
        with platform_work():
            tenant_id = members.find_tenant(options["tenant"]).pk
        with told_in_a_line(), Spool[Any]() as spool, self._report(options) as report:
            return self._import(tenant_id, spool, report, options)

    def _report(self, options: Answer) -> Report:
        try:
            return Report(Path(options["report"]) if options["report"] else None)
        except OSError as error:
            line = f"--report {options['report']}: {error.strerror}."
            raise CommandError(line, returncode=USAGE) from None

    def _import(self, tenant_id: int, spool: Spool[Any], report: Report, options: Answer) -> Answer:
        is_quiet = options["json"]
        table = source.read(options["opened"], Path(options["file"]))
        check = run.Check(self.description, tenant_id, spool, report)
        with bar("Checking", None, is_wanted=not is_quiet) as advance:
            checked = check.run(table, advance)
        if checked.bad:
            report.keep_draft()
            self.refusal = f"{checked.bad:,} of {checked.rows:,} rows are bad; nothing was applied."
            return self._told(options, checked, table.notes, applied=False)
        report.drop_draft()
        with bar("Applying", spool.count, is_wanted=not is_quiet) as advance:
            applied = self._apply(tenant_id, spool, report, advance, options)
        if not options["dry_run"]:
            name = Path(options["file"]).name
            run.note(self.description, tenant_id, name, applied, by=OPERATOR)
        if applied.bad:
            self.refusal = f"{applied.bad:,} of {applied.rows:,} rows were refused meanwhile."
        return self._told(options, applied, table.notes, applied=not options["dry_run"])

    def _apply(
        self, tenant_id: int, spool: Spool[Any], report: Report, advance: Advance, options: Answer
    ) -> Summary:
        return run.apply(
            self.description,
            tenant_id,
            spool,
            report,
            advance,
            by=OPERATOR,
            is_trial=options["dry_run"],
        )

    def _told(
        self, options: Answer, summary: Summary, notes: tuple[str, ...], *, applied: bool
    ) -> Answer:
        return {
            "tenant": options["tenant"],
            "dry_run": options["dry_run"],
            "applied": applied,
            "rows": summary.rows,
            **{name: summary.outcomes[name] for name in self.description.outcomes},
            REFUSED: summary.bad,
            "errors": [
                {"row": line, "column": fault.column, "code": fault.code, "text": fault.text}
                for line, fault in summary.faults
            ],
            "notes": list(notes),
        }

    def describe(self, answer: Answer) -> str:
        return "\n".join([*answer["notes"], *_faults(answer), *self._counts(answer)])

    def _counts(self, answer: Answer) -> Iterator[str]:
        counts = ", ".join(f"{answer[name]:,} {name}" for name in self.description.outcomes)
        if answer["applied"]:
            yield f"{answer['rows']:,} rows: {counts}."
        elif answer["dry_run"] and not answer[REFUSED]:
            yield f"{answer['rows']:,} rows, nothing was kept. They would be: {counts}."


def _faults(answer: Answer) -> Iterator[str]:
    for error in answer["errors"]:
        where = f"Row {error['row']}" + (f", {error['column']}" if error["column"] else "")
        yield f"{where}: {error['text']} ({error['code']})"
    rest = answer[REFUSED] - len({error["row"] for error in answer["errors"]})
    if rest:
        yield f"… and {rest:,} more bad rows; --report FILE tells of all."


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """What ends an import in the middle, in words that say what to do."""
    try:
        yield
    except FileRefused as error:
        raise CommandError(str(error)) from None
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        reason = " ".join(str(error).split())
        raise CommandError(
            f"The database failed: {reason}. What was applied is kept; run the same again."
        ) from None
    except OSError as error:
        raise CommandError(f"{error}. What was applied is kept; run the same again.") from None
