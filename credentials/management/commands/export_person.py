from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from credentials.moving import outgoing
from credentials.moving.archive import new_file
from credentials.persons import history, reach, telling
from tenants.management.base import Answer, OperatorCommand

USAGE = 2


class Command(OperatorCommand):
    help = """Write all that the portal keeps of a person into one archive, for the person.

Their account, memberships, credentials of every family, files, sign-ins and history, in every
organization, and what waits for their names; no passwords, keys and tokens. A name or address that
nobody bears tells what waits for it."""
    example = "python manage.py export_person ada --output ada.tar --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="username, verified address or uuid")
        parser.add_argument("--output", required=True, metavar="FILE", help="made, never replaced")

    def prepare(self, options: Answer) -> None:
        if Path(options["output"]).exists():
            raise CommandError(f"--output {options['output']} exists.", returncode=USAGE)

    def _answer_once(self, options: Answer) -> Answer:
        with outgoing.snapshot():
            return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        person = reach.find(options["person"])
        path = Path(options["output"])
        is_shown = not options["json"]
        try:
            with new_file(path) as stream:
                with bar("History", history.last_id(), is_wanted=is_shown) as advance:
                    manifest = telling.tell(person, stream, advance)
                size = stream.tell()
        except outgoing.FilesDamaged as fault:
            raise CommandError(f"{fault} See: manage.py storage_audit.") from None
        except OSError as error:
            raise CommandError(f"--output {path}: {error.strerror or error}.") from None
        return {
            "person": person.name,
            "uuid": manifest.about["uuid"],
            "output": str(path),
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
