import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.diplomas import audit
from credentials.storage.configured import store
from tenants.management.base import Answer, OperatorCommand

WORDS = {
    "no_row": "a file that no record names",
    "no_object": "a record whose file is gone",
    "wrong_size": "a file of another size than was stored",
    "wrong_hash": "a file of other bytes than were stored",
    "unfinished": "the rest of an upload that was broken off",
    "foreign": "a file that is none of the portal's",
}


class Command(OperatorCommand):
    help = """Compare the stored files with their records: places, sizes and SHA-256.

Exit code 1 while something is left that is not mended. With --fix, files that no record names, the
rests of broken uploads, and records whose file is gone are removed; changed files are only told:
bring them back from a backup. Where many files are gone, their records stay: see that the store is
there and the right one, or say --forget-many. It reads every file, and uploads may go on meanwhile:
files of the last hour are left alone."""
    example = "python manage.py storage_audit --fix --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="mend what can be")
        parser.add_argument(
            "--forget-many",
            action="store_true",
            help=f"with --fix: records whose files are gone, even more than {audit.FEW} and"
            f" {audit.PART * 100:.0f}%% of all",
        )

    def _answer_twice(self, options: Answer) -> Answer:
        # In no transaction of its own: one that lasts while every file is read holds up others.
        return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        repair = audit.Repair(fixes=options["fix"], forgets_many=options["forget_many"])
        try:
            found = [vars(finding) for finding in audit.audit(repair)]
        except store().faults as error:
            raise CommandError(f"The store cannot be read: {error}") from error
        self.left = sum(not finding["is_mended"] for finding in found)
        return {"findings": found, "left": self.left}

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.left:
            sys.exit(1)

    def describe(self, answer: Answer) -> str:
        lines = [
            f"  {each['key']}: {WORDS[each['kind']]}{', removed' if each['is_mended'] else ''}"
            for each in answer["findings"]
        ]
        mended = len(lines) - answer["left"]
        return "\n".join([f"{len(lines)} faults, {mended} of them mended.", *lines])
