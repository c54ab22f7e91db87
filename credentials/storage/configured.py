"""The store and the scanner that the settings name."""

from functools import cache
from pathlib import Path

from django.conf import settings

from credentials.storage.base import Store
from credentials.storage.local import FileStore
from credentials.storage.scanning import ClamAv, NoScanner, Scanner


def store() -> Store:
    return _store(settings.S3, settings.FILES_DIR)


def scanner() -> Scanner:
    return ClamAv(settings.CLAMAV) if settings.CLAMAV else NoScanner()


@cache
def _store(s3: "S3Settings", directory: Path) -> Store:
    if s3 is None:
        return FileStore(directory)
    # Only where it is used: it takes a third of a second to load.
    from credentials.storage.s3 import S3Options, S3Store

    return S3Store(S3Options(**dict(s3)))


S3Settings = tuple[tuple[str, str], ...] | None
