"""What is read of an upload: a picture within bounds, written anew, or why it is none."""

import subprocess
import sys
import time
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from credentials.organization_credentials import pictures
from credentials.organization_credentials.pictures import (
    MAX_BYTES,
    MAX_PIXELS,
    Picture,
    PictureFault,
    read,
)
from tests.organization_credentials.drawings import (
    KINDS,
    animated,
    chunk,
    drawing,
    encoded,
    gif,
    jpeg_of_scans,
    png,
    upload,
    webp_canvas,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
FRAMES = [drawing(colour=colour) for colour in ("navy", "olive", "teal")]


def fault(content: bytes) -> str:
    with pytest.raises(PictureFault) as refused:
        read(upload(content))
    assert refused.value.detail
    return refused.value.code


def opened(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.content))
    image.load()
    assert (image.size, Image.MIME[image.format or ""]) == (
        (picture.width, picture.height),
        picture.content_type,
    )
    return image


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["badge.png", "page.html", "../../etc/passwd", "x" * 300])
def test_each_kind_is_told_by_its_bytes_whatever_its_name(kind: str, name: str) -> None:
    picture = read(upload(encoded(drawing(), kind), name))

    assert picture.content_type == f"image/{kind.lower()}"
    assert opened(picture).size == (60, 40)


NO_IMAGES: dict[str, bytes] = {
    "nothing": b"",
    "a text": b"badge",
    "SVG": SVG,
    "SVG after a declaration": b'<?xml version="1.0"?>\n' + SVG,
    "SVG, packed": zlib.compress(SVG),
    "HTML": HTML,
    "PDF": b"%PDF-1.7\n",
    "a sound": b"RIFF\0\0\0\0WAVEfmt ",
    "BMP": encoded(drawing(), "BMP"),
    "TIFF": encoded(drawing(), "TIFF"),
    "ICO": encoded(drawing((32, 32)), "ICO"),
    "PPM": encoded(drawing(), "PPM"),
    "JPEG 2000": encoded(drawing(), "JPEG2000"),
    "AVIF": encoded(drawing(), "AVIF"),
    "a picture after a line": b"\n" + encoded(drawing()),
}


@pytest.mark.parametrize("content", NO_IMAGES.values(), ids=NO_IMAGES.keys())
def test_everything_else_is_no_image(content: bytes) -> None:
    assert fault(content) == "not_an_image"


DAMAGED: dict[str, bytes] = {
    "a PNG's mark": b"\x89PNG\r\n\x1a\n",
    "a JPEG's mark": b"\xff\xd8\xff",
    "a GIF's mark": b"GIF89a",
    "a WebP's mark": b"RIFF\0\0\0\0WEBP",
    "a GIF's mark before HTML": b"GIF89a" + HTML,
    "a JPEG's mark before a PNG": b"\xff\xd8\xff" + encoded(drawing()),
    "a PNG without pixels": png(10, 10),
    "a PNG of no size": png(0, 0, chunk(b"IDAT", zlib.compress(b""))),
    "a PNG whose checksum is wrong": encoded(drawing()).replace(b"IDAT", b"IDAT\0", 1),
    "a GIF without a frame": b"GIF89a\x01\0\x01\0\0\0\0;",
    "frames outside their screen": gif(4, 4, 3).replace(b",\0\0\0\0", b",\x09\0\x09\0")[:-1]
    + gif(4, 4, 1, at=60)[19:],
    "a WebP without a frame": webp_canvas(10, 10),
    "text that fills the memory": png(
        1, 1, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**20 - 1)))] * 100
    ),
    "text without end": png(1, 1, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**24)))),
    "1,000 profiles": png(1, 1, *[chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(9)))] * 1000),
    "1,000 scans": jpeg_of_scans(1000),
    "100,000 Exif segments": b"\xff\xd8" + b"\xff\xe1\0\x09Exif\0\0x" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_only_begins_like_a_picture_is_refused_soon(content: bytes) -> None:
    started = time.process_time()

    assert fault(content) == "damaged_image"
    assert time.process_time() - started < 2


