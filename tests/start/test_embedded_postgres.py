"""The embedded PostgreSQL is shared by who uses it, ends with the last, and survives any kill."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from credentials_portal import postgres_server
from credentials_portal.embedded_postgres import EmbeddedPostgresError, address, lease
from tests.start.holders import FAST, ask, holder, servers, start_holder


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Made once, for to make a cluster takes longer than the tests: each leaves it as it came."""
    return tmp_path_factory.mktemp("data")


def test_the_portal_logs_in_as_an_owner_whom_row_level_security_binds(data_dir):
    with lease(data_dir, options=FAST) as here:
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
    assert servers(data_dir) == []


def test_an_empty_environment_still_folds_the_case_of_every_letter(tmp_path):
    with holder(tmp_path, env={}):
        assert ask(address(tmp_path), "SELECT lower('ÉCOLE ДА')") == ("école да",)


def test_the_way_in_is_one_private_socket_and_the_caller_s_own_account(data_dir):
    with lease(data_dir, options=FAST) as here:
        listening = ask(here, "SELECT current_setting('listen_addresses')")
        sockets = Path(here.host).stat()
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            psycopg.connect(host=here.host, user="someone", dbname=here.name)

    assert listening == ("",)
    assert sockets.st_mode & 0o777 == 0o700
    assert (data_dir / "postgres" / "pg_hba.conf").read_text() == "local all all peer map=portal\n"


def test_two_holders_share_one_server_and_the_last_one_out_stops_it(data_dir):
    with holder(data_dir):
        (pid,) = servers(data_dir)
        with holder(data_dir):
            assert servers(data_dir) == [pid]

        assert servers(data_dir) == [pid]
        assert ask(address(data_dir), "SELECT 1") == (1,)

    assert servers(data_dir) == []


def test_the_starter_may_leave_before_the_others(data_dir):
    with contextlib.ExitStack() as second:
        with holder(data_dir):
            second.enter_context(holder(data_dir))
            (pid,) = servers(data_dir)

        assert servers(data_dir) == [pid]

    assert servers(data_dir) == []


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


def test_a_server_left_by_a_killed_holder_is_taken_over_and_then_stopped(data_dir):
    with holder(data_dir) as killed:
        (pid,) = servers(data_dir)
        killed.kill()
        killed.wait()
    assert servers(data_dir) == [pid]

    with lease(data_dir, options=FAST):
        assert servers(data_dir) == [pid]

    assert servers(data_dir) == []


def test_a_killed_server_recovers_with_every_committed_row(data_dir):
    with lease(data_dir, options=FAST) as here:
        with psycopg.connect(host=here.host, user=here.user, dbname=here.name) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for pid in servers(data_dir):
            os.kill(pid, signal.SIGKILL)

        # At once, with children of the dead server possibly still alive.
        with holder(data_dir):
            assert ask(here, "SELECT answer FROM kept") == (42,)

    assert servers(data_dir) == []


def test_a_stale_pid_that_is_now_another_process_is_no_obstacle(data_dir):
    with lease(data_dir, options=FAST):
        pass
    owner = (data_dir / "postgres").stat().st_uid
    stranger = subprocess.Popen(["sleep", "60"], user=owner)

    try:
        (data_dir / "postgres" / "postmaster.pid").write_text(
            f"{stranger.pid}\n{data_dir}/postgres\n1\n5432\n{data_dir}/run\n\n  1 2\nready\n"
        )
        with lease(data_dir, options=FAST) as here:
            assert ask(here, "SELECT 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_ctrl_c_ends_the_holder_which_then_stops_the_server_itself(data_dir):
    with holder(data_dir) as process:
        os.killpg(process.pid, signal.SIGINT)

        assert process.wait(timeout=5) == 130

    assert servers(data_dir) == []
    assert "database system was interrupted" not in _log_of_one_more_start(data_dir)


def _log_of_one_more_start(data_dir):
    log = data_dir / "postgres.log"
    before = log.stat().st_size
    with lease(data_dir, options=FAST):
        return log.read_text()[before:]


def test_half_an_initialisation_is_thrown_away(tmp_path):
    (tmp_path / "postgres.draft" / "base").mkdir(parents=True)

    with lease(tmp_path, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

    assert not (tmp_path / "postgres.draft").exists()


def test_a_server_that_cannot_start_says_why_in_one_line_that_names_the_log(data_dir):
    with lease(data_dir, options=FAST):
        pass
    before = time.monotonic()

    with (
        pytest.raises(EmbeddedPostgresError) as refusal,
        lease(data_dir, options={"max_connections": "many"}),
    ):
        pass

    assert "max_connections" in str(refusal.value)
    assert str(data_dir / "postgres.log") in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert time.monotonic() - before < 5
    assert servers(data_dir) == []


def test_without_the_package_the_line_names_the_way_out(data_dir, monkeypatch):
    monkeypatch.setattr(postgres_server, "PACKAGE", "absent_pgserver")

    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"), lease(data_dir):
        pass
