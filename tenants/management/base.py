"""What every operators' command shares: its output, its errors, and the rows it sees."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.core.exceptions import ValidationError
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import DatabaseError, IntegrityError, connection

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Problem, constraint_problem
from tenants.walls import platform_work

Answer = dict[str, Any]

CONNECT_SECONDS = 3
# An unknown table, an unknown column, and a role (of `walls`) that nobody has made yet.
NOT_MIGRATED = {"42P01", "42703", "22023"}


class Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of the options, and an example that keeps its lines."""


class OperatorCommand(BaseCommand):
    """Never asks; does nothing when called again. `answer` runs in platform work."""

    example = ""
    # They guard the server, which runs them at its start.
    requires_system_checks = []

    def add_options(self, parser: CommandParser) -> None:
        """The command's own."""

    def prepare(self, options: Answer) -> None:
        """What must happen once, before the database is looked at."""

    def answer(self, options: Answer) -> Answer:
        """Do the work and say what stands now, ready for JSON. Called again after a lost race."""
        raise NotImplementedError

    def describe(self, answer: Answer) -> str:
        """The answer for people."""
        raise NotImplementedError

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = Help
        kwargs["epilog"] = f"Example:\n  {self.example}"
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_options(parser)
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object and nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _require_unicode(options)
        self.prepare(options)
        _require_database()
        try:
            answer = self._answer_twice(options)
        except Problem as problem:
            raise CommandError(problem.detail) from None
        except ValidationError as error:
            raise CommandError(" ".join(_faults(error))) from None
        except DatabaseError as error:
            raise _as_command_error(error) from error
        self.stdout.write(json.dumps(answer) if options["json"] else self.describe(answer))

    def _answer_twice(self, options: Answer) -> Answer:
        try:
            return self._answer_once(options)
        except IntegrityError:
            # The same call beside this one was first: now its rows are there to be found.
            return self._answer_once(options)

    def _answer_once(self, options: Answer) -> Answer:
        with platform_work():
            return self.answer(options)


def instant(at: datetime | None) -> str | None:
    """As the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _require_unicode(options: Answer) -> None:
    """PostgreSQL stores neither NUL nor the lone surrogates that stand for undecodable bytes."""
    for name, value in options.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not is_storable(text):
                raise CommandError(f"--{name.replace('_', '-')} must be valid UTF-8 text.")


def is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _require_database() -> None:
    """At once and in one line, where the connection pool would try for long and log each try."""
    if connection.in_atomic_block:
        return
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database cannot be reached: {reason}") from None


def _faults(error: ValidationError) -> Iterator[str]:
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        yield f"{name}: {' '.join(messages)}"


def _as_command_error(error: DatabaseError) -> Exception:
    """A line where we know what is wrong; else the error itself."""
    if getattr(error.__cause__, "sqlstate", None) in NOT_MIGRATED:
        return CommandError("The database is not up to date. Run: python manage.py migrate")
    if isinstance(error, IntegrityError):
        problem = constraint_problem(error)
        if problem in CONSTRAINT_PROBLEMS.values():
            return CommandError(problem.detail)
    return error
