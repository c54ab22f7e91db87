"""A file of 20 MiB through the portal, beside a bare copy through the same server; what it costs.

Not by wrk, which would keep one file for each connection: one client sends and receives, in turn.
"""

import http.client
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks import diplomas
from benchmarks.bare import COPY
from benchmarks.cases import body
from benchmarks.load import LoadError, Request
from benchmarks.population import Person
from credentials.models import DiplomaTitle
from tenants import walls

SIZE, MIB = 20 * 1024 * 1024, 1024 * 1024
MOST_MEMORY = 40 * MIB
PIECE = 256 * 1024
TURNS = 5  # of each way in a round
RESET_PEAK = "5"  # proc(5): /proc/pid/clear_refs
DONE = {HTTPStatus.OK, HTTPStatus.NO_CONTENT}


@dataclass
class Way:
    """One of both directions, through the portal or past it."""

    name: str
    method: str
    path: str
    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def go(self, port: int, content: bytes) -> float:
        """MiB a second. Raises LoadError."""
        started = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request(self.method, self.path, content if self.method == "PUT" else None)
            answer = connection.getresponse()
            received = sum(map(len, iter(lambda: answer.read(PIECE), b"")))
        took = time.perf_counter() - started
        is_whole = self.method == "PUT" or received == len(content)
        if answer.status not in DONE or not is_whole:
            raise LoadError(f"{self.name}: {answer.status}, {received} bytes")
        self.seconds.append(took)
        return len(content) / MIB / took


@dataclass(frozen=True)
class Pair:
    """The portal's way, and the bare one that it is compared with."""

    portal: Way
    bare: Way

    def compare(self, port: int, content: bytes) -> None:
        """In turn, and each the other way around; the medians of one round count."""
        speeds: dict[str, list[float]] = {self.portal.name: [], self.bare.name: []}
        for turn in range(TURNS):
            for way in (self.bare, self.portal)[:: 1 if turn % 2 else -1]:
                speeds[way.name].append(way.go(port, content))
        portal, bare = (median(speeds[way.name]) for way in (self.portal, self.bare))
        self.portal.ratios.append(portal / bare)
        self.bare.ratios.append(1.0)


def measure(person: Person, port: int, rounds: int) -> tuple[str, list[int]]:
    """A table, and by how many bytes the processes grew during each of some uploads."""
    content = pdf()
    upload, download = addresses(person, port)
    pairs = (
        Pair(Way("upload", "PUT", upload), Way("bare upload", "PUT", COPY)),
        Pair(Way("download", "GET", download), Way("bare download", "GET", COPY)),
    )
    grown = [growth(pairs[0].portal, port, content) for _ in range(TURNS)]
    pairs[0].bare.go(port, content)
    for _ in range(rounds):
        for pair in pairs:
            pair.compare(port, content)
    return table([way for pair in pairs for way in (pair.bare, pair.portal)]), grown


def pdf() -> bytes:
    start, end = b"%PDF-1.7\n", b"\n%%EOF\n"
    return start + os.urandom(SIZE - len(start) - len(end)) + end


def addresses(person: Person, port: int) -> tuple[str, str]:
    """Paths that take the file of a new diploma, again and again, and that give it."""
    with walls.platform_work():
        title = DiplomaTitle.objects.filter(tenant_id=person.tenant_id).order_by("id")[0]
    attachment = {"name": "diploma.pdf", "mimeType": "application/pdf", "size": SIZE}
    sent = body(titleId=title.pk, attachment=attachment)
    status, answer = Request("POST", diplomas.OWN, person.both, sent).answer(port)
    if status != HTTPStatus.CREATED:
        raise LoadError(f"{diplomas.OWN} answered {status} {answer}")
    return urlsplit(answer["uploadUrl"]).path, urlsplit(answer["presignedUrl"]).path


def table(ways: list[Way]) -> str:
    """As Markdown."""
    lines = ["| what | of the bare one | MiB/s | ms |", "| --- | --- | --- | --- |"]
    for way in ways:
        seconds = median(way.seconds)
        speed = SIZE / MIB / seconds
        ratio = median(way.ratios)
        lines.append(f"| {way.name} | {ratio:.2f} | {speed:,.0f} | {seconds * 1000:.0f} |")
    return "\n".join(lines)


# --- Memory, as Linux counts it


def growth(way: Way, port: int, content: bytes) -> int:
    """Of the peaks of all processes while one file goes that way."""
    before = reset_peaks()
    way.go(port, content)
    return sum(peak - before[process] for process, peak in peaks(before))


def processes() -> Iterator[int]:
    """The portal's: what this process started, and what that started, in the same Python."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        told = read(place).rpartition(")")[2].split()
        if told:
            parents[int(place.parent.name)] = int(told[1])
    found = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    python = Path("/proc/self/exe").resolve()
    return (
        process
        for process in sorted(found - {os.getpid()})
        if Path(f"/proc/{process}/exe").resolve() == python
    )


def reset_peaks() -> dict[int, int]:
    """What each process takes now, from which its peak is counted anew."""
    found = {}
    for process in processes():
        Path(f"/proc/{process}/clear_refs").write_text(RESET_PEAK)
        found[process] = memory(process, "VmRSS")
    return found


def peaks(known: dict[int, int]) -> Iterator[tuple[int, int]]:
    return ((process, memory(process, "VmHWM")) for process in known)


def memory(process: int, name: str) -> int:
    for line in read(Path(f"/proc/{process}/status")).splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LoadError(f"process {process} has ended")


def read(place: Path) -> str:
    try:
        return place.read_text()
    except OSError:  # it has ended
        return ""
