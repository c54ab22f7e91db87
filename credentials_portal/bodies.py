"""Request bodies as they come: read before the request takes its turn."""

from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.core.handlers.wsgi import get_path_info

from credentials_portal import middleware
from credentials_portal.underway import Request

# What is larger goes to a temporary file: many wait at once, and must not fill the memory.
STEP = 64 * 1024


class CutOffError(Exception):
    """The connection ended before the body did."""


class Incoming:
    """A body that is read as it comes: each read may wait for the client."""

    def __init__(self, stream: Any, request: Request) -> None:
        self.stream, self.request = stream, request

    def read(self, *size: int) -> bytes:
        with self.request.waiting():
            return cast("bytes", self.stream.read(*size))

    def readline(self, *size: int) -> bytes:
        with self.request.waiting():
            return cast("bytes", self.stream.readline(*size))


def receive(environ: dict[str, Any], request: Request, stack: ExitStack) -> bool:
    """Read what the view takes whole, and tell whether there is nothing left to wait for.

    Left in the stream: what the view reads in pieces, what has no length, and what is too large.
    The stack closes what was kept. Raises CutOffError.
    """
    told, chunked = environ.get("CONTENT_LENGTH"), "HTTP_TRANSFER_ENCODING" in environ
    if not told and not chunked:
        return True
    stream = environ["wsgi.input"] = Incoming(environ["wsgi.input"], request)
    length = int(told) if told and told.isdecimal() else 0
    if chunked or not 0 < length <= limit(environ, length):
        return False
    kept = SpooledTemporaryFile(STEP)  # noqa: SIM115 - the stack closes it
    stack.enter_context(kept)
    environ["wsgi.input"] = whole(stream, length, kept)
    return True


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
