"""python -m benchmarks.imports [kind]: time and peak memory of a long import, and again."""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks import database

FEW, MANY, CERTIFICATES, MEMBERS = 10_000, 100_000, 50, 10_000
MOST_SECONDS, MOST_MEGABYTES = 60, 60
Table = Iterator[tuple[str, ...]]
Writer = Callable[[Path, Table], None]
XML = "http://schemas.openxmlformats.org/"
PARTS = {
    "_rels/.rels": f'<Relationships><Relationship Id="b" Type="{XML}officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns:r="{XML}r"><sheets><sheet name="Rows" r:id="w"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="w" Type="{XML}worksheet"'
    f' Target="sheet.xml"/><Relationship Id="s" Type="{XML}sharedStrings" Target="strings.xml"/>'
    "</Relationships>",
}


@dataclass(frozen=True)
class Run:
    seconds: float
    megabytes: float
    told: dict[str, int]


@dataclass(frozen=True)
class Kind:
    """Of rows: `outcome` is what all of them have the first time, `corrected` the same, amended."""

    command: str
    outcome: str
    make_catalogue: Callable[[], None]
    rows: Callable[[int, str], Table]
    corrected: Callable[[int, str], Table] | None = None


def award_rows(count: int, name: str) -> Table:
    yield "username", "program_id", "status", "whitelist"
    for number in range(count):
        note = "Reason for whitelisting" if number % 4 == 0 else ""
        yield f"{name}{number:06}", str(number % CERTIFICATES + 1), "awarded", note


def make_programs() -> None:
    from credentials.models import Program
    from tenants import changes, members, walls
    from tenants.events import OPERATOR

    with walls.platform_work():
        tenant = members.create_tenant(slug="bench", name="Bench", by=OPERATOR)
        for number in range(CERTIFICATES):
            program = Program(tenant=tenant, program_id=number + 1, title=f"Program {number}")
            changes.create(program, by=OPERATOR)


def assertion_rows(count: int, name: str) -> Table:
    yield "recipient", "credential", "issued_on", "narrative"
    for number in range(count):
        note = "Passed with distinction" if number % 4 == 0 else ""
        recipient = f"{name}{number:06}@school.example"
        yield recipient, str(definition_uuid(number % CERTIFICATES)), "2026-01-31", note


def definition_uuid(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:credentials-portal:benchmark:{number}")


def make_definitions() -> None:
    from credentials.models import CredentialDefinition, IssuerProfile
    from tenants import changes, members, walls
    from tenants.events import OPERATOR

    with walls.platform_work():
        tenant = members.create_tenant(slug="bench", name="Bench", by=OPERATOR)
        issuer = changes.create(IssuerProfile(tenant=tenant, name="Bench"), by=OPERATOR)
        for number in range(CERTIFICATES):
            facts = {"uuid": definition_uuid(number), "name": f"Credential {number}"}
            definition = CredentialDefinition(tenant=tenant, issuer=issuer, **facts)
            changes.create(definition, by=OPERATOR)


def certification_rows(count: int, name: str, year: int = 2028) -> Table:
    """Each of the members' first, each of their second, ..."""
    yield "member", "type", "external_source", "external_id", "issued_on", "expires_on"
    for number in range(count):
        expires_on = f"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        member, kind = f"{member_name(number)}@school.example", f"type-{number % CERTIFICATES}"
        yield member, kind, "hr", f"{name}{number:06}", "2026-01-31", expires_on


def renewed_rows(count: int, name: str) -> Table:
    return certification_rows(count, name, 2030)


def member_name(number: int) -> str:
    return f"member{number % MEMBERS:05}"


def make_members_and_types() -> None:
    from django.utils import timezone

    from credentials.models import CertificationType
    from tenants import members, walls
    from tenants.events import OPERATOR
    from tenants.models import Membership
    from users.models import User

    with walls.platform_work():
        tenant = members.create_tenant(slug="bench", name="Bench", by=OPERATOR)
        names, now = [member_name(number) for number in range(MEMBERS)], timezone.now()
        proven: dict[str, Any] = {"password": "!", "email_verified_at": now}
        people = (User(username=name, email=f"{name}@school.example", **proven) for name in names)
        users = User.objects.bulk_create(people)
        Membership.objects.bulk_create(Membership(tenant=tenant, user=user) for user in users)
        kinds = [f"type-{number}" for number in range(CERTIFICATES)]
        CertificationType.objects.bulk_create(
            CertificationType(tenant=tenant, slug=kind, title=kind) for kind in kinds
        )


KINDS = {
    "awards": Kind("import_program_credentials", "created", make_programs, award_rows),
    "assertions": Kind("import_assertions", "issued", make_definitions, assertion_rows),
    "certifications": Kind(
        *("import_certifications", "created", make_members_and_types),
        *(certification_rows, renewed_rows),
    ),
}


def write_csv(path: Path, rows: Table) -> None:
    with path.open("w") as file:
        file.writelines(f"{','.join(row)}\n" for row in rows)


def write_workbook(path: Path, rows: Table) -> None:
    """As spreadsheets do: each text once, in a part of its own; its number in the cells."""
    numbers: dict[str, int] = {}
    sheet = ["<worksheet><sheetData>"]
    for line, row in enumerate(rows, start=1):
        texts = [
            f'<c r="{column}{line}" t="s"><v>{numbers.setdefault(text, len(numbers))}</v></c>'
            for column, text in zip(ascii_uppercase, row, strict=False)
            if text
        ]
        sheet.append(f'<row r="{line}">{"".join(texts)}</row>')
    sheet.append("</sheetData></worksheet>")
    strings = "".join(f"<si><t>{text}</t></si>" for text in numbers)
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        for part, text in PARTS.items():
            made.writestr(part, text)
        made.writestr("xl/sheet.xml", "".join(sheet))
        made.writestr("xl/strings.xml", f"<sst>{strings}</sst>")


WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "xlsx": write_workbook,
}


