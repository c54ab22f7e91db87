import sys
from collections.abc import Iterator

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from credentials.persons import erasing, history, reach
from credentials.persons.erasing import Plan
from tenants.management.base import Answer, OperatorCommand
from tenants.walls import platform_work

USAGE = 2


class Command(OperatorCommand):
    help = """Erase a person from the whole portal, for good: there is no way back.

Their account, memberships, credentials of every family, files, sign-ins and keys go, in every
organization, and what waits for their names; the history keeps that something was done, and loses
what it says of them. It tells what it is about to do and asks, unless --yes is given. Doing it
again does no harm. Backups and archives are yours to see to. docs/operations.md has more."""
    example = "python manage.py erase_person ada --dry-run --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="username, verified address or uuid")
        parser.add_argument("--dry-run", action="store_true", help="tell, and change nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def prepare(self, options: Answer) -> None:
        if not (options["yes"] or options["dry_run"] or sys.stdin.isatty()):
            raise CommandError("Nobody is there to be asked: give --yes.", returncode=USAGE)

    def _answer_twice(self, options: Answer) -> Answer:
        if not (options["yes"] or options["dry_run"]):
            with platform_work():
                told = _told(self._plan(options), is_done=False)
            self._ask(told)
        return super()._answer_twice(options)

    def answer(self, options: Answer) -> Answer:
        planned = self._plan(options)
        if not options["dry_run"]:
            erasing.erase(planned)
        return _told(planned, is_done=not options["dry_run"])

    def _plan(self, options: Answer) -> Plan:
        person = reach.find(options["person"])
        with bar("History", history.last_id(), is_wanted=not options["json"]) as advance:
            return erasing.plan(person, advance)

    def _ask(self, told: Answer) -> None:
        self.stderr.write(self.describe(told), self.style.WARNING)
        self.stderr.write(f"Erase {told['person']} for good? Type yes: ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip() != "yes":
            raise CommandError("Nothing was erased.")

    def describe(self, answer: Answer) -> str:
        return "\n".join(_lines(answer))


def _told(planned: Plan, *, is_done: bool) -> Answer:
    user = planned.person.user
    return {
        "person": planned.person.name,
        "uuid": str(user.uuid) if user else None,
        "found": planned.is_anything,
        "erased": is_done and planned.is_anything,
        "rows": planned.counts,
        "events": len(planned.history),
        "files": len(planned.objects),
        "left": planned.left,
    }


def _lines(answer: Answer) -> Iterator[str]:
    if not answer["found"]:
        yield f"Nothing is kept of {answer['person']}."
    else:
        verb = "Erased" if answer["erased"] else "To be erased"
        who = f"{answer['person']}" + (f", {answer['uuid']}" if answer["uuid"] else ", no account")
        yield f"{verb}: {who}"
        for table, count in answer["rows"].items():
            yield f"  {count:>7,} of {table}"
        yield f"  {answer['events']:>7,} events lose their content"
        yield f"  {answer['files']:>7,} files"
    for each in answer["left"]:
        yield f"  Left: {each}."
