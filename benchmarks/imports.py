"""python -m benchmarks.imports: time and peak memory of an import of many awards, and again."""

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
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks import database

FEW, MANY, PROGRAMS = 10_000, 100_000, 50
MOST_SECONDS, MOST_MEGABYTES = 60, 60
HEADER = ("username", "program_id", "status", "whitelist")
XML = "http://schemas.openxmlformats.org/"
PARTS = {
    "_rels/.rels": f'<Relationships><Relationship Id="b" Type="{XML}officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns:r="{XML}r"><sheets><sheet name="Awards" r:id="w"/>'
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


def rows(count: int, name: str) -> Iterator[tuple[str, ...]]:
    yield HEADER
    for number in range(count):
        note = "Reason for whitelisting" if number % 4 == 0 else ""
        yield f"{name}{number:06}", str(number % PROGRAMS + 1), "awarded", note


def write_csv(path: Path, count: int, name: str) -> None:
    with path.open("w") as file:
        file.writelines(f"{','.join(row)}\n" for row in rows(count, name))


def write_workbook(path: Path, count: int, name: str) -> None:
    """As spreadsheets do: each text once, in a part of its own; its number in the cells."""
    numbers: dict[str, int] = {}
    sheet = ["<worksheet><sheetData>"]
    for line, row in enumerate(rows(count, name), start=1):
        texts = [
            f'<c r="{column}{line}" t="s"><v>{numbers.setdefault(text, len(numbers))}</v></c>'
            for column, text in zip("ABCD", row, strict=True)
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


WRITERS: dict[str, Callable[[Path, int, str], None]] = {
    "csv": write_csv,
    "xlsx": write_workbook,
}


def import_once(path: Path) -> Run:
    """In a process of its own."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", "import_program_credentials", str(path)]
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


def make_catalogue() -> None:
    from credentials.models import Program
    from tenants import changes, members, walls
    from tenants.events import OPERATOR

    with walls.platform_work():
        tenant = members.create_tenant(slug="bench", name="Bench", by=OPERATOR)
        for number in range(PROGRAMS):
            program = Program(tenant=tenant, program_id=number + 1, title=f"Program {number}")
            changes.create(program, by=OPERATOR)


def main() -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__).parse_args()
    missed = []
    with ExitStack() as stack:
        data_dir = stack.enter_context(database.directory(None))
        stack.enter_context(database.running(data_dir))
        make_catalogue()
        print("| file | rows | seconds | peak, MB | again, seconds |\n|---|---|---|---|---|")
        for kind, write in WRITERS.items():
            peaks = []
            for count in (FEW, MANY):
                path = data_dir / f"awards.{kind}"
                write(path, count, f"{kind}{count}-")
                first, again = import_once(path), import_once(path)
                assert (first.told["created"], again.told["unchanged"]) == (count, count)
                peaks.append(first.megabytes)
                print(
                    f"| {kind} | {count:,} | {first.seconds:.1f} | {first.megabytes:.0f}"
                    f" | {again.seconds:.1f} |",
                    flush=True,
                )
                if first.seconds > MOST_SECONDS:
                    missed.append(f"{kind}: {first.seconds:.0f} s, at most {MOST_SECONDS}")
            if peaks[1] - peaks[0] > MOST_MEGABYTES:
                missed.append(f"{kind}: {peaks[1] - peaks[0]:.0f} MB more")
    for line in missed:
        print(f"Missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
