"""How the portal, a WSGI application, is served by an asynchronous server.

What may have to wait for its client waits in the event loop, or in a thread of its own. The work
is done between, one request at a time: the interpreter runs one thread at a time anyway, and
threads that take turns at it would wake each other for every query.
"""

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from django.conf import settings

from credentials_portal import bodies, connections, environs
from credentials_portal.bodies import Receive
from credentials_portal.environs import Environ
from credentials_portal.logs import request_id

Application = Callable[[Environ, Callable[..., Any]], Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


@dataclass
class Answer:
    """Of a WSGI application: its own response where that is a stream."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    stream: Any = None
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    def start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        """PEP 3333's start_response."""
        self.status, self.headers = int(status[:3]), headers

    def head(self) -> dict[str, Any]:
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in self.headers
        ]
        return {"type": "http.response.start", "status": self.status, "headers": headers}


class Reception:
    """An ASGI application around one of WSGI."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        environ = environs.from_scope(scope)
        with ExitStack() as kept:
            is_whole = await bodies.receive(environ, receive, kept)
            work = partial(self.answer, environ)
            answer = synchronously(work) if is_whole else await in_a_thread(work)
        await send(answer.head())
        if answer.stream is not None and not await send_pieces(answer, receive, send):
            return  # Without the last message: the server breaks the connection off.
        await send({"type": "http.response.body", "body": answer.body})

    def answer(self, environ: Environ) -> Answer:
        answer = Answer()
        try:
            response = self.application(environ, answer.start)
            if getattr(response, "streaming", False):
                answer.stream, answer.context = response, contextvars.copy_context()
            else:
                with contextlib.closing(response):
                    answer.body = b"".join(response)
        except BaseException:  # whatever a view raises, the next request is answered
            logger.exception("unanswered")
            return Answer()
        return answer


def synchronously(work: Callable[[], Result]) -> Result:
    """As if no event loop ran here: Django would give each of its tasks a connection of its own."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return work()
    finally:
        asyncio._set_running_loop(loop)


async def send_pieces(answer: Answer, receive: Receive, send: Send) -> bool:
    """As fast as the client takes them, until it leaves or stops; whether all were sent."""
    loop = asyncio.get_running_loop()
    leaving = asyncio.ensure_future(departure(receive))

    async def is_taken(piece: bytes) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settings.MAX_BODY_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                return True
        return False

    def work() -> bool:
        request_id.set(dict(answer.headers).get("X-Request-ID", ""))
        try:
            with contextlib.closing(answer.stream):
                for piece in in_steps(answer.stream):
                    taken = asyncio.run_coroutine_threadsafe(is_taken(piece), loop)
                    if not taken.result() or leaving.done():
                        return False
        except BaseException:
            logger.exception("broken off")
            return False
        return True

    try:
        return await in_a_thread(work, answer.context)
    finally:
        leaving.cancel()


async def departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def in_steps(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Joined, for each passes from thread to thread."""
    step = bytearray()
    for piece in pieces:
        step += piece
        if len(step) >= bodies.STEP:
            yield bytes(step)
            step.clear()
    if step:
        yield bytes(step)


async def in_a_thread(
    work: Callable[[], Result], context: contextvars.Context | None = None
) -> Result:
    """One of its own: those that wait for their clients must not keep each other waiting.

    The work must not raise.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def run() -> None:
        result = work()
        connections.give_back()
        loop.call_soon_threadsafe(done.set_result, result)

    Thread(target=(context or contextvars.copy_context()).run, args=(run,), daemon=True).start()
    return await done
