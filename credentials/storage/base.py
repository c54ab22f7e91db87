"""What a store can do, and what passes between it and its callers."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, Protocol
from urllib.parse import quote

CHUNK_BYTES = 64 * 1024
READ_BYTES = 256 * 1024


class Missing(Exception):  # noqa: N818 - not always an error
    """There is no object of this key."""


@dataclass(frozen=True)
class StoredObject:
    key: str
    size: int
    modified_at: datetime


class Spool:
    """A file on its way into a store: on a disk of this machine, and in no store yet.

    Its bytes are looked at, from any place, before a store keeps them.
    """

    def __init__(self, file: IO[bytes], path: str = "") -> None:
        self.file, self.path = file, path
        self.size = 0
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self.file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    def chunks(self) -> Iterator[bytes]:
        """From the start."""
        self.file.seek(0)
        while chunk := self.file.read(CHUNK_BYTES):
            yield chunk


@dataclass(frozen=True)
class Download:
    """How a browser is to take a file: under this name, as this type."""

    name: str
    content_type: str

    @property
    def disposition(self) -> str:
        """RFC 6266: saved, whatever the letters of its name, and never opened in place."""
        return f"attachment; filename*=UTF-8''{quote(self.name, safe='')}"


class Part(Iterator[bytes]):
    """Bytes of an object as they are asked for. Whoever does not take them all closes it."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def __next__(self) -> bytes:
        chunk: bytes = self.stream.read(min(self.left, READ_BYTES)) if self.left else b""
        if not chunk:
            self.close()
            raise StopIteration
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.stream.close()


class Store(Protocol):
    """Keys are those of `keys.object_key`; any other is a ValueError."""

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What its methods raise where the store itself cannot be reached or refuses."""

    def spool(self) -> AbstractContextManager[Spool]:
        """Gone at the end, unless it was kept."""

    def keep(self, key: str, spool: Spool) -> None:
        """Whole and for good once this returns; before that there is nothing of the key."""

    def size(self, key: str) -> int:
        """Raises Missing."""

    def read(self, key: str, start: int, end: int) -> Part:
        """The bytes from `start` up to `end`, which is not among them. Raises Missing at once."""

    def delete(self, key: str) -> None:
        """What is not there stays so."""

    def objects(self) -> Iterator[StoredObject]:
        """All that is kept, and what somebody else laid there (its key is none of ours).

        `modified_at` is when it was kept, not when its upload began.
        """

    def unfinished(self, before: datetime) -> Iterator[str]:
        """What our own uploads that were broken off before then have left."""

    def drop_unfinished(self, name: str) -> None:
        """Of those that `unfinished` names."""

    def signer(self, lifetime: timedelta) -> Callable[[str, Download], str] | None:
        """Makes the store's own signed address of a key; None where the portal serves its files."""
