from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from credentials.moving import outgoing
from credentials.moving.archive import new_file
from tenants import members
from tenants.management.base import Answer, OperatorCommand

USAGE = 2


class Command(OperatorCommand):
    help = """Write a whole tenant into one archive: rows as JSON Lines, and its files.

As it was at one moment, while the portal goes on. The archive holds what people are called and the
hashes of their passwords and of API tokens: keep it as you keep a backup. docs/operations.md has
more."""
    example = "python manage.py export_tenant acme --output acme.tar --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--output", required=True, metavar="FILE", help="made, never replaced")
        parser.add_argument(
            "--allow-damaged-files",
            action="store_true",
            help="leave out files that are gone, take changed ones as they are, and tell of both",
        )

    def prepare(self, options: Answer) -> None:
        if Path(options["output"]).exists():
            raise CommandError(f"--output {options['output']} exists.", returncode=USAGE)

    def _answer_once(self, options: Answer) -> Answer:
        with outgoing.snapshot():
            return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        tenant = members.find_tenant(options["slug"])
        path = Path(options["output"])
        try:
            with new_file(path) as stream:
                with bar("Exporting", outgoing.count(tenant), is_wanted=not options["json"]) as go:
                    damaged = options["allow_damaged_files"]
                    manifest = outgoing.export(tenant, stream, go, takes_damaged=damaged)
                size = stream.tell()
        except outgoing.FilesDamaged as fault:
            raise CommandError(
                f"{fault} Run again if it was replaced just now; see also: manage.py storage_audit."
                " --allow-damaged-files exports without."
            ) from None
        except OSError as error:
            raise CommandError(f"--output {path}: {error.strerror or error}.") from None
        return {
            "tenant": tenant.slug,
            "output": str(path),
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
