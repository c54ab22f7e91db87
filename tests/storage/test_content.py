"""What a file is, by its bytes. Whatever pretends to be something else is refused."""

import codecs
import struct
import zipfile
from io import BytesIO

import pytest

from credentials.storage import archives, content
from tests.storage.samples import (
    EXECUTABLE,
    PDF,
    SAMPLES,
    TEXT,
    WORD,
    archive,
    bomb,
    compound,
    png_of,
)

OFFICE_TYPES = {name for name in SAMPLES if "officedocument" in name}


def fault(sample: bytes, content_type: str) -> str:
    try:
        content.check(BytesIO(sample), len(sample), content_type)
    except content.ContentFault as fault:
        return fault.code
    return ""


def test_there_is_a_sample_of_every_type() -> None:
    assert set(SAMPLES) == set(content.KINDS)


@pytest.mark.parametrize("content_type", SAMPLES)
def test_a_file_of_each_type_is_taken_as_that_type_alone(content_type: str) -> None:
    taken = {each for each in SAMPLES if not fault(SAMPLES[content_type], each)}

    expected = {content_type}
    if content_type.startswith("text/"):
        expected = {"text/plain", "text/csv"}
    elif content_type in OFFICE_TYPES:
        expected |= {"application/zip"}
    assert taken == expected


@pytest.mark.parametrize("content_type", SAMPLES)
def test_a_program_is_no_document(content_type: str) -> None:
    assert fault(EXECUTABLE, content_type) == "type"
    assert fault(EXECUTABLE + PDF, content_type) in {"type", "damaged"}
    assert fault(b"\x7fELF\2\1\1" + bytes(64), content_type) == "type"


@pytest.mark.parametrize("content_type", sorted({*SAMPLES} - {"text/plain", "text/csv"}))
def test_half_of_a_file_is_refused(content_type: str) -> None:
    sample = SAMPLES[content_type]

    assert fault(sample[: len(sample) // 20 + 4], content_type) in {"type", "damaged"}


@pytest.mark.parametrize("width", [100_000, 20_001])
def test_a_picture_with_too_many_pixels_is_refused_by_its_header(width: int) -> None:
    assert fault(png_of(width, 100_000), "image/png") == "too_many_pixels"
    assert fault(png_of(20_000, 10_001), "image/png") == "too_many_pixels"
    assert fault(png_of(14_000, 14_000), "image/png") == ""


@pytest.mark.parametrize("content_type", [WORD, "application/zip"])
def test_a_bomb_is_refused_by_its_directory(content_type: str) -> None:
    assert fault(bomb(), content_type) == "archive_too_large"


def test_entries_that_share_their_bytes_are_refused() -> None:
    whole = archive("a", content=bytes(range(256)) * 64)
    start = whole.index(b"PK\x01\x02")
    end = whole.rindex(b"PK\x05\x06")
    entry = whole[start:end]
    many = 20
    shared = whole[:start] + entry * many + whole[end:]
    closing = shared.rindex(b"PK\x05\x06")
    counts = many.to_bytes(2, "little") * 2 + (len(entry) * many).to_bytes(4, "little")
    shared = shared[: closing + 8] + counts + shared[closing + 16 :]

    assert fault(whole, "application/zip") == ""
    assert fault(shared, "application/zip") in {"damaged", "archive_too_large"}


def test_a_document_of_another_program_is_refused() -> None:
    assert fault(compound("PowerPoint Document"), "application/msword") == "type"
    assert fault(archive("[Content_Types].xml", "ppt/presentation.xml"), WORD) == "type"


def test_a_text_has_no_control_characters_wherever_they_are() -> None:
    assert fault(TEXT + b"x" * 100_000, "text/plain") == ""
    assert fault(TEXT + b"x" * 100_000 + b"\0", "text/plain") == "type"
    assert fault(b"\x1b[31m", "text/csv") == "type"
    assert fault("größe,1\n".encode("latin-1"), "text/csv") == ""


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_is_known_by_its_mark(name: str) -> None:
    marks = {"utf-16": b"", "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    text = "größe,1\n" * 20_000

    assert fault(marks[name] + text.encode(name), "text/csv") == ""
    assert fault(marks[name] + f"{text}\0".encode(name), "text/csv") == "type"
    assert fault(marks["utf-16-le"] + b"\x00\xdc\x00\xdc", "text/plain") == "type"


def test_a_document_with_macros_is_refused() -> None:
    with_macros = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")

    assert fault(with_macros, WORD) == "type"


def jpeg_of_empty_segments(count: int) -> bytes:
    return b"\xff\xd8" + b"\xff\xe1\x00\x02" * count + b"\xff\xd9"


def gif_of_comments(count: int) -> bytes:
    return b"GIF89a\x01\x00\x01\x00\x00\x00\x00" + b"\x21\xfe\x01x\x00" * count + b";"


@pytest.mark.parametrize(
    ("sample", "content_type"),
    [
        (jpeg_of_empty_segments(1_000_000), "image/jpeg"),
        (gif_of_comments(1_000_000), "image/gif"),
    ],
    ids=["segments", "comments"],
)
def test_of_a_picture_the_beginning_alone_is_looked_at(sample: bytes, content_type: str) -> None:
    seen = BytesIO(sample)

    with pytest.raises(content.ContentFault, match="cannot be read"):
        content.check(seen, len(sample), content_type)

    assert seen.tell() == content.IMAGE_HEAD_BYTES


@pytest.mark.parametrize("part", ["", "word/document.xml"])
def test_a_directory_of_hundreds_of_thousands_is_not_read(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = struct.pack("<4s24xHHH8xL", b"PK\1\2", 1, 0, 0, 0) + b"a"
    many = entry * (archives.MAX_DIRECTORY_BYTES // len(entry) + 1)
    end = struct.pack("<4s4xHHLLH", b"PK\5\6", 1, 1, len(many), 0, 0)
    monkeypatch.setattr(zipfile, "ZipFile", None)

    with pytest.raises(archives.ArchiveFault) as refused:
        archives.check(BytesIO(many + end), part)

    assert refused.value.code == "archive_too_large"


def test_a_directory_that_another_record_tells_larger_is_not_read() -> None:
    whole = archive("a.txt")
    place = whole.rindex(b"PK\5\6")
    large = b"PK\6\6".ljust(56, b"\0") + b"PK\6\7".ljust(20, b"\0")

    assert fault(whole[:place] + large + whole[place:], "application/zip") == "archive_too_large"


def test_what_follows_or_hides_the_end_of_an_archive_is_refused() -> None:
    whole = archive("a.txt")
    commented = whole[:-2] + (9).to_bytes(2, "little") + b"a comment"

    assert fault(commented, "application/zip") == ""
    assert fault(whole + b"more", "application/zip") == "damaged"
    assert fault(whole[:-2] + b"\x04\x00PK\5\6", "application/zip") == "damaged"
