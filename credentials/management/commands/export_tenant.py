from pathlib import Path

from django.core.management.base import CommandParser

from credentials.core.importing.progress import bar
from credentials.moving import outgoing
from credentials.moving.command import ArchiveCommand
from tenants import members
from tenants.management.base import Answer

DAMAGED = (
    "Run again if it was replaced just now; see also: manage.py storage_audit."
    " --allow-damaged-files exports without."
)


class Command(ArchiveCommand):
    help = """Write a whole tenant into one archive: rows as JSON Lines, and its files.

As it was at one moment, while the portal goes on. The archive holds what people are called and the
hashes of their passwords and of API tokens: keep it as you keep a backup. docs/operations.md has
more."""
    example = "python manage.py export_tenant acme --output acme.tar --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        self.add_output(parser)
        parser.add_argument(
            "--allow-damaged-files",
            action="store_true",
            help="leave out files that are gone, take changed ones as they are, and tell of both",
        )

    def answer(self, options: Answer) -> Answer:
        tenant = members.find_tenant(options["slug"])
        with self.archive(options, when_damaged=DAMAGED) as stream:
            with bar("Exporting", outgoing.count(tenant), is_wanted=not options["json"]) as go:
                damaged = options["allow_damaged_files"]
                manifest = outgoing.export(tenant, stream, go, takes_damaged=damaged)
            size = stream.tell()
        return {
            "tenant": tenant.slug,
            "output": str(Path(options["output"])),
            "size_bytes": size,
            "rows": manifest.rows,
            "files": manifest.files,
            "file_bytes": manifest.file_bytes,
            "notes": manifest.notes,
        }

    def describe(self, answer: Answer) -> str:
        line = (
            f"{answer['tenant']}: {answer['rows']:,} rows and {answer['files']:,} files"
            f" ({answer['file_bytes']:,} bytes) are in {answer['output']}."
        )
        return "\n".join([line, *answer["notes"]])
