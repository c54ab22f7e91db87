"""`make run` as a person uses it: start, try, Ctrl-C, and kills in between."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.clusters import lay_out
from tests.start.portals import MAKE_RUN, SECONDS_TO_END, SERVE, assert_all_end, portal


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, as in a developer's day: each test finds what the one before left."""
    return tmp_path_factory.mktemp("portal")


def test_make_run_shows_lines_that_work_as_pasted_and_ctrl_c_ends_it_all(data_dir: Path) -> None:
    with portal(data_dir, *MAKE_RUN) as running:
        rest = running.rest_of_banner()
        lines = [line for line in rest.splitlines() if "curl " in line]
        public = re.search(r"Public page +http://127\.0\.0\.1:\d+(\S+)", rest)
        assert public

        # A blank line between, where a person would see the next prompt.
        pasted = subprocess.run(
            ["bash", "-e"],
            input="\necho\n".join(lines),
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        pages = {path: running.get(path) for path in ("/api/v1/docs", "/admin/login/", public[1])}
        started = time.monotonic()
        os.killpg(running.process.pid, signal.SIGINT)
        running.process.wait(timeout=20)
        seconds = time.monotonic() - started

        assert_all_end(data_dir)

    record, listed = (json.loads(answer) for answer in pasted.stdout.split("\n") if answer)
    assert record["title"] == "First aid at work"
    assert record["id"] in [item["id"] for item in listed["results"]]
    assert set(pages.values()) == {200}
    assert seconds < SECONDS_TO_END
    assert "mina" in rest


def test_after_kill_9_the_next_start_recovers_on_the_same_port_and_sigterm_ends_it_all(
    data_dir: Path,
) -> None:
    with portal(data_dir, *SERVE, "--demo") as killed:
        killed.rest_of_banner()
        killed.process.kill()
        killed.process.wait()

        with portal(data_dir, *SERVE, "--demo", port=killed.port) as running:
            running.rest_of_banner()
            assert running.get("/readyz") == 200

            started = time.monotonic()
            running.process.terminate()
            code = running.process.wait(timeout=20)
            seconds = time.monotonic() - started
            assert_all_end(data_dir)

    assert code == 0
    assert seconds < SECONDS_TO_END


def test_a_killed_worker_is_replaced_but_workers_that_keep_dying_end_the_portal(
    data_dir: Path,
) -> None:
    with portal(data_dir, *SERVE) as running:
        running.kill_a_worker()
        assert running.answer_at_last("/healthz") == 200

        # As soon as there are new ones: a code that cannot start does the same.
        deadline = time.monotonic() + 30
        while running.process.poll() is None and time.monotonic() < deadline:
            for worker in running.workers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.1)

        assert running.process.poll() == 1
        assert_all_end(data_dir)


def test_two_portals_on_data_of_their_own_run_side_by_side_and_each_ends_alone(
    data_dir: Path, tmp_path: Path
) -> None:
    """One by a kill -9 of its make, the other by a Ctrl-C sent to its command alone."""
    lay_out(tmp_path)

    with portal(data_dir, *MAKE_RUN) as first, portal(tmp_path, *SERVE) as second:
        assert (first.get("/readyz"), second.get("/readyz")) == (200, 200)

        first.process.kill()
        first.process.wait()
        assert_all_end(data_dir)

        assert second.get("/readyz") == 200
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(timeout=SECONDS_TO_END) == 0
        assert_all_end(tmp_path)
