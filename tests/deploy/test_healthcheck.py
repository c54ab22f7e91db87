"""deploy/healthcheck.py, which the image runs, against a portal's stand-in."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/healthcheck.py"


class Portal(ThreadingHTTPServer):
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []


class Answer(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing: standard error is for failures."""


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def check(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, str(port)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_200_is_healthy(portal):
    done = check(portal.server_port)

    assert (done.returncode, done.stderr) == (0, "")
    assert portal.asked == ["/healthz"]


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_any_answer_but_200_is_unhealthy(portal, status):
    portal.status = status

    done = check(portal.server_port)

    assert (done.returncode, done.stderr) == (1, f"/healthz answered {status}\n")


def test_a_closed_port_is_unhealthy(portal):
    portal.shutdown()
    portal.server_close()

    done = check(portal.server_port)

    assert done.returncode == 1
    assert "/healthz does not answer" in done.stderr
