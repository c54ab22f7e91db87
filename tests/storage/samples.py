"""Files of every type that is taken, made here, and what pretends to be one."""

import struct
import zipfile
import zlib
from functools import cache
from io import BytesIO

from openpyxl.workbook.workbook import Workbook
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
TEXT = "Grüße, and a second line\r\n\tindented\n".encode()
CSV = b"name,grade\nAda,1.0\n"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00".ljust(4096, b"\0")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture(kind: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (8, 6), "red").save(stream, kind)
    return stream.getvalue()


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return stream.getvalue()


def workbook() -> bytes:
    stream = BytesIO()
    made = Workbook()
    made.active.append(["Ada", 1])
    made.save(stream)
    return stream.getvalue()


def word_document() -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")


@cache
def bomb() -> bytes:
    """A tenth of a gigabyte of zeros in a hundred kilobytes."""
    return archive("[Content_Types].xml", "word/document.xml", content=bytes(100_000_000))


def png_of(width: int, height: int) -> bytes:
    """A header that says so, and hardly a pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
        )

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(stream: str) -> bytes:
    """An OLE compound file ([MS-CFB]) of one stream, as DOC and XLS are."""
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    shape = struct.pack(
        "<16xHHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    header = signature + shape + struct.pack("<109L", 0, *[FREE] * 108)
    content = bytes(4096)
    chain = [FAT, END, *range(3, 10), END]
    fat = struct.pack("<128L", *chain, *[FREE] * (128 - len(chain)))
    directory = entry("Root Entry", 5, END, 0, child=1) + entry(stream, 2, 2, len(content))
    return header + fat + directory + entry("", 0, 0, 0) * 2 + content


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    told = f"{name}\0".encode("utf-16-le") if name else b""
    return told.ljust(64, b"\0") + struct.pack(
        "<HBBLLL36xLQ", len(told), kind, 1, FREE, FREE, child, start, size
    )


SAMPLES = {
    "application/pdf": PDF,
    "image/png": picture("PNG"),
    "image/jpeg": picture("JPEG"),
    "image/gif": picture("GIF"),
    "text/plain": TEXT,
    "text/csv": CSV,
    "application/msword": compound("WordDocument"),
    "application/vnd.ms-excel": compound("Workbook"),
    WORD: word_document(),
    SHEET: workbook(),
    "application/zip": archive("a.txt"),
}
