"""The file system of this machine, or a volume that all machines mount."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from credentials.storage.base import Missing, Part, Spool, StoredObject
from credentials.storage.keys import is_key

PRIVATE = 0o700  # of directories; files are made 0600
INCOMING = "incoming"


class FileStore:
    faults = (OSError,)

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def spool(self) -> Iterator[Spool]:
        # Beside the files, for it is renamed: a killed process leaves it, and the audit finds it.
        directory = self.root / INCOMING
        self._make(directory)
        descriptor, path = tempfile.mkstemp(dir=directory)
        with os.fdopen(descriptor, "w+b") as file:
            try:
                yield Spool(file, path)
            finally:
                Path(path).unlink(missing_ok=True)

    def keep(self, key: str, spool: Spool) -> None:
        target = self._path(key)
        self._make(target.parent)
        spool.file.flush()
        # From now on: a slow upload may have sent its last bytes long ago.
        os.utime(spool.path)
        os.fsync(spool.file.fileno())
        Path(spool.path).rename(target)
        _sync(target.parent)

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise Missing(key) from None

    def read(self, key: str, start: int, end: int) -> Part:
        try:
            file = self._path(key).open("rb", buffering=0)
        except FileNotFoundError:
            raise Missing(key) from None
        file.seek(start)
        return Part(file, end - start)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with suppress(FileNotFoundError):
            path.unlink()
            _sync(path.parent)

    def objects(self) -> Iterator[StoredObject]:
        for directory, folders, names in os.walk(self.root, onerror=_raise_unless_gone):
            place = Path(directory)
            if place == self.root and INCOMING in folders:
                folders.remove(INCOMING)
            for name in names:
                # Uploads and deletions go on meanwhile.
                with suppress(FileNotFoundError):
                    found = (place / name).lstat()
                    key = (place / name).relative_to(self.root).as_posix()
                    yield StoredObject(key, found.st_size, _instant(found.st_mtime))

    def unfinished(self, before: datetime) -> Iterator[str]:
        with suppress(FileNotFoundError):
            for path in (self.root / INCOMING).iterdir():
                with suppress(FileNotFoundError):
                    if _instant(path.lstat().st_mtime) < before:
                        yield path.name

    def drop_unfinished(self, name: str) -> None:
        (self.root / INCOMING / Path(name).name).unlink(missing_ok=True)

    def signer(self, lifetime: timedelta) -> None:
        return None

    def _path(self, key: str) -> Path:
        if not is_key(key):
            raise ValueError("This is no key of ours.")
        return self.root / key

    def _make(self, directory: Path) -> None:
        """With its parents, each of them on the disk before a file in it is promised."""
        missing = [each for each in (directory, *directory.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=PRIVATE, exist_ok=True)
            _sync(each.parent)


def _raise_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
