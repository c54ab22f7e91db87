"""What the commands share that write one archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError, CommandParser

from credentials.moving import outgoing
from credentials.moving.archive import new_file
from tenants.management.base import Answer, OperatorCommand

USAGE = 2


class ArchiveCommand(OperatorCommand):
    """Answers as everything was at one moment, while the portal goes on."""

    def add_output(self, parser: CommandParser) -> None:
        parser.add_argument("--output", required=True, metavar="FILE", help="made, never replaced")

    def prepare(self, options: Answer) -> None:
        if Path(options["output"]).exists():
            raise CommandError(f"--output {options['output']} exists.", returncode=USAGE)

    def _answer_once(self, options: Answer) -> Answer:
        with outgoing.snapshot():
            return self.answer(options)

    @contextmanager
    def archive(self, options: Answer, *, when_damaged: str) -> Iterator[IO[bytes]]:
        """Raises CommandError; `when_damaged` follows what is said of files."""
        path = Path(options["output"])
        try:
            with new_file(path) as stream:
                yield stream
        except outgoing.FilesDamaged as fault:
            raise CommandError(f"{fault} {when_damaged}") from None
        except OSError as error:
            raise CommandError(f"--output {path}: {error.strerror or error}.") from None
