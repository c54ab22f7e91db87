"""ZIP archives, judged by their central directory: nothing is ever unpacked."""

import struct
import zipfile
from typing import IO

# Of what a person packs, text shrinks to a twentieth; a bomb to a thousandth.
MAX_RATIO = 200
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_ENTRIES = 10_000
# To list entries takes time and memory for each: so many names are far longer than people's.
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024
# The end of central directory record, behind which may be a comment; of archives past 4 GiB,
# another record points elsewhere. Source: APPNOTE.TXT 4.3.15, 4.3.16.
END, END_MARK, LARGE = struct.Struct("<4s8xL4xH"), b"PK\5\6", struct.Struct("<4s16x")
LARGE_MARK, MAX_COMMENT = b"PK\6\7", 65535
# Small parts may shrink as they like: they do no harm.
FREE_BYTES = 1024 * 1024
CONTENT_TYPES = "[Content_Types].xml"
MACROS = "vbaProject.bin"


class ArchiveFault(Exception):  # noqa: N818 - of the upload, not of ours
    """Why an archive is refused: a stable code, and a text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def check(file: IO[bytes], part: str = "") -> None:
    """Raises ArchiveFault. `part`: of an office document, where its content lies."""
    check_directory(file)
    # zipfile names no errors in which hostile bytes must end: whatever it raises is their fault.
    try:
        entries = zipfile.ZipFile(file).infolist()
    except Exception as error:
        raise ArchiveFault("damaged", "The archive cannot be read.") from error
    names = {entry.filename for entry in entries}
    if part and not {part, CONTENT_TYPES} <= names:
        raise ArchiveFault("type", "The document is of another program.")
    if part and any(name.endswith(MACROS) for name in names):
        raise ArchiveFault("type", "The document has macros.")
    if len(entries) > MAX_ENTRIES:
        raise ArchiveFault("archive_too_large", f"An archive may have {MAX_ENTRIES:,} entries.")
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(FREE_BYTES, packed * MAX_RATIO):
        raise ArchiveFault("archive_too_large", "The archive would unpack to far more than it is.")
    # Entries that share their bytes: each is told small, together they are more than the file.
    file.seek(0, 2)
    if packed > file.tell():
        raise ArchiveFault("damaged", "The parts of the archive overlap.")


def check_directory(file: IO[bytes]) -> None:
    """That the directory which zipfile will find and read whole is small. Raises ArchiveFault."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - MAX_COMMENT - LARGE.size))
    tail = file.read()
    place = tail.rfind(END_MARK)
    if place < 0 or len(tail) - place < END.size:
        raise ArchiveFault("damaged", "The archive has no end.")
    _, directory, comment = END.unpack_from(tail, place)
    if place + END.size + comment != len(tail):
        raise ArchiveFault("damaged", "Something follows the end of the archive.")
    is_large = tail[:place][-LARGE.size :].startswith(LARGE_MARK)
    if is_large or directory > MAX_DIRECTORY_BYTES:
        raise ArchiveFault("archive_too_large", f"An archive may have {MAX_ENTRIES:,} entries.")
