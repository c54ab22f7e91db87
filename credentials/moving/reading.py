"""An archive that came from somewhere: believed only as far as its hashes go."""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from credentials.moving.archive import MANIFEST, VERSION, Manifest, Part, TableOfParts

CHUNK_BYTES = 1024 * 1024
MOST_TOLD_BYTES = 64 * 1024 * 1024  # of what is held in memory at once
FILES = "files/"


class ArchiveRefused(Exception):  # noqa: N818 - of what came, not of ours
    """Why, in one line."""


@dataclass(frozen=True)
class Member:
    """One piece, and where its bytes lie."""

    name: str
    start: int
    size: int


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    sha256: str
    chunks: Iterator[bytes]


class Archive:
    """`check` comes first; what it accepted can be read as often as wanted."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self._places: dict[str, Member] = {}

    def check(self, kind: str, advance: Callable[[int], None]) -> Manifest:
        """Every byte against the manifest. Raises ArchiveRefused."""
        seen: dict[str, str] = {}
        files: dict[str, tuple[int, str]] = {}
        number = size = 0
        for member in self._members():
            digest = self._digest(member, advance)
            if member.name.startswith(FILES):
                files[member.name.removeprefix(FILES)] = member.size, digest
                continue
            if member.name in seen:
                raise ArchiveRefused(f"The archive has {member.name} twice.")
            seen[member.name] = digest
            self._places[member.name] = member
            if member.name.startswith("files-"):
                number, size = number + len(files), size + sum(each for each, _ in files.values())
                self._demand_files(member, files)
        manifest = self._manifest(kind, seen)
        _demand_parts(manifest, seen, self._places)
        if files or (number, size) != (manifest.files, manifest.file_bytes):
            raise ArchiveRefused("The archive has other files than its manifest tells.")
        return manifest

    def rows(self, part: Part) -> Iterator[str]:
        """Its lines."""
        return self._lines(self._places[part.name])

    def files(self) -> Iterator[StoredFile]:
        """Each must be taken before the next."""
        waiting: list[Member] = []
        for member in self._members():
            if member.name.startswith(FILES):
                waiting.append(member)
            elif member.name.startswith("files-"):
                told = map(json.loads, self._lines(member))
                for place, each in zip(waiting, told, strict=True):
                    yield StoredFile(**each, chunks=self._chunks(place))
                waiting = []

    def _members(self) -> Iterator[Member]:
        """In their order."""
        self.stream.seek(0, 2)
        end = self.stream.tell()
        self.stream.seek(0)
        try:
            # The stream is its caller's, who closes it.
            tar: Any = tarfile.open(fileobj=self.stream, mode="r:")  # noqa: SIM115
            while info := tar.next():
                if not info.isreg() or info.offset_data + info.size > end:
                    raise ArchiveRefused("The archive is cut off, or holds more than files.")
                yield Member(info.name, info.offset_data, info.size)
                tar.members.clear()
        except (tarfile.TarError, EOFError, OSError) as error:
            raise ArchiveRefused(f"This is no archive of the portal: {error}.") from None

    def _digest(self, member: Member, advance: Callable[[int], None]) -> str:
        digest = hashlib.sha256()
        for chunk in self._chunks(member):
            digest.update(chunk)
            advance(len(chunk))
        return digest.hexdigest()

    def _chunks(self, member: Member) -> Iterator[bytes]:
        done = 0
        while done < member.size:
            self.stream.seek(member.start + done)
            chunk = self.stream.read(min(CHUNK_BYTES, member.size - done))
            if not chunk:
                raise ArchiveRefused("The archive is cut off.")
            done += len(chunk)
            yield chunk

    def _text(self, member: Member) -> str:
        if member.size > MOST_TOLD_BYTES:
            raise ArchiveRefused(f"{member.name} is too large.")
        try:
            return b"".join(self._chunks(member)).decode()
        except UnicodeDecodeError:
            raise ArchiveRefused(f"{member.name} is no UTF-8 text.") from None

    def _lines(self, member: Member) -> Iterator[str]:
        # Not splitlines: some of what it takes for an end, JSON may hold.
        yield from filter(None, self._text(member).split("\n"))

    def _demand_files(self, member: Member, files: dict[str, tuple[int, str]]) -> None:
        """Those before this part are the ones that it tells, in its order."""
        try:
            told = map(json.loads, self._lines(member))
            wanted = {each["name"]: (each["size"], each["sha256"]) for each in told}
        except (ValueError, KeyError, TypeError):
            raise ArchiveRefused(f"{member.name} cannot be read.") from None
        if list(wanted) != list(files):
            raise ArchiveRefused(f"{member.name} tells of other files than there are.")
        for name, found in files.items():
            if wanted[name] != found:
                raise ArchiveRefused(f"The file {name} is not the one that was exported.")
        files.clear()

    def _manifest(self, kind: str, seen: dict[str, str]) -> Manifest:
        if seen.pop(MANIFEST, None) is None:
            raise ArchiveRefused("The archive has no manifest: its end is missing.")
        try:
            manifest = _parsed(json.loads(self._text(self._places[MANIFEST])))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ArchiveRefused("The manifest cannot be read.") from None
        if (manifest.kind, manifest.version) != (kind, VERSION):
            raise ArchiveRefused(
                f"This is a {manifest.kind} archive of version {manifest.version};"
                f" a {kind} archive of version {VERSION} is needed."
            )
        return manifest


def _parsed(told: dict[str, Any]) -> Manifest:
    tables = [
        TableOfParts(**{**each, "parts": [Part(**part) for part in each["parts"]]})
        for each in told["tables"]
    ]
    parts = [Part(**part) for part in told["file_parts"]]
    return Manifest(**{**told, "tables": tables, "file_parts": parts})


def _demand_parts(manifest: Manifest, seen: dict[str, str], places: dict[str, Member]) -> None:
    for name, part in manifest.parts.items():
        if name not in seen:
            raise ArchiveRefused(f"The archive lacks {name}.")
        if (part.sha256, part.size) != (seen.pop(name), places[name].size):
            raise ArchiveRefused(f"{name} is not as it was exported: its SHA-256 differs.")
    if seen:
        raise ArchiveRefused(f"The archive has {min(seen)}, which its manifest does not tell.")


def open_archive(path: Path) -> IO[bytes]:
    """Raises ArchiveRefused."""
    try:
        return path.open("rb")
    except OSError as error:
        raise ArchiveRefused(f"{path}: {error.strerror}.") from None
