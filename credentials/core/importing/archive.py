"""The parts of a workbook: a ZIP archive of XML, neither of which is believed.

What is unpacked is never in memory as a whole: openpyxl holds the shared strings, the styles and a
row each as trees, for which a small file of the wrong kind takes gigabytes.
"""

import struct
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from credentials.core.importing.rows import FileRefused

MAX_DIRECTORY_BYTES = 2**20
MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 2**30
# Sheets of like rows are packed well, to a hundredth at most; a bomb to a thousandth.
MAX_RATIO = 200
ANY_RATIO_BYTES = 2**23
# Of one XML tag or comment. Expat keeps it whole, and looks at it again with each piece that comes.
MAX_TAG_BYTES = 2**20
# Of elements and attributes; expat remembers each.
MAX_NAMES = 2_000
PIECE_BYTES = 2**16

# What an encrypted workbook, and one of before 2007, begins with.
OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
END = struct.Struct("<4s4H2LH")
END_MARK, ZIP64_MARK, ZIP64_BYTES = b"PK\5\6", b"PK\6\7", 20
NO_WORKBOOK = "The file is no .xlsx workbook, whatever its name says."
DAMAGED = "The workbook is damaged: {}."

UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    ZlibError,
)


class Archive:
    """Raises FileRefused for what is no workbook, or unpacks to more than one may."""

    def __init__(self, file: BinaryIO) -> None:
        _look_at_the_end(file)
        try:
            self.archive = zipfile.ZipFile(file)
        except UNREADABLE as error:
            raise FileRefused(DAMAGED.format(_line(error))) from None
        parts = self.archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        if len(parts) > MAX_PARTS:
            raise FileRefused(f"The workbook has more than {MAX_PARTS:,} parts.")
        if unpacked > MAX_UNPACKED_BYTES:
            raise FileRefused(
                f"The workbook unpacks to more than {MAX_UNPACKED_BYTES // 2**20:,} MiB."
            )
        if unpacked > max(ANY_RATIO_BYTES, packed * MAX_RATIO):
            raise FileRefused(
                f"The workbook unpacks to more than {MAX_RATIO} times its size, as no table does."
            )
        # The others unpack a piece of any size at once.
        if any(
            part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts
        ):
            raise FileRefused("The workbook is packed in a way that spreadsheets do not use.")

    def __contains__(self, name: str) -> bool:
        return name in self.archive.NameToInfo

    def parse(self, name: str, reader: "PartReader") -> Iterator[Any]:
        """What the reader finds, while it finds it. Raises FileRefused."""
        try:
            yield from self._parsed(name, reader)
        except (DefusedXmlException, SAXException, KeyError, *UNREADABLE) as error:
            raise FileRefused(DAMAGED.format(f"{name}: {_line(error)}")) from None

    def _parsed(self, name: str, reader: "PartReader") -> Iterator[Any]:
        parser = create_parser(forbid_dtd=True)  # type: ignore[no-untyped-call]
        parser.setContentHandler(reader)
        silent = heard = 0
        # It ends where the directory says that the part ends, and finds out if that was a lie.
        with self.archive.open(name) as part:
            while piece := part.read(PIECE_BYTES):
                parser.feed(piece)
                silent = 0 if reader.heard != heard else silent + len(piece)
                heard = reader.heard
                if silent > MAX_TAG_BYTES:
                    raise ValueError("a tag is too long")
                yield from reader.found
                reader.found.clear()
        parser.close()
        yield from reader.found


class PartReader(ContentHandler):
    """Puts what it is after into `found`; names are without their namespace."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.heard = 0
        self._names: set[str] = set()

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - of SAX
        self.heard += 1
        self._names.add(name)
        self._names.update(attrs.getNames())
        if len(self._names) > MAX_NAMES:
            raise ValueError("it has too many names")
        self.start(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - of SAX
        self.heard += 1
        self.end(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        self.heard += 1
        self.text(content)

    def start(self, name: str, attributes: Any) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, content: str) -> None:
        """A piece of its text."""


def _look_at_the_end(file: BinaryIO) -> None:
    """How long the archive's directory is, before all of it is read into memory."""
    start = file.read(PIECE_BYTES)
    if start.startswith(OLD_CONTAINER):
        raise FileRefused(_why_old(start, file))
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(END_MARK)
    if not start.startswith(b"PK") or at < 0 or len(tail) - at < END.size:
        raise FileRefused(NO_WORKBOOK)
    directory_bytes = END.unpack_from(tail, at)[5]
    is_zip64 = tail[:at][-ZIP64_BYTES:].startswith(ZIP64_MARK)
    if is_zip64 or directory_bytes > MAX_DIRECTORY_BYTES:
        raise FileRefused("The workbook's list of parts is larger than any table needs.")
    file.seek(0)


def _why_old(start: bytes, file: BinaryIO) -> str:
    before = start
    while before:
        piece = file.read(PIECE_BYTES)
        if ENCRYPTED in before + piece:
            return "The workbook is protected by a password; save it without one."
        before = piece
    return "The workbook is of the kind before 2007 (.xls); save it as .xlsx."


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
