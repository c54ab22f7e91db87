"""Pictures to upload: honest ones, and bytes that only begin like one."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

PNG_MARK = b"\x89PNG\r\n\x1a\n"
KINDS = ("PNG", "JPEG", "GIF", "WEBP")


def upload(content: bytes, name: str = "badge.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def drawing(size: tuple[int, int] = (60, 40), colour: Any = "navy") -> Image.Image:
    """Its corners differ: top left red, top right lime, bottom left blue, bottom right white."""
    picture = Image.new("RGB", size, colour)
    draw, (w, h) = ImageDraw.Draw(picture), (size[0] // 4, size[1] // 4)
    for at, corner in zip([(0, 0), (3, 0), (0, 3), (3, 3)], CORNERS, strict=True):
        draw.rectangle([at[0] * w, at[1] * h, (at[0] + 1) * w - 1, (at[1] + 1) * h - 1], corner)
    return picture


CORNERS = ("red", "lime", "blue", "white")


def corners(picture: Image.Image) -> list[str]:
    """Which colour is in each corner, in the order of CORNERS."""
    w, h = picture.size
    known = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    places = [(2, 2), (w - 3, 2), (2, h - 3), (w - 3, h - 3)]
    pixels: list[Any] = [picture.convert("RGB").getpixel(place) for place in places]
    return [known[tuple(round(band / 255) for band in pixel)] for pixel in pixels]


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def animated(kind: str, frames: list[Image.Image], **options: Any) -> bytes:
    first, *others = frames
    return encoded(first, kind, save_all=True, append_images=others, duration=80, **options)


def chunk(name: bytes, content: bytes) -> bytes:
    told = name + content
    return struct.pack(">I", len(content)) + told + struct.pack(">I", zlib.crc32(told))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """What a header promises, and after it whatever is given."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_MARK + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def chunk_names(content: bytes) -> list[str]:
    names, at = [], len(PNG_MARK)
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        names.append(content[at + 4 : at + 8].decode())
        at += 12 + length
    return names


def gif(width: int, height: int, frames: int, *, at: int = 0) -> bytes:
    """Frames of one pixel, each after a pause."""
    frame = (
        b"\x21\xf9\x04\x00\x05\x00\x00\x00"
        + b","
        + struct.pack("<HHHHB", at, at, 1, 1, 0)
        + b"\x02\x02\x44\x01\x00"
    )
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    return screen + b"\0\0\0\xff\xff\xff" + frame * frames + b";"


def webp_canvas(width: int, height: int) -> bytes:
    """Of an animation: its header is all that says how large it is."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of_scans(count: int) -> bytes:
    """A progressive one, whose last scan comes again and again."""
    content = encoded(drawing((64, 64)), "JPEG", progressive=True)
    last, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    return content[:end] + content[last:end] * count + content[end:]
