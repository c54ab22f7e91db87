"""The web servers that can be compared; the first is the one that `serve` starts."""

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import LoadError

APPLICATION = "benchmarks.wsgi:application"
START_SECONDS, STOP_SECONDS = 30, 10


@dataclass(frozen=True)
class WebServer:
    name: str
    arguments: tuple[str, ...]

    def command(self, port: int) -> list[str]:
        """With `{port}` filled in; the programs lie beside this Python."""
        program, *rest = self.arguments
        here = str(Path(sys.executable).parent / program)
        return [here, *(part.replace("{port}", str(port)) for part in rest)]


def granian(workers: int, threads: int) -> WebServer:
    return WebServer(
        f"granian {workers}x{threads}",
        (
            *("granian", "--interface=wsgi", f"--workers={workers}"),
            *(f"--blocking-threads={threads}", "--log-level=error", "--port={port}", APPLICATION),
        ),
    )


def gunicorn(name: str, *options: str) -> WebServer:
    return WebServer(
        name, ("gunicorn", *options, "--bind=127.0.0.1:{port}", "--log-level=error", APPLICATION)
    )


CHOSEN = WebServer("the portal's, 2", ("python", "-m", "benchmarks.portal", "{port}"))
RIVALS = (
    CHOSEN,
    granian(2, 1),
    granian(2, 2),
    granian(1, 4),
    gunicorn("gunicorn sync 2", "--workers=2"),
    gunicorn("gunicorn gthread 2x2", "--workers=2", "--worker-class=gthread", "--threads=2"),
    WebServer(
        "uvicorn 2, WSGI adapter",
        (
            *("uvicorn", "--interface=wsgi", "--workers=2", "--port={port}"),
            *("--log-level=error", "--no-access-log", APPLICATION),
        ),
    ),
    WebServer(
        "uvicorn 2, Django's ASGI",
        (
            *("uvicorn", "--factory", "--workers=2", "--port={port}", "--log-level=error"),
            *("--no-access-log", "django.core.asgi:get_asgi_application"),
        ),
    ),
)


def free_port() -> int:
    """Not a fixed one: some servers share a taken port with whoever has it, and mix the answers."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@contextlib.contextmanager
def serving(server: WebServer, log: Path) -> Iterator[int]:
    """Run it until the block ends, its log in a file as in production; yields its port."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(server.command(port), stdout=output, stderr=output)
    try:
        _await_answer(server, process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(
    server: WebServer, process: subprocess.Popen[bytes], port: int, log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise LoadError(f"{server.name} did not start; see {log}")
