from pathlib import Path

from django.core.management.base import CommandParser

from credentials.core.importing.progress import bar
from credentials.moving.command import ArchiveCommand
from credentials.persons import history, reach, telling
from tenants.management.base import Answer

DAMAGED = "See: manage.py storage_audit."


class Command(ArchiveCommand):
    help = """Write all that the portal keeps of a person into one archive, for the person.

Their account, memberships, credentials of every family, files, sign-ins and history, in every
organization, and what waits for their names; no passwords, keys and tokens. A name or address that
nobody bears tells what waits for it."""
    example = "python manage.py export_person ada --output ada.tar --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="username, verified address or uuid")
        self.add_output(parser)

    def answer(self, options: Answer) -> Answer:
        person = reach.find(options["person"])
        is_shown = not options["json"]
        with self.archive(options, when_damaged=DAMAGED) as stream:
            with bar("History", history.last_id(), is_wanted=is_shown) as advance:
                manifest = telling.tell(person, stream, advance)
            size = stream.tell()
        return {
            "person": person.name,
            "uuid": manifest.about["uuid"],
            "output": str(Path(options["output"])),
            "size_bytes": size,
            "rows": {f"{each.scope}/{each.table}": each.rows for each in manifest.tables},
            "files": manifest.files,
        }

    def describe(self, answer: Answer) -> str:
        rows = sum(answer["rows"].values())
        return (
            f"{rows:,} rows and {answer['files']:,} files about {answer['person']}"
            f" are in {answer['output']}."
        )
