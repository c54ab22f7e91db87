"""How a request comes from the server's threads to the one that works, and its answer back.

The server has a thread for each request, which waits for what its client sends. One thread of this
process does the work: the interpreter runs one at a time anyway, and threads that take turns at it
would wake each other for every query.
"""

import contextlib
import contextvars
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any

from credentials_portal import bodies, connections, underway

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
ENVIRON = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Job:
    environ: dict[str, Any]
    protocol: Any  # the server's: response_bytes and response_iter
    request: underway.Request = field(default_factory=underway.begin)
    kept: ExitStack = field(default_factory=ExitStack)

    def end(self) -> None:
        self.kept.close()
        underway.end(self.request)


class Handover:
    """Around a WSGI application; the server calls `receive` with each request."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        Thread(target=self.work, name="work", daemon=True).start()

    def receive(self, protocol: Any, scope: dict[str, Any]) -> None:
        """In a thread of the server's own, which may wait for its client."""
        job = Job(ENVIRON | scope, protocol)
        try:
            is_whole = bodies.receive(job.environ, job.request, job.kept)
        except bodies.CutOffError:
            # Nobody is there to read it, and nothing was done.
            protocol.response_bytes(400, [("connection", "close")], b"")
            job.end()
            return
        if is_whole:
            self.jobs.put(job)
        else:
            self.answer(job)
            connections.give_back()

    def work(self) -> None:
        while True:
            self.answer(self.jobs.get())

    def answer(self, job: Job) -> None:
        """Without an answer, the server says 500 by itself when the job is gone."""
        try:
            head = Head()
            response = self.application(job.environ, head)
            if getattr(response, "streaming", False):
                # It takes as long as its client does, who must keep nobody else waiting.
                context = contextvars.copy_context()
                Thread(target=context.run, args=(send, job, head, response), daemon=True).start()
                return
            with contextlib.closing(response):
                job.protocol.response_bytes(head.status, head.headers, b"".join(response))
        except BaseException:  # whatever a view raises, the thread goes on
            logger.exception("unanswered")
        job.end()


class Head:
    """PEP 3333's start_response."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        self.status, self.headers = int(status[:3]), headers


def send(job: Job, head: Head, response: Any) -> None:
    try:
        job.protocol.response_iter(head.status, head.headers, Pieces(job, response))
    finally:
        connections.give_back()
        job.end()


class Pieces(Iterator[bytes]):
    """What the server sends, asking for a piece when it has sent the one before."""

    def __init__(self, job: Job, response: Any) -> None:
        self.request, self.response = job.request, response
        self.pieces = iter(response)

    def __next__(self) -> bytes:
        self.request.waits_for_client = False
        piece: bytes = next(self.pieces)
        self.request.waits_for_client = True
        return piece

    def close(self) -> None:
        self.response.close()
