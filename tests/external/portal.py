"""A whole portal in processes of its own, as an operator runs it."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Portal:
    """`manage.py serve --demo`; `environment` comes on top of a bare one."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            **(environment or {}),
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--demo", "--end-with-parent"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.banner = ""
        assert self.process.stdout
        for line in self.process.stdout:
            self.banner += line
            if re.search(r"Ctrl-C", line):
                break
        assert self.process.poll() is None, self.banner

    def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            answer = urllib.request.urlopen(request, timeout=20)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
            data = json.loads(content) if content[:1] in b"{[" and content else content
            return answer.status, dict(answer.headers), data

    def command(self, *arguments: str, given: str = "") -> dict[str, Any]:
        """The JSON that a command prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments, "--json"],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)
