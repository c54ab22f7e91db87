"""What the portal cannot start on is one clear line each."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.start.portals import CHECKOUT, SERVE, free_port


def refusal(*options: str, **environment: str) -> tuple[int, str, float]:
    """Exit code, standard error and seconds of a start that must not succeed."""
    started = time.monotonic()
    done = subprocess.run(
        [*SERVE, *options],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr, time.monotonic() - started


@contextlib.contextmanager
def listening() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_one_line_before_anything_is_made(tmp_path: Path) -> None:
    with listening() as port:
        code, line, _ = refusal(PORT=str(port), DATA_DIR=str(tmp_path / "data"))

    assert code == 1
    assert line == (
        f"CommandError: Port {port} is in use; choose another one, for example PORT={port + 1}.\n"
    )
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize(
    "target", ["nobody listens", "nobody answers", "a socket that is not there"]
)
def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(
    tmp_path: Path, target: str
) -> None:
    with listening() as silent:
        url = {
            "nobody listens": f"postgresql://portal:hunter2@127.0.0.1:{free_port()}/portal",
            "nobody answers": f"postgresql://portal:hunter2@127.0.0.1:{silent}/portal",
            "a socket that is not there": f"postgresql://portal:hunter2@/portal?host={tmp_path}",
        }[target]

        code, line, seconds = refusal(
            DATABASE_URL=url, DATA_DIR=str(tmp_path), PORT=str(free_port())
        )

    assert code == 1
    assert line.startswith("CommandError: The database cannot be reached: ")
    assert line.count("\n") == 1
    assert "hunter2" not in line
    assert seconds < 15


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    code, line, _ = refusal(ENVIRONMENT="production")

    assert (code, line) == (1, "SECRET_KEY must be set.\n")


@pytest.mark.parametrize("version", ["3.10", "2.7"])
def test_make_with_a_python_too_old_is_one_line_that_says_how_to_name_another(
    tmp_path: Path, version: str
) -> None:
    (tmp_path / "Makefile").symlink_to(CHECKOUT / "Makefile")
    (tmp_path / "requirements.txt").touch()
    old = tmp_path / "python-old"
    # It answers only as far as its version goes.
    old.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"sys.version_info = ({version.replace('.', ', ')})\nexec(sys.argv[2])\n"
    )
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "run", f"PYTHON={old}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode != 0
    assert said == [
        f"Python 3.11 or newer is needed, which {old} is not: set PYTHON=/path/to/python3"
    ]
    assert not (tmp_path / ".venv").exists()
