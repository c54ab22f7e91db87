"""A portal as a person starts it: in processes of its own, from a bare environment."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SERVE = (sys.executable, "manage.py", "serve")
# What `make` installs is installed already: by whoever runs these tests.
MAKE_RUN = ("make", "-o", ".venv/runtime.stamp", f"PY={sys.executable}", "run")
SECONDS_TO_END = 5


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def processes_of(data_dir: Path) -> list[int]:
    """Whoever serves from this directory: by its environment, or as its PostgreSQL."""
    marks = (os.fsencode(f"\0DATA_DIR={data_dir}\0"), os.fsencode(f"\0{data_dir}/postgres\0"))
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = b"\0%b\0%b" % (
                (process / "environ").read_bytes(),
                (process / "cmdline").read_bytes(),
            )
            if any(mark in words for mark in marks):
                found.append(int(process.name))
    return found


def assert_all_end(data_dir: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while (left := processes_of(data_dir)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


class Portal:
    def __init__(self, data_dir: Path, command: tuple[str, ...], port: int | None = None) -> None:
        self.port = port or free_port()
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            # As after `env -i`: no home, no locale.
            env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.banner = ""
        while "/admin/" not in self.banner:
            line = self.process.stdout.readline()
            assert line, f"ended with {self.process.wait()}: {self.banner}"
            self.banner += line

    def rest_of_banner(self) -> str:
        assert self.process.stdout
        rest = ""
        while rest.count("curl ") < 3:
            rest += self.process.stdout.readline()
        return rest

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def answer_at_last(self, path: str) -> int:
        deadline = time.monotonic() + 20
        while True:
            try:
                return self.get(path)
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def workers(self) -> set[int]:
        parent = self.process.pid
        found = set()
        with contextlib.suppress(OSError):
            for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
        return found

    def kill_a_worker(self) -> None:
        """One dies, and its successor comes."""
        before = self.workers()
        os.kill(min(before), signal.SIGKILL)
        deadline = time.monotonic() + 20
        while self.process.poll() is None and len(self.workers() - {min(before)}) < len(before):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@contextlib.contextmanager
def portal(data_dir: Path, *command: str, port: int | None = None) -> Iterator[Portal]:
    running = Portal(data_dir, command, port)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGTERM)
        running.process.communicate(timeout=20)
        assert_all_end(data_dir)
