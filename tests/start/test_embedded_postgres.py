"""The embedded PostgreSQL is shared by who uses it, ends with the last, and survives any kill."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from credentials_portal import embedded_postgres, postgres_server
from credentials_portal.embedded_postgres import EmbeddedPostgresError, address, lease

CHECKOUT = Path(__file__).parents[2]
# Nothing here outlives the test; the machine's own crash is not what is tested.
FAST = {"fsync": "off", "shared_buffers": "16MB"}
HOLDER = f"""
import sys
from pathlib import Path
from credentials_portal.embedded_postgres import lease
try:
    with lease(Path(sys.argv[1]), options={FAST!r}):
        print("holds", flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    sys.exit(130)
"""


@contextlib.contextmanager
def holder(data_dir, env=None):
    """A process that holds a lease until its input ends."""
    process = start_holder(data_dir, env)
    try:
        assert process.stdout.readline() == "holds\n"
        yield process
    finally:
        process.communicate(timeout=20)


def start_holder(data_dir, env=None) -> Any:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=env,
        start_new_session=True,
    )


def servers(data_dir):
    """The pids of the postmasters of this data directory."""
    mark = os.fsencode(f"-D\0{data_dir}/postgres\0")
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def ask(here, query):
    with psycopg.connect(host=here.host, port=here.port, user=here.user, dbname=here.name) as c:
        return c.execute(query).fetchone()


def test_the_portal_logs_in_as_an_owner_whom_row_level_security_binds(tmp_path):
    with lease(tmp_path, options=FAST) as here:
        role = ask(
            here,
            "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user",
        )
        owner = ask(
            here,
            "SELECT datdba::regrole::text, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()",
        )

    assert role == (False, False, False, True, True)
    assert owner == ("portal", "UTF8")
    assert servers(tmp_path) == []


def test_an_empty_environment_still_folds_the_case_of_every_letter(tmp_path):
    with holder(tmp_path, env={}):
        assert ask(address(tmp_path), "SELECT lower('ÉCOLE ДА')") == ("école да",)


def test_the_way_in_is_one_private_socket_and_the_caller_s_own_account(tmp_path):
    with lease(tmp_path, options=FAST) as here:
        listening = ask(here, "SELECT current_setting('listen_addresses')")
        sockets = Path(here.host).stat()
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            psycopg.connect(host=here.host, user="someone", dbname=here.name)

    assert listening == ("",)
    assert sockets.st_mode & 0o777 == 0o700
    assert (tmp_path / "postgres" / "pg_hba.conf").read_text() == "local all all peer map=portal\n"


def test_two_holders_share_one_server_and_the_last_one_out_stops_it(tmp_path):
    with holder(tmp_path):
        (pid,) = servers(tmp_path)
        with holder(tmp_path):
            assert servers(tmp_path) == [pid]

        assert servers(tmp_path) == [pid]
        assert ask(address(tmp_path), "SELECT 1") == (1,)

    assert servers(tmp_path) == []


def test_the_starter_may_leave_before_the_others(tmp_path):
    with contextlib.ExitStack() as second:
        with holder(tmp_path):
            second.enter_context(holder(tmp_path))
            (pid,) = servers(tmp_path)

        assert servers(tmp_path) == [pid]

    assert servers(tmp_path) == []


def test_processes_that_start_at_once_start_one_server(tmp_path):
    starters = [start_holder(tmp_path) for _ in range(3)]

    for starter in starters:
        assert starter.stdout.readline() == "holds\n"
    running = servers(tmp_path)
    for starter in starters:
        starter.communicate(timeout=20)

    assert len(running) == 1
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert servers(tmp_path) == []


def test_a_server_left_by_a_killed_holder_is_taken_over_and_then_stopped(tmp_path):
    with holder(tmp_path) as killed:
        (pid,) = servers(tmp_path)
        killed.kill()
        killed.wait()
    assert servers(tmp_path) == [pid]

    with lease(tmp_path, options=FAST):
        assert servers(tmp_path) == [pid]

    assert servers(tmp_path) == []


def test_a_killed_server_recovers_with_every_committed_row(tmp_path):
    with lease(tmp_path, options=FAST) as here:
        with psycopg.connect(host=here.host, user=here.user, dbname=here.name) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for pid in servers(tmp_path):
            os.kill(pid, signal.SIGKILL)

        # At once, with children of the dead server possibly still alive.
        with holder(tmp_path):
            assert ask(here, "SELECT answer FROM kept") == (42,)

    assert servers(tmp_path) == []


def test_a_stale_pid_that_is_now_another_process_is_no_obstacle(tmp_path):
    with lease(tmp_path, options=FAST):
        pass
    owner = (tmp_path / "postgres").stat().st_uid
    stranger = subprocess.Popen(["sleep", "60"], user=owner)

    try:
        (tmp_path / "postgres" / "postmaster.pid").write_text(
            f"{stranger.pid}\n{tmp_path}/postgres\n1\n5432\n{tmp_path}/run\n\n  1 2\nready\n"
        )
        with lease(tmp_path, options=FAST) as here:
            assert ask(here, "SELECT 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_ctrl_c_ends_the_holder_which_then_stops_the_server_itself(tmp_path):
    with holder(tmp_path) as process:
        os.killpg(process.pid, signal.SIGINT)

        assert process.wait(timeout=5) == 130

    assert servers(tmp_path) == []
    assert "database system was interrupted" not in _log_of_one_more_start(tmp_path)


def _log_of_one_more_start(data_dir):
    with lease(data_dir, options=FAST):
        return (data_dir / "postgres.log").read_text()


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(tmp_path):
    long = tmp_path / ("d" * 60) / ("e" * 60)

    with lease(long, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

        assert len(here.host) < 80
        assert Path(here.host).stat().st_mode & 0o777 == 0o700
        assert address(long) == here

    assert not Path(here.host).exists()


@pytest.mark.parametrize("name", ["a,b", "with space", 'quo"te', "ünï"])
def test_any_name_of_a_directory_will_do(tmp_path, name):
    with lease(tmp_path / name, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)


def test_a_directory_closed_to_all_others_will_do_and_stays_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with lease(closed / "data", options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

    assert servers(closed / "data") == []
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == os.geteuid()


def test_a_link_laid_in_the_place_of_the_short_directory_is_refused(tmp_path):
    long = tmp_path / ("d" * 120)
    target = tmp_path / "target"
    target.mkdir()
    place = Path(address(long).host)
    place.symlink_to(target)

    try:
        with pytest.raises(EmbeddedPostgresError, match=place.name), lease(long, options=FAST):
            pass
    finally:
        place.unlink()

    assert list(target.iterdir()) == []
    assert servers(long) == []


def test_half_an_initialisation_is_thrown_away(tmp_path):
    (tmp_path / "postgres.draft" / "base").mkdir(parents=True)

    with lease(tmp_path, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

    assert not (tmp_path / "postgres.draft").exists()


def test_a_server_that_cannot_start_says_why_in_one_line_that_names_the_log(tmp_path):
    with lease(tmp_path, options=FAST):
        pass
    before = time.monotonic()

    with (
        pytest.raises(EmbeddedPostgresError) as refusal,
        lease(tmp_path, options={"max_connections": "many"}),
    ):
        pass

    assert "max_connections" in str(refusal.value)
    assert str(tmp_path / "postgres.log") in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert time.monotonic() - before < 5
    assert servers(tmp_path) == []


def test_without_the_package_the_line_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_server, "PACKAGE", "absent_pgserver")

    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"), lease(tmp_path):
        pass


def test_an_address_is_computed_without_touching_the_disk(tmp_path):
    here = embedded_postgres.address(tmp_path / "portal")

    assert here.as_settings() == {
        "HOST": str(tmp_path / "portal" / "run"),
        "PORT": "5432",
        "USER": "portal",
        "NAME": "portal",
    }
    assert not (tmp_path / "portal").exists()
