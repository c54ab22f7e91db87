"""Of an upload only what is seen is kept: its pixels, upright, and in what rhythm they change."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from credentials.organization_credentials.pictures import Picture, read
from tests.organization_credentials.drawings import (
    CORNERS,
    KINDS,
    animated,
    chunk_names,
    corners,
    drawing,
    encoded,
    upload,
)

MARK = b"<script>alert('hunter2')</script>"
HTML = b"<!doctype html>" + MARK
ORIENTATION, ARTIST = 0x0112, 0x013B
# How each of the eight orientations is undone (Exif 2.3, table 7).
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def image(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


def reread(content: bytes) -> Image.Image:
    return image(read(upload(content)))


def exif(**told: Any) -> Image.Exif:
    found = Image.Exif()
    found[ARTIST] = MARK.decode()
    if "orientation" in told:
        found[ORIENTATION] = told["orientation"]
    return found


def profile() -> bytes:
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Its name is text that nobody checks.
    return content.replace(b"s\0R\0G\0B", b"X\0Y\0Z\0W") + MARK


def with_everything(kind: str) -> bytes:
    picture = drawing()
    told: dict[str, Any] = {"exif": exif(), "icc_profile": profile()}
    match kind:
        case "PNG":
            texts = PngImagePlugin.PngInfo()
            for name in ("a", "b", "c"):
                texts.add_text(name, MARK.decode())
            texts.add_itxt("XML:com.adobe.xmp", MARK.decode(), zip=True)
            texts.add(b"prVt", MARK)
            told |= {"pnginfo": texts, "dpi": (300, 300)}
        case "JPEG":
            told |= {"comment": MARK, "dpi": (300, 300), "xmp": MARK}
        case "GIF":
            told = {"comment": MARK}
        case "WEBP":
            told |= {"xmp": MARK}
    return encoded(picture, kind, **told)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_written_beside_the_pixels_is_left(kind: str) -> None:
    sent = with_everything(kind) + HTML
    assert MARK in sent

    kept = read(upload(sent)).content

    assert not re.search(rb"script|hunter2|Exif|ICC|XMP|xmp|html|Artist", kept)
    found = image(Picture(kept, "", 0, 0))
    assert corners(found) == list(CORNERS)
    left = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "version", "background", "loop"}
    assert set(found.info) <= left | {"timestamp", "duration", "transparency"}


def test_a_png_has_no_chunk_but_those_of_its_pixels() -> None:
    pixels = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}

    for picture in (drawing(), drawing().quantize(8), drawing().convert("RGBA")):
        kept = read(upload(encoded(picture, exif=exif(), dpi=(1, 1)))).content
        assert set(chunk_names(kept)) <= pixels
    frames = [drawing(colour=colour) for colour in ("navy", "teal")]
    assert set(chunk_names(read(upload(animated("PNG", frames))).content)) <= pixels | {
        "acTL",
        "fcTL",
        "fdAT",
    }


POLYGLOTS: dict[str, bytes] = {
    "HTML after a PNG": encoded(drawing()) + HTML,
    "HTML after a GIF": encoded(drawing(), "GIF") + HTML,
    "HTML in the comment of a GIF": encoded(drawing(), "GIF", comment=HTML),
    "a script in the comment of a JPEG": encoded(drawing(), "JPEG", comment=b"*/=alert(1)/*"),
    "an archive after a JPEG": encoded(drawing(), "JPEG") + b"PK\x03\x04" + HTML,
    "a page before the end of a WebP": encoded(drawing(), "WEBP", xmp=HTML),
}


@pytest.mark.parametrize("content", POLYGLOTS.values(), ids=POLYGLOTS.keys())
def test_bytes_that_mean_a_second_thing_mean_one_thing_afterwards(content: bytes) -> None:
    kept = read(upload(content)).content

    assert not re.search(rb"html|script|alert|PK\x03\x04", kept)
    assert corners(image(Picture(kept, "", 0, 0))) == list(CORNERS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_stands_as_its_camera_was_held(kind: str, orientation: int) -> None:
    undone = {6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}
    lying = drawing().transpose(TURNED[orientation])
    options = {"lossless": True} if kind == "WEBP" else {}
    sent = encoded(lying, kind, exif=exif(orientation=orientation), **options)

    kept = reread(sent)

    assert undone.keys() <= TURNED.keys()
    assert (kept.size, corners(kept)) == ((60, 40), list(CORNERS))
    assert ORIENTATION not in kept.getexif()


@pytest.mark.parametrize("orientation", [0, 1, 9, 65_535])
def test_an_orientation_that_says_nothing_turns_nothing(orientation: int) -> None:
    kept = reread(encoded(drawing(), "JPEG", exif=exif(orientation=orientation)))

    assert (kept.size, corners(kept)) == ((60, 40), list(CORNERS))


def test_a_photograph_with_broken_exif_is_still_a_photograph() -> None:
    sent = encoded(drawing(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 50)

    assert corners(reread(sent)) == list(CORNERS)


STILLS: dict[str, Image.Image] = {
    "RGB": drawing(),
    "RGBA": drawing().convert("RGBA"),
    "grey": drawing().convert("L"),
    "grey and alpha": drawing().convert("LA"),
    "bits": drawing().convert("1"),
    "palette": drawing().quantize(8),
    "16 bits": Image.linear_gradient("L").convert("I;16"),
}
STILLS["RGBA"].putalpha(Image.linear_gradient("L").resize((60, 40)))


@pytest.mark.parametrize("still", STILLS.values(), ids=STILLS.keys())
def test_a_png_keeps_every_pixel(still: Image.Image) -> None:
    kept = reread(encoded(still))

    assert kept.mode == still.mode
    assert kept.tobytes() == still.tobytes()
    assert not ImageChops.difference(kept.convert("RGBA"), still.convert("RGBA")).getbbox()


@pytest.mark.parametrize("transparency", [3, bytes([0, 100, 200, 255])])
def test_a_png_keeps_what_is_transparent_in_its_palette(transparency: Any) -> None:
    sent = encoded(drawing().quantize(8), transparency=transparency)

    kept = reread(sent)

    assert kept.convert("RGBA").tobytes() == Image.open(BytesIO(sent)).convert("RGBA").tobytes()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_looks_as_before_and_is_about_as_large(mode: str) -> None:
    sent = encoded(drawing((400, 300)).convert(mode), "JPEG", quality=70)

    kept = read(upload(sent))

    found = image(kept)
    assert found.mode == ("RGB" if mode == "CMYK" else mode)
    difference: Any = ImageChops.difference(
        found.convert("L"), Image.open(BytesIO(sent)).convert("L")
    ).getextrema()
    assert difference[1] < 40
    assert len(kept.content) < 1.6 * len(sent)


def test_of_a_jpeg_of_several_pictures_the_first_is_kept() -> None:
    frames = [drawing(), drawing(colour="teal")]
    sent = encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])

    kept = read(upload(sent))

    assert (kept.content_type, corners(image(kept))) == ("image/jpeg", list(CORNERS))
    assert kept.content.count(b"\xff\xda") == 1


def test_a_lossless_webp_keeps_every_pixel() -> None:
    still = STILLS["RGBA"]

    kept = reread(encoded(still, "WEBP", lossless=True, exact=True))

    seen = Image.new("RGBA", still.size)
    assert Image.alpha_composite(seen, kept).tobytes() == (
        Image.alpha_composite(seen, still).tobytes()
    )
