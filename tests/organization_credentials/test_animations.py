"""Animations: every frame as it was, in its rhythm."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from credentials.organization_credentials.pictures import read
from tests.organization_credentials.drawings import (
    animated,
    drawing,
    encoded,
    gif,
    upload,
)

ANIMATED = ("PNG", "GIF", "WEBP")
COLOURS = ("navy", "olive", "teal", "navy")


def frames(content: bytes) -> list[Image.Image]:
    found = []
    with Image.open(BytesIO(content)) as image:
        for place in range(getattr(image, "n_frames", 1)):
            image.seek(place)
            found.append(image.convert("RGBA"))
    return found


def rhythm(content: bytes) -> list[Any]:
    found = []
    with Image.open(BytesIO(content)) as image:
        for place in range(getattr(image, "n_frames", 1)):
            image.seek(place)
            image.load()
            found.append(image.info.get("duration"))
        return [*found, image.info.get("loop")]


def kept(content: bytes) -> bytes:
    return read(upload(content)).content


def seen(frame: Image.Image) -> bytes:
    """What is invisible has no colour."""
    return Image.alpha_composite(Image.new("RGBA", frame.size), frame).tobytes()


def assert_same(found: bytes, sent: bytes) -> None:
    assert [seen(frame) for frame in frames(found)] == [seen(frame) for frame in frames(sent)]
    assert rhythm(found) == rhythm(sent)


@pytest.mark.parametrize("kind", ANIMATED)
@pytest.mark.parametrize("loop", [0, 3])
def test_every_frame_is_kept_and_in_its_rhythm(kind: str, loop: int) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    moving = [drawing(colour=colour) for colour in COLOURS]

    sent = animated(kind, moving, loop=loop, **options)

    assert len(frames(sent)) == len(COLOURS)
    assert_same(kept(sent), sent)


def test_a_gif_that_does_not_say_how_often_is_played_once() -> None:
    sent = animated("GIF", [drawing(colour=colour) for colour in COLOURS])

    assert rhythm(sent)[-1] is None
    assert_same(kept(sent), sent)


def dots(*, disposal: int, palettes: bool) -> bytes:
    """A dot that moves over what is transparent; each frame may have colours of its own."""
    moving = []
    for place in range(5):
        frame = Image.new("RGBA", (30, 30))
        frame.paste(
            ("red", "lime", "blue", "white", "teal")[place if palettes else 0],
            (place * 5, 5, place * 5 + 8, 20),
        )
        moving.append(frame)
    return animated("GIF", moving, disposal=disposal, loop=0)


@pytest.mark.parametrize("palettes", [False, True])
@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_a_gif_s_frames_leave_behind_what_they_left(disposal: int, palettes: bool) -> None:
    sent = dots(disposal=disposal, palettes=palettes)

    assert_same(kept(sent), sent)


def test_a_gif_of_many_palettes_keeps_colours_that_nobody_tells_apart() -> None:
    """Frames that lie over others may show more than 256 colours together."""
    ramp = Image.linear_gradient("L").resize((64, 64))
    shades = Image.merge("RGB", [ramp.rotate(90 * n) for n in range(3)])
    first, second = shades.quantize(256), shades.rotate(180).quantize(256)
    second.info["transparency"] = 0
    sent = animated("GIF", [first, second], optimize=False)

    for found, original in zip(frames(kept(sent)), frames(sent), strict=True):
        difference: Any = ImageChops.difference(found, original).convert("RGB").getextrema()
        assert max(band[1] for band in difference) < 60


@pytest.mark.parametrize("kind", ANIMATED)
def test_frames_that_are_all_the_same_are_a_still_picture(kind: str) -> None:
    sent = animated(kind, [drawing()] * 3, **({"lossless": True} if kind == "WEBP" else {}))

    (frame,) = {seen(each) for each in frames(kept(sent))}

    assert frame == seen(frames(sent)[0])


def test_a_picture_for_programs_without_animations_is_no_frame() -> None:
    moving = [drawing(colour=colour) for colour in ("navy", "olive", "teal")]
    sent = animated("PNG", moving, default_image=True, loop=0)

    found = frames(kept(sent))

    assert [seen(frame) for frame in found] == [seen(each.convert("RGBA")) for each in moving[1:]]


@pytest.mark.parametrize(("told", "found"), [(0, 0), (80, 80), (655_350, 60_000)])
def test_a_pause_has_an_end(told: int, found: int) -> None:
    moving = [drawing(colour=colour) for colour in ("navy", "teal")]
    options = {"save_all": True, "append_images": moving[1:], "loop": 65_535}

    content = kept(encoded(moving[0], "GIF", duration=[told, told], **options))

    assert [pause or 0 for pause in rhythm(content)] == [found, found, 65_535]


def test_as_many_frames_as_are_allowed_are_kept() -> None:
    content = kept(animated("GIF", [drawing((32, 32), (n, 9, 9)) for n in range(256)]))

    assert len(frames(content)) == 256


def test_frames_of_one_pixel_are_frames() -> None:
    assert len(frames(kept(gif(1, 1, 3)))) == 1
