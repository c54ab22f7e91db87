"""Uploaded pictures: checked by their bytes, decoded within bounds, and encoded anew.

What comes out was written by Pillow alone: of what was sent only the pixels are left, and no
metadata, comment, profile or second meaning of the same bytes.
"""

import hashlib
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageFile, ImageOps, JpegImagePlugin

MAX_BYTES = 2 * 1024 * 1024  # sent, and kept
MAX_SIDE = 4096
MAX_PIXELS = MAX_SIDE * MAX_SIDE  # of all frames together
MAX_FRAMES = 256
SLOW_PIXELS = MAX_PIXELS // 16  # more are encoded with less effort
MAX_MILLISECONDS, MAX_LOOPS = 60_000, 65_535  # of a frame, of an animation

# Pillow looks at a header's size before it makes room for the pixels.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

SIGNATURES = re.compile(
    rb"(?P<PNG>\x89PNG\r\n\x1a\n)|(?P<JPEG>\xff\xd8\xff)|(?P<GIF>GIF8[79]a)|(?P<WEBP>RIFF....WEBP)",
    re.DOTALL,
)
# Parts that cost far more to read than to send, and that no honest picture has so many of: scans
# of a JPEG, each of which passes over the whole picture, its Exif segments, profiles of a PNG.
DEAR = (b"\xff\xda", b"\xff\xe1", b"iCCP")
MAX_DEAR = 100
# As they are saved; all others are converted.
PNG_MODES, JPEG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}, {"L", "RGB"}

# One at a time in a process: each may take some hundred megabytes while it lasts. Besides, which
# warnings are errors is a matter of the whole process.
DECODING = threading.Lock()

Options = dict[str, Any]


