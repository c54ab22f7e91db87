"""The web server: its worker processes, and how they end together."""

import contextlib
import copy
import http.client
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import resource_tracker
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import mp

from credentials_portal import reception
from credentials_portal.loading import for_good

# Requests under way may finish; with the database's own end this stays below five seconds.
SECONDS_TO_FINISH = 2
# Of each process; who comes when all are taken waits for one to end.
CONNECTIONS = 512
APPLICATION = "credentials_portal.wsgi.application"


def serve(
    host: str,
    port: int,
    workers: int,
    *,
    when_answering: Callable[[], None],
    application: str = APPLICATION,
) -> None:
    """Serve until Ctrl-C or SIGTERM; SystemExit with a code when the workers keep dying."""
    # A forked worker would inherit the locks and connections of this process.
    multiprocessing.set_start_method("spawn", force=True)
    server = mp.MPServer(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        loop=Loops.uvloop,
        # To tell it from HTTP/2, the server would wait for a silent client for ever.
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
        log_dictconfig=_log_settings(),
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )
    answer = threading.Thread(
        target=_wait_for_answer, args=(host, port, when_answering), daemon=True
    )
    with _ctrl_c_for_the_parent_only(server):
        answer.start()
        try:
            server.serve(target_loader=partial(load, application), wrap_loader=False)
        except SystemExit:
            if not server.interrupt_signal:
                raise
        finally:
            for worker in server.wrks:
                worker.kill()  # type: ignore[no-untyped-call]


def load(application: str) -> reception.Reception:
    """Called in each worker process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with for_good():
        return reception.Reception(import_string(application))


def _end_with_parent() -> None:
    # A worker that outlives a killed parent would keep the port.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _ctrl_c_for_the_parent_only(server: mp.MPServer) -> Iterator[None]:
    """A terminal sends Ctrl-C and hang-up to every process, and a worker told twice may hang.

    Workers inherit that these signals are blocked in this thread. Whichever other thread the
    system picks instead, what it received comes through the pipe.
    """
    # A shell starts background jobs with Ctrl-C ignored: who sends it all the same means it.
    ends = {signal.SIGINT, signal.SIGTERM}
    # Under nohup, which ignores the hang-up, a server outlives its terminal.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        ends.add(signal.SIGHUP)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)

    def receive() -> None:
        while received := os.read(reader, 1):
            if received[0] in ends:
                server.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    receiver = threading.Thread(target=receive)
    receiver.start()
    # Started later, with the first worker, this helper process would unblock them again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        os.close(writer)
        receiver.join()
        os.close(reader)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait_for_answer(host: str, port: int, when_answering: Callable[[], None]) -> None:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while True:
        connection = http.client.HTTPConnection(reachable, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            break
        finally:
            connection.close()
    # Whoever read the standard output may be gone; the portal stays.
    with contextlib.suppress(BrokenPipeError):
        when_answering()


def _log_settings() -> dict[str, Any]:
    """The portal's own JSON log, for the server's words too."""
    config: dict[str, Any] = copy.deepcopy(settings.LOGGING)
    config["loggers"]["_granian"] = {"handlers": [], "propagate": True}
    return config
