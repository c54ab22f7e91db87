"""What a file is, by its bytes: whether it is what its sender says, and safe to keep."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import olefile
import puremagic
from PIL import GifImagePlugin, ImageFile, JpegImagePlugin, PngImagePlugin

from credentials.storage import archives
from credentials.storage.base import CHUNK_BYTES

# A scan of A3 at 600 dots an inch has 70 million.
MAX_SIDE, MAX_PIXELS = 20_000, 200_000_000
HEAD_BYTES = 8192
# Before the pixels there may be a colour profile and the like; millions of segments are an attack.
IMAGE_HEAD_BYTES = 1024 * 1024
# Of all control characters a text has these at most.
CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r"))
OFFICE = "application/vnd.openxmlformats-officedocument"


class ContentFault(Exception):  # noqa: N818 - of the upload, not of ours
    """Why a file is refused: a stable code, and a text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Kind:
    """A type that is taken: what its names end with, what its bytes begin as, what they must be."""

    extensions: tuple[str, ...]
    signature: str  # as puremagic calls it; blank for text, which has none
    inspect: Callable[[IO[bytes], int], None]


def check(file: IO[bytes], size: int, content_type: str) -> None:
    """Raises ContentFault unless the file is of this type, one of KINDS."""
    kind = KINDS[content_type]
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if kind.signature and kind.signature not in signatures(head):
        raise ContentFault("type", f"The content is no {content_type}.")
    file.seek(0)
    kind.inspect(file, size)


def signatures(head: bytes) -> set[str]:
    """The extensions of the formats that begin so, at the very start."""
    try:
        return {
            match.extension.removeprefix(".")
            for match in puremagic.magic_string(head)
            if head.startswith(match.byte_match or b"\0")
        }
    except (puremagic.PureError, ValueError):
        return set()


def inspect_pdf(file: IO[bytes], size: int) -> None:
    """With its end, which says where everything lies (ISO 32000-1, 7.5.5)."""
    file.seek(max(0, size - HEAD_BYTES))
    if b"%%EOF" not in file.read():
        raise ContentFault("damaged", "The PDF has no end.")


def image_inspector(plugin: type[ImageFile.ImageFile]) -> Callable[[IO[bytes], int], None]:
    """Reads the header alone: pixels are never decoded."""

    def inspect(file: IO[bytes], size: int) -> None:
        # Pillow names no errors in which hostile bytes must end: whatever it raises is their fault.
        try:
            width, height = plugin(BytesIO(file.read(IMAGE_HEAD_BYTES))).size
        except Exception as error:
            raise ContentFault("damaged", "The image cannot be read.") from error
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            raise ContentFault("too_many_pixels", f"{width} by {height} pixels are too many.")

    return inspect


def inspect_text(file: IO[bytes], size: int) -> None:
    """In whatever encoding; a program or a document has bytes that no text has, or says so."""
    decoder = codecs.getincrementaldecoder("utf-16")()
    start = file.read(2)
    file.seek(0)
    # Its letters have NULs; spreadsheets save text so, with this mark.
    wide = start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    first = True
    while chunk := file.read(CHUNK_BYTES):
        if wide:
            chunk = decoded(decoder, chunk)
        if first and chunk.startswith(b"%PDF-"):
            raise ContentFault("type", "The content is no text.")
        if len(chunk.translate(None, CONTROLS)) < len(chunk):
            raise ContentFault("type", "The content is no text: it has control characters.")
        first = False


def decoded(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bytes:
    try:
        return decoder.decode(chunk).encode()
    except UnicodeError:
        raise ContentFault("type", "The content is no text: it is not UTF-16.") from None


def inspect_archive(part: str) -> Callable[[IO[bytes], int], None]:
    """`part`: what an archive of this type holds; blank for any."""

    def inspect(file: IO[bytes], size: int) -> None:
        try:
            archives.check(file, part)
        except archives.ArchiveFault as fault:
            raise ContentFault(fault.code, fault.detail) from None

    return inspect


def inspect_compound(*streams: str) -> Callable[[IO[bytes], int], None]:
    """A compound file with one of these streams: Word's or Excel's."""

    def inspect(file: IO[bytes], size: int) -> None:
        try:
            # It would close a file that is its own.
            compound = olefile.OleFileIO(file)
            is_there = any(compound.exists(stream) for stream in streams)
        except Exception as error:
            raise ContentFault("damaged", "The document cannot be read.") from error
        if not is_there:
            raise ContentFault("type", "The document is of another program.")

    return inspect


KINDS: dict[str, Kind] = {
    "application/pdf": Kind(("pdf",), "pdf", inspect_pdf),
    "image/png": Kind(("png",), "png", image_inspector(PngImagePlugin.PngImageFile)),
    "image/jpeg": Kind(("jpg", "jpeg"), "jpg", image_inspector(JpegImagePlugin.JpegImageFile)),
    "image/gif": Kind(("gif",), "gif", image_inspector(GifImagePlugin.GifImageFile)),
    "text/plain": Kind(("txt",), "", inspect_text),
    "text/csv": Kind(("csv",), "", inspect_text),
    "application/msword": Kind(("doc",), "doc", inspect_compound("WordDocument")),
    "application/vnd.ms-excel": Kind(("xls",), "xls", inspect_compound("Workbook", "Book")),
    f"{OFFICE}.wordprocessingml.document": Kind(
        ("docx",), "zip", inspect_archive("word/document.xml")
    ),
    f"{OFFICE}.spreadsheetml.sheet": Kind(("xlsx",), "zip", inspect_archive("xl/workbook.xml")),
    "application/zip": Kind(("zip",), "zip", inspect_archive("")),
}
