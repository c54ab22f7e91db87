"""One measurement: the same requests over and over, by wrk, for a few seconds."""

import http.client
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 16
# wrk puts a number in its place, so that no two requests are the same.
UNIQUE = "@" * 16

_runs = itertools.count(int(time.time()) % 100_000 * 10)


class LoadError(Exception):
    """One line: what went wrong."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def raw(self, port: int) -> str:
        headers = {"Host": f"127.0.0.1:{port}", **self.headers}
        if self.body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", self.body])

    def send(self, port: int) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Once, as it is: status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            headers = {**self.headers, "Content-Type": "application/json"} if self.body else {}
            connection.request(
                self.method, self.path, self.body or None, headers or dict(self.headers)
            )
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def answer(self, port: int) -> tuple[int, Any]:
        """Its status, and what its JSON says."""
        status, _, content = self.send(port)
        return status, json.loads(content) if content else None


@dataclass(frozen=True)
class Result:
    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int


class Load:
    """A set of requests, written down once for wrk."""

    def __init__(
        self,
        name: str,
        requests: Sequence[Request],
        port: int,
        directory: Path,
        connections: int = CONNECTIONS,
    ) -> None:
        self.name = name
        self.port = port
        self.connections = connections
        self.path = directory / f"{name.replace(' ', '-')}-{port}.requests"
        self.path.write_text("\0".join(request.raw(port) for request in requests))

    def run(self, seconds: int) -> Result:
        """Raises LoadError when a single answer was an error."""
        command = [
            "wrk",
            "--threads=1",
            f"--connections={self.connections}",
            f"--duration={seconds}s",
        ]
        command += ["--timeout=10s", f"--script={SCRIPT}", f"http://127.0.0.1:{self.port}/"]
        command += ["--", str(self.path), str(next(_runs) % 1_000_000)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if not found:
            raise LoadError(f"{self.name}: wrk failed: {done.stderr.strip() or done.stdout}")
        facts = json.loads(found[0].removeprefix("RESULT "))
        if facts["failed"] or not facts["requests"]:
            raise LoadError(f"{self.name}: {facts['failed']} of {facts['requests']} failed")
        return Result(
            facts["requests"] / facts["seconds"],
            facts["p50_ms"],
            facts["p99_ms"],
            facts["requests"],
        )


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        raise LoadError("wrk is missing; on Debian and Ubuntu: apt-get install wrk")
