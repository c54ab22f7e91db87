"""The file that is imported: opened, and read by what its name says that it is."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from credentials.core.importing import comma_separated
from credentials.core.importing.comma_separated import too_large
from credentials.core.importing.rows import MAX_FILE_BYTES, Table


class NotAFile(Exception):  # noqa: N818 - a fault of usage, told as one
    """The path names nothing that can be imported; the text is one line for people."""


def open_file(path: Path) -> BinaryIO:
    """Raises NotAFile."""
    if path.suffix.lower() not in READERS:
        raise NotAFile(f"{path}: the name must end in {' or '.join(READERS)}.")
    try:
        return path.open("rb")
    except OSError as error:
        raise NotAFile(f"{path}: {error.strerror}.") from None


def read(file: BinaryIO, path: Path) -> Table:
    """Raises FileRefused, now or while rows are read."""
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size > MAX_FILE_BYTES:
        raise too_large()
    return READERS[path.suffix.lower()](file)


def _read_workbook(file: BinaryIO) -> Table:
    # Loaded only when it is needed: it takes a while.
    from credentials.core.importing import workbook

    return workbook.read(file)


READERS: dict[str, Callable[[BinaryIO], Table]] = {
    ".csv": comma_separated.read,
    ".xlsx": _read_workbook,
}
