"""Request bodies as they come: read before the request takes its turn."""

from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.core.handlers.wsgi import get_path_info

from credentials_portal import gate, middleware

# What is larger goes to a temporary file: many wait at once, and must not fill the memory.
STEP = 64 * 1024


class CutOffError(Exception):
    """The connection ended before the body did."""


class Incoming:
    """A body that has not been read: whoever reads it lets others work while it waits."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def read(self, *size: int) -> bytes:
        with gate.left():
            return cast("bytes", self.stream.read(*size))

    def readline(self, *size: int) -> bytes:
        with gate.left():
            return cast("bytes", self.stream.readline(*size))


def receive(environ: dict[str, Any], stack: ExitStack) -> None:
    """Read what the view takes whole. Left in the stream: what it streams, and what is refused.

    The stack closes what was kept. Raises CutOffError.
    """
    told, chunked = environ.get("CONTENT_LENGTH"), "HTTP_TRANSFER_ENCODING" in environ
    if not told and not chunked:
        return
    stream = environ["wsgi.input"] = Incoming(environ["wsgi.input"])
    length = int(told) if told and told.isdecimal() else 0
    if not chunked and 0 < length <= limit(environ, length):
        kept = SpooledTemporaryFile(STEP)  # noqa: SIM115 - the stack closes it
        stack.enter_context(kept)
        environ["wsgi.input"] = whole(stream, length, kept)


def limit(environ: dict[str, Any], length: int) -> int:
    if length <= settings.MAX_BODY_BYTES:
        return int(settings.MAX_BODY_BYTES)
    path = get_path_info(environ)
    return 0 if middleware.streams_body(path) else middleware.limit_at(path)


def whole(stream: Incoming, length: int, kept: IO[bytes]) -> IO[bytes]:
    left = length
    while left:
        piece = stream.read(min(STEP, left))
        if not piece:
            raise CutOffError
        kept.write(piece)
        left -= len(piece)
    kept.seek(0)
    return kept
