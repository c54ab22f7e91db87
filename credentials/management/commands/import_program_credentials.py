from credentials.core.importing.command import ImportCommand
from credentials.program_credentials.import_rows import AwardRows


class Command(ImportCommand):
    help = """Award and revoke program and course certificates as the rows of a file say.

All rows are checked first; when one is bad, none is applied. Doing it again changes nothing.
Columns: username, program_id or course_id with certificate_type, status (awarded, revoked), and as
needed reason, grade, whitelist, attributes. docs/imports.md has more."""
    example = (
        "python manage.py import_program_credentials awards.csv --tenant acme"
        " --dry-run --report report.csv --json"
    )
    description = AwardRows()
