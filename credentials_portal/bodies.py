"""Request bodies as they come: read before the request takes its turn, where that is possible."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import get_path_info

from credentials_portal import middleware
from credentials_portal.environs import Environ

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Receive = Callable[[], Awaitable[dict[str, Any]]]
# What is larger goes to a temporary file: many wait at once, and must not fill the memory.
STEP = 64 * 1024


class CutOffError(ConnectionError):
    """The connection ended before the body did."""


async def receive(environ: Environ, messages: Receive, stack: ExitStack) -> bool:
    """Read what the view takes whole, and tell whether there is nothing left to wait for.

    Left to be read by the view: what it takes in pieces, what has no length, and what is too
    large. The stack closes what was kept.
    """
    environ["wsgi.input"] = io.BytesIO()
    told, chunked = environ.get("CONTENT_LENGTH"), "HTTP_TRANSFER_ENCODING" in environ
    length = int(told) if told and told.isdecimal() else 0
    if not chunked and not length:
        return True
    deadline = asyncio.get_running_loop().time() + settings.MAX_BODY_SECONDS
    if chunked or length > limit(environ, length):
        environ["wsgi.input"] = io.BufferedReader(Incoming(messages, deadline), STEP)
        return False
    try:
        async with asyncio.timeout_at(deadline):
            environ["wsgi.input"] = await whole(messages, length, stack)
    except (CutOffError, TimeoutError):
        environ[middleware.UNFINISHED] = True
    return True


def limit(environ: Environ, length: int) -> int:
    if length <= settings.MAX_BODY_BYTES:
        return int(settings.MAX_BODY_BYTES)
    path = get_path_info(environ)
    return 0 if middleware.streams_body(path) else middleware.limit_at(path)


async def whole(messages: Receive, length: int, stack: ExitStack) -> IO[bytes]:
    piece, _ = await next_piece(messages)
    if len(piece) == length:
        return io.BytesIO(piece)
    kept = SpooledTemporaryFile(STEP)  # noqa: SIM115 - the stack closes it
    stack.enter_context(kept)
    kept.write(piece)
    while (left := length - kept.tell()) > 0:
        piece, is_last = await next_piece(messages)
        if is_last and len(piece) < left:
            raise CutOffError
        kept.write(piece)
    kept.seek(0)
    return kept


async def next_piece(messages: Receive) -> tuple[bytes, bool]:
    """And whether it is the last. Raises CutOffError."""
    message = await messages()
    if message["type"] == "http.disconnect":
        raise CutOffError
    return message.get("body", b""), not message.get("more_body")


class Incoming(io.RawIOBase):
    """A body that a thread reads as it comes. Raises CutOffError, and TimeoutError."""

    def __init__(self, messages: Receive, deadline: float) -> None:
        super().__init__()
        self.messages, self.deadline = messages, deadline
        self.loop = asyncio.get_running_loop()
        self.rest, self.is_last = memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while not self.rest and not self.is_last:
            piece, self.is_last = self.wait()
            self.rest = memoryview(piece)
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self.rest))
        target[:size], self.rest = self.rest[:size], self.rest[size:]
        return size

    def wait(self) -> tuple[bytes, bool]:
        coming = asyncio.run_coroutine_threadsafe(next_piece(self.messages), self.loop)
        try:
            return coming.result(max(0, self.deadline - self.loop.time()))
        finally:
            coming.cancel()
