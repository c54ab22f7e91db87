"""Forms as clients send them."""

from collections.abc import Iterable
from urllib.parse import urlencode

BOUNDARY = "----form-7MA4YWxkTrZu0gW"
URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
PNG = b"\x89PNG\r\n\x1a\n"

Pairs = Iterable[tuple[str, str | bytes]]


def url_encoded(pairs: Iterable[tuple[str, str]]) -> bytes:
    return urlencode(list(pairs)).encode()


def multipart(pairs: Pairs) -> bytes:
    """As a browser writes it; bytes are a file's."""
    return framed(*(head(name, value) for name, value in pairs))


def head(name: str, value: str | bytes) -> bytes:
    is_file = isinstance(value, bytes)
    told = f'Content-Disposition: form-data; name="{name}"'.encode()
    if is_file:
        told += b'; filename="badge.png"\r\nContent-Type: image/png'
    content = value if isinstance(value, bytes) else value.encode()
    return told + b"\r\n\r\n" + content


def framed(*parts: bytes) -> bytes:
    opening = f"--{BOUNDARY}\r\n".encode()
    closing = f"--{BOUNDARY}--\r\n".encode()
    return b"".join(opening + part + b"\r\n" for part in parts) + closing
