from credentials.core.importing.command import ImportCommand
from credentials.organization_credentials.import_rows import AssertionRows


class Command(ImportCommand):
    help = """Issue organization credentials to the recipients that the rows of a file name.

All rows are checked first; when one is bad, none is applied. What a recipient holds already stays.
Columns: credential (the definition's entity id), recipient (username or email address), and as
needed issued_on, expires_at, narrative, evidence_url. docs/imports.md has more."""
    example = (
        "python manage.py import_assertions assertions.csv --tenant acme"
        " --dry-run --report report.csv --json"
    )
    description = AssertionRows()