class PictureFault(Exception):  # noqa: N818 - of the upload, not of ours
    """Why an upload is refused: a stable code, and a text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


NOT_AN_IMAGE = "not_an_image", "Send a PNG, JPEG, GIF or WebP image; its content decides."
DAMAGED = "damaged_image", "The image cannot be read to its end."
TOO_LARGE = "image_too_large", f"An image may have {MAX_BYTES // 2**20} MiB."
TOO_LARGE_ANEW = "image_too_large", f"Encoded anew, it has more than {MAX_BYTES // 2**20} MiB."
TOO_MANY_PIXELS = (
    "too_many_pixels",
    f"An image may be {MAX_SIDE} pixels wide and high, and have {MAX_PIXELS:,} in all its frames.",
)
TOO_MANY_FRAMES = "too_many_frames", f"An image may have {MAX_FRAMES} frames."


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str
    width: int
    height: int

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()


def read(upload: "UploadedFile[Any]") -> Picture:
    """Raises PictureFault for all that is no picture of a bearable size."""
    if (upload.size or 0) > MAX_BYTES:
        raise PictureFault(*TOO_LARGE)
    upload.seek(0)
    data = upload.read()
    signature = SIGNATURES.match(data)
    kind = signature and signature.lastgroup
    if not kind:
        raise PictureFault(*NOT_AN_IMAGE)
    if any(data.count(part) > MAX_DEAR for part in DEAR):
        raise PictureFault(*DAMAGED)
    with DECODING, faults_told(), Image.open(BytesIO(data), formats=[kind]) as image:
        check_size(image)
        is_lossless = b"VP8 " not in data
        # A JPEG of several pictures is its first one.
        if kind != "JPEG" and getattr(image, "is_animated", False):
            return animation(image, kind, is_lossless=is_lossless)
        return still(image, kind, is_lossless=is_lossless)


@contextmanager
def faults_told() -> Iterator[None]:
    """Pillow names no errors in which hostile bytes must end: whatever it raises is their fault."""
    try:
        with warnings.catch_warnings():
            # It warns of odd metadata, which are dropped, and of sizes up to twice the limit.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except PictureFault:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureFault(*TOO_MANY_PIXELS) from error
    except Exception as error:
        raise PictureFault(*DAMAGED) from error


def check_size(image: Image.Image, frames: int = 1) -> None:
    width, height = image.size
    if max(width, height) > MAX_SIDE or width * height * frames > MAX_PIXELS:
        raise PictureFault(*TOO_MANY_PIXELS)
    if frames > MAX_FRAMES:
        raise PictureFault(*TOO_MANY_FRAMES)


# --- A still picture


def still(image: ImageFile.ImageFile, kind: str, *, is_lossless: bool) -> Picture:
    image.load()
    tried = list(options(image, kind, is_lossless=is_lossless))
    turn_upright(image)
    picture: Image.Image = image
    if kind == "PNG" and picture.mode not in PNG_MODES:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if kind == "JPEG" and picture.mode not in JPEG_MODES:
        picture = picture.convert("RGB")
    # Some of these Pillow would write into the new file.
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    return first_that_fits(picture, kind, tried)


def turn_upright(image: Image.Image) -> None:
    """As its Exif data say, since these are not kept."""
    # Cameras write odd ones around good pictures.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def options(image: Image.Image, kind: str, *, is_lossless: bool) -> Iterator[Options]:
    """What to save it with; then the same with less room."""
    effort = 0 if image.width * image.height > SLOW_PIXELS else 4
    match kind:
        case "PNG":
            yield {"compress_level": 6}
            yield {"compress_level": 9}
        case "JPEG" if isinstance(image, JpegImagePlugin.JpegImageFile):
            if image.mode in JPEG_MODES:
                # As exact as it was; more would only be larger.
                sampling = JpegImagePlugin.get_sampling(image)
                yield {"qtables": image.quantization, "subsampling": sampling}
            yield {"quality": 85}
        case "WEBP" if is_lossless:
            yield {"lossless": True, "method": effort, "quality": effort * 20}
        case "WEBP":
            yield {"quality": 85, "method": effort}
            yield {"quality": 70, "method": effort}
        case _:
            yield {}


# --- Several frames


def animation(image: ImageFile.ImageFile, kind: str, *, is_lossless: bool) -> Picture:
    # A GIF does not say how many there are before they are counted.
    if kind != "GIF":
        check_size(image, frames=getattr(image, "n_frames", 1))
    frames, durations = [], []
    for place in range(MAX_FRAMES + 1):
        try:
            image.seek(place)
        except EOFError:
            break
        check_size(image, frames=place + 1)
        frames.append(image.convert("RGBA"))
        durations.append(min(round(image.info.get("duration") or 0), MAX_MILLISECONDS))
    if len({frame.size for frame in frames}) > 1:
        raise PictureFault(*DAMAGED)
    if getattr(image, "default_image", False):
        # Shown by programs that know no animations, and no part of this one.
        del frames[0], durations[0]
    shared: Options = {"save_all": True, "duration": durations}
    if "loop" in image.info:
        shared["loop"] = min(image.info["loop"], MAX_LOOPS)
    if kind == "GIF":
        frames = [indexed(frame) for frame in frames]
        # What is transparent in a frame must not show the one before.
        shared["disposal"] = 2 if any("transparency" in each.info for each in frames) else 1
    else:
        for frame in frames:
            frame.info = {}
    shared["append_images"] = frames[1:]
    tried = options(image, kind, is_lossless=is_lossless)
    return first_that_fits(frames[0], kind, [shared | more for more in tried])


def indexed(frame: Image.Image) -> Image.Image:
    """In 255 colours and a transparent one; exactly, as long as there are no more."""
    opaque = frame.convert("RGB")
    seen = frame.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    if seen.getextrema() != (255, 255):
        # Colours that nobody sees take no room from those that are seen.
        opaque = Image.composite(opaque, Image.new("RGB", frame.size), seen)
    is_exact = opaque.getcolors(255) is not None
    method = Image.Quantize.MEDIANCUT if is_exact else Image.Quantize.FASTOCTREE
    picture = opaque.quantize(255, method, dither=Image.Dither.NONE)
    picture.info = {}
    if seen.getextrema() != (255, 255):
        palette = picture.getpalette() or []
        picture.putpalette([*palette, *[0] * (768 - len(palette))])
        picture.paste(255, mask=seen.point(lambda alpha: 255 - alpha))
        picture.info["transparency"] = 255
    return picture


# ---


def first_that_fits(picture: Image.Image, kind: str, tried: list[Options]) -> Picture:
    for each in tried:
        out = BytesIO()
        picture.save(out, kind, **each)
        if out.tell() <= MAX_BYTES:
            return Picture(out.getvalue(), Image.MIME[kind], *picture.size)
    raise PictureFault(*TOO_LARGE_ANEW)