def import_once(kind: Kind, path: Path) -> Run:
    """In a process of its own."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", kind.command, str(path)]
    megabytes = 0.0
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([*command, "--tenant=bench", "--json"], stdout=output)
        while process.poll() is None:
            megabytes = peak_of(process.pid) or megabytes
            time.sleep(0.02)
        assert process.returncode == 0
        output.seek(0)
        told = json.load(output)
    return Run(time.monotonic() - started, megabytes, told)


def peak_of(pid: int) -> float:
    """0 when it has ended. What `wait` tells of a process begins with the peak of its parent."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(found[1]) / 1024
    return 0


def chosen() -> tuple[Kind, dict[str, Writer]]:
    """What is measured, and in which kinds of file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, default="awards")
    parser.add_argument("--file", choices=WRITERS, help="default: each")
    wanted = parser.parse_args()
    writers = {wanted.file: WRITERS[wanted.file]} if wanted.file else WRITERS
    return KINDS[wanted.kind], writers


def measured(kind: Kind, path: Path, write: Writer, count: int) -> Run:
    """The first run; told in a line of the table, with those after it."""
    suffix = path.suffix[1:]
    name = f"{suffix}{count}-"
    write(path, kind.rows(count, name))
    first, again = import_once(kind, path), import_once(kind, path)
    assert (first.told[kind.outcome], again.told["unchanged"]) == (count, count)
    corrected = ""
    if kind.corrected:
        write(path, kind.corrected(count, name))
        run = import_once(kind, path)
        assert run.told["updated"] == count
        corrected = f"{run.seconds:.1f}"
    told = f"{first.seconds:.1f} | {first.megabytes:.0f} | {again.seconds:.1f} | {corrected}"
    print(f"| {suffix} | {count:,} | {told} |", flush=True)
    return first


def main() -> int:
    kind, writers = chosen()
    missed = []
    with ExitStack() as stack:
        data_dir = stack.enter_context(database.directory(None))
        stack.enter_context(database.running(data_dir))
        kind.make_catalogue()
        print("| file | rows | seconds | peak, MB | again, seconds | corrected, seconds |")
        print("|---|---|---|---|---|---|")
        for suffix, write in writers.items():
            peaks = []
            for count in (FEW, MANY):
                first = measured(kind, data_dir / f"rows.{suffix}", write, count)
                peaks.append(first.megabytes)
                if first.seconds > MOST_SECONDS:
                    missed.append(f"{suffix}: {first.seconds:.0f} s, at most {MOST_SECONDS}")
            if peaks[1] - peaks[0] > MOST_MEGABYTES:
                missed.append(f"{suffix}: {peaks[1] - peaks[0]:.0f} MB more")
    for line in missed:
        print(f"Missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
