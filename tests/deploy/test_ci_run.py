""".ci/run, with stand-ins for make and apt-get: every stage runs, and any failure is the run's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = ["check", "test", "test-fuzz", "test-redis", "test-pgbouncer", "test-browser"]
PROGRAMS = ["redis-server", "pgbouncer", "chromium", "chromedriver"]


class Machine:
    """A PATH of stand-ins that write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        self.log.touch()
        dirname = shutil.which("dirname")
        assert dirname
        (folder / "dirname").symlink_to(dirname)

    def has(self, program: str, body: str = "") -> None:
        path = self.folder / program
        path.write_text(f'#!/bin/sh\necho "{program} $*" >> {self.log}\n{body}\n')
        path.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        bash = shutil.which("bash")
        assert bash
        return subprocess.run(
            [bash, ROOT / ".ci/run"],
            env={"PATH": str(self.folder), "CI": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path) -> Machine:
    made = Machine(tmp_path)
    made.has("make")
    for program in PROGRAMS:
        made.has(program)
    return made


def test_every_target_is_made_in_order_and_nothing_is_installed(machine):
    machine.has("apt-get")

    done = machine.run()

    assert done.returncode == 0, done.stderr
    assert machine.calls() == [f"make {target}" for target in TARGETS]


@pytest.mark.parametrize("target", TARGETS)
def test_one_failing_target_fails_the_run_and_the_others_still_run(machine, target):
    machine.has("make", f'[ "$1" != {target} ]')

    done = machine.run()

    assert done.returncode == 1
    assert f"Failed: make {target}\n" in done.stderr
    assert machine.calls() == [f"make {each}" for each in TARGETS]


def test_only_the_missing_packages_are_installed_or_asked_for(machine):
    (machine.folder / "redis-server").unlink()
    (machine.folder / "chromedriver").unlink()
    machine.has("apt-get")

    done = machine.run()

    if os.geteuid() == 0:
        update, install = [call.split() for call in machine.calls() if call.startswith("apt-get")]
        assert done.returncode == 0, done.stderr
        assert update[1] == "update"
        assert install[1] == "install"
        packages = {word for word in install[2:] if not word.startswith("-")}
        assert packages == {"redis-server", "chromium-driver"}
    else:
        assert done.returncode == 1
        assert "Failed: install_packages\n" in done.stderr


def test_a_machine_without_apt_is_told_what_to_install(machine):
    for program in ("redis-server", "chromium", "chromedriver"):
        (machine.folder / program).unlink()

    done = machine.run()

    assert done.returncode == 1
    asked = next(line for line in done.stderr.splitlines() if "Missing Debian packages" in line)
    assert {"redis-server", "chromium", "chromium-driver"} <= set(asked.split())
    assert "pgbouncer" not in asked
    assert "Failed: install_packages\n" in done.stderr


def test_a_failing_installation_fails_the_run(machine):
    (machine.folder / "chromium").unlink()
    machine.has("apt-get", "exit 100")

    done = machine.run()

    assert done.returncode == 1
    assert "Failed: install_packages\n" in done.stderr
