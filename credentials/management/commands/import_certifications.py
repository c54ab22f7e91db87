from credentials.certifications.import_rows import CertificationRows
from credentials.core.importing.command import ImportCommand


class Command(ImportCommand):
    help = """Record the certifications of members that the rows of a file name, or update them.

All rows are checked first; when one is bad, none is applied. Doing it again changes nothing.
Columns: member (uuid, external id, email address or username), external_source and external_id,
which together name the record, and as needed type (uuid or slug), source, issued_on, expires_on,
issuer_name, serial_number. docs/imports.md has more."""
    example = (
        "python manage.py import_certifications certifications.csv --tenant acme"
        " --dry-run --report report.csv --json"
    )
    description = CertificationRows()