TOO_MANY: dict[str, tuple[bytes, str]] = {
    "a PNG of ten thousand million pixels": (png(100_000, 100_000), "too_many_pixels"),
    "a wide PNG": (png(4097, 1), "too_many_pixels"),
    "a high PNG": (png(1, 4097), "too_many_pixels"),
    "a GIF": (gif(65_535, 65_535, 1), "too_many_pixels"),
    "a WebP": (webp_canvas(2**24, 2**8), "too_many_pixels"),
    "a JPEG": (
        encoded(drawing((16, 16)), "JPEG").replace(b"\x08\0\x10\0\x10", b"\x08\xff\xdc\xff\xdc"),
        "too_many_pixels",
    ),
    "a GIF of 10,000 frames": (gif(1, 1, 10_000), "too_many_frames"),
    "a GIF of frames without end": (gif(1, 1, 90_000), "too_many_frames"),
    "a GIF of large frames": (gif(2000, 2000, 5), "too_many_pixels"),
    "a PNG that promises frames without end": (
        png(1, 1, chunk(b"acTL", b"\x7f\xff\xff\xff\0\0\0\0"), chunk(b"IDAT", b"")),
        "too_many_pixels",
    ),
    "a PNG that promises 257 frames": (
        png(1, 1, chunk(b"acTL", b"\0\0\x01\x01\0\0\0\0"), chunk(b"IDAT", b"")),
        "too_many_frames",
    ),
    "a WebP of many frames": (
        animated(
            "WEBP", [drawing((8, 8), (n % 256, n // 256, 0)) for n in range(300)], lossless=True
        ),
        "too_many_frames",
    ),
}


@pytest.mark.parametrize(("content", "code"), TOO_MANY.values(), ids=TOO_MANY.keys())
def test_what_would_be_too_many_pixels_is_never_decoded(content: bytes, code: str) -> None:
    started = time.process_time()

    assert fault(content) == code
    assert time.process_time() - started < 1


def test_bounds_hold_without_a_test_s_eye_on_warnings() -> None:
    """Pillow only warns of 20 million pixels where its limit is 16; so do not we."""
    program = (
        "from django.core.files.uploadedfile import SimpleUploadedFile as Upload\n"
        "from credentials.organization_credentials.pictures import PictureFault, read\n"
        "from tests.organization_credentials.drawings import png\n"
        "try: read(Upload('x', png(4500, 4500)))\n"
        "except PictureFault as fault: print(fault.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("too_many_pixels\n", "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_that_is_allowed_is_kept(kind: str) -> None:
    side = int(MAX_PIXELS**0.5)
    options = {"method": 0} if kind == "WEBP" else {}

    picture = read(upload(encoded(Image.new("L", (side, side)), kind, **options)))

    assert (picture.width, picture.height) == (side, side)


def test_an_upload_past_its_size_is_refused_unread() -> None:
    class Unread(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError

    sent = upload(b"x" * (MAX_BYTES + 1))
    sent.file = Unread()

    with pytest.raises(PictureFault) as refused:
        read(sent)
    assert refused.value.code == "image_too_large"


def test_a_picture_that_would_be_too_large_anew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 70_000)
    noise = Image.effect_noise((500, 500), 100).convert("RGB")
    coarse = encoded(noise, "WEBP", quality=1)

    assert len(coarse) <= pictures.MAX_BYTES
    assert fault(coarse) == "image_too_large"


WHOLE: dict[str, bytes] = {
    **{kind: encoded(drawing(), kind) for kind in KINDS},
    "progressive": encoded(drawing((200, 200)), "JPEG", progressive=True),
    "lossless": encoded(drawing(), "WEBP", lossless=True),
    **{f"animated {kind}": animated(kind, FRAMES) for kind in ("PNG", "GIF", "WEBP")},
}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE.keys())
def test_a_picture_that_was_cut_is_refused_or_still_whole(content: bytes) -> None:
    refused = 0
    for end in range(0, len(content), max(1, len(content) // 60)):
        try:
            opened(read(upload(content[:end])))
        except PictureFault:
            refused += 1

    assert refused > 30


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_bytes_fail_in_any_other_way(name: str, data: Any) -> None:
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = read(upload(bytes(content)))
    except PictureFault:
        return
    assert opened(picture).width * picture.height <= MAX_PIXELS
    assert len(picture.content) <= MAX_BYTES
