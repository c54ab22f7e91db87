"""The archive: a tar file of parts, and last a manifest that tells each one's SHA-256.

Parts are small enough for memory; files pass through. What was cut off has no manifest.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

VERSION = 1
MANIFEST = "manifest.json"
PART_BYTES = 8 * 1024 * 1024
FILES_TOLD = 1000  # by one part


@dataclass(frozen=True)
class Part:
    name: str
    size: int
    sha256: str
    rows: int


@dataclass
class TableOfParts:
    """`last_id`: of numbers given by the database, up to where they are taken; 0 for none."""

    table: str
    scope: str  # tenant, people or shared
    rows: int = 0
    last_id: int = 0
    parts: list[Part] = field(default_factory=list)


@dataclass
class Manifest:
    kind: str
    schema: dict[str, list[str]]
    about: dict[str, Any]
    made_at: str
    tables: list[TableOfParts] = field(default_factory=list)
    files: int = 0
    file_bytes: int = 0
    file_parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    version: int = VERSION

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def parts(self) -> dict[str, Part]:
        tables = (part for table in self.tables for part in table.parts)
        return {part.name: part for part in (*tables, *self.file_parts)}


class ArchiveWriter:
    def __init__(self, stream: IO[bytes], manifest: Manifest) -> None:
        self.manifest = manifest
        # `close` ends it; an archive that is not closed is none.
        self._tar: Any = tarfile.open(  # noqa: SIM115
            fileobj=stream, mode="w", format=tarfile.PAX_FORMAT
        )
        self._told: list[dict[str, Any]] = []

    def add_rows(self, table: TableOfParts, lines: Iterable[bytes]) -> None:
        """Each line is a row, without its end."""
        number = len(self.manifest.tables) + 1
        self.manifest.tables.append(table)
        for place, (content, rows) in enumerate(_parts(lines), 1):
            name = f"tables/{number:03}-{table.table}-{place:05}.jsonl"
            table.parts.append(self._add(name, content, rows))
            table.rows += rows

    def add_file(self, name: str, size: int, chunks: Iterable[bytes]) -> str:
        """Its SHA-256. Raises OSError when there are fewer bytes."""
        passing = _Passing(chunks)
        self._write(f"files/{name}", size, passing)
        self._told.append({"name": name, "size": size, "sha256": passing.sha256})
        self.manifest.files += 1
        self.manifest.file_bytes += size
        if len(self._told) == FILES_TOLD:
            self._tell_files()
        return passing.sha256

    def add_text(self, name: str, content: str) -> None:
        """For people to read: nothing is made of it again, and the manifest does not tell it."""
        self._write(name, len(content.encode()), io.BytesIO(content.encode()))

    def close(self) -> None:
        self._tell_files()
        content = json.dumps(asdict(self.manifest), indent=1).encode()
        self._write(MANIFEST, len(content), io.BytesIO(content))
        self._tar.close()

    def _tell_files(self) -> None:
        if self._told:
            content = b"".join(json.dumps(each).encode() + b"\n" for each in self._told)
            name = f"files-{len(self.manifest.file_parts) + 1:05}.jsonl"
            self.manifest.file_parts.append(self._add(name, content, len(self._told)))
            self._told = []

    def _add(self, name: str, content: bytes, rows: int) -> Part:
        self._write(name, len(content), io.BytesIO(content))
        return Part(name, len(content), hashlib.sha256(content).hexdigest(), rows)

    def _write(self, name: str, size: int, stream: Any) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, stream)
        # It would remember each of a million files.
        self._tar.members.clear()


class _Passing:
    """Chunks as tarfile reads them, and their SHA-256."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._left = iter(chunks), b""
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (chunk := next(self._chunks, b"")):
            self._left += chunk
        taken, self._left = self._left[:size], self._left[size:]
        self._digest.update(taken)
        return taken

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _parts(lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    kept, size = [], 0
    for line in lines:
        kept.append(line)
        size += len(line) + 1
        if size >= PART_BYTES:
            yield b"\n".join([*kept, b""]), len(kept)
            kept, size = [], 0
    if kept:
        yield b"\n".join([*kept, b""]), len(kept)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Nothing of this name before it is whole; for its owner's eyes. Raises FileExistsError."""
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f"{path.name}.partial")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # A link, which unlike a rename takes no other's place.
        path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
