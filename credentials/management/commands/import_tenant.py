from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from credentials.moving import incoming, outgoing
from credentials.moving.archive import Manifest
from credentials.moving.reading import Archive, ArchiveRefused, open_archive
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = """Take a tenant out of an archive of export_tenant, with its ids, links and people.

Every byte is checked first. Rows come all at once or not at all; of a tenant that is here already
nothing is changed. Killed in the middle, run it again."""
    example = "python manage.py import_tenant acme.tar --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--check", action="store_true", help="look at the archive, and change nothing"
        )

    def _answer_once(self, options: Answer) -> Answer:
        # In no transaction of its own: files and numbers come before the rows.
        return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        path = Path(options["file"])
        is_shown = not options["json"]
        try:
            with open_archive(path) as stream:
                archive = Archive(stream)
                size = path.stat().st_size
                with bar("Checking", size, is_wanted=is_shown) as advance:
                    manifest = archive.check(outgoing.KIND, advance)
                if options["check"]:
                    incoming.demand_schema(manifest)
                    return {**_told(manifest), "imported": False, "is_here": None}
                total = manifest.rows + manifest.files
                with bar("Importing", total, is_wanted=is_shown) as advance:
                    done = incoming.import_tenant(archive, manifest, advance)
        except ArchiveRefused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            line = f"{error}. No row was imported; run the same again."
            raise CommandError(line) from None
        return {**_told(manifest), "imported": done.is_new, "is_here": True}

    def describe(self, answer: Answer) -> str:
        what = f"{answer['rows']:,} rows and {answer['files']:,} files"
        if answer["imported"]:
            line = f"{answer['tenant']} is here: {what}."
        elif answer["is_here"]:
            line = f"{answer['tenant']} was here already; nothing was changed."
        else:
            line = f"The archive is whole: {answer['tenant']}, {what}."
        return "\n".join([line, *answer["notes"]])


def _told(manifest: Manifest) -> Answer:
    return {
        "tenant": manifest.about["slug"],
        "uuid": manifest.about["uuid"],
        "made_at": manifest.made_at,
        "rows": manifest.rows,
        "files": manifest.files,
        "notes": manifest.notes,
    }
