"""Two PostgreSQL servers, and a look at all that one of their databases holds."""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from credentials_portal import embedded_postgres
from credentials_portal.connections import disconnect
from credentials_portal.postgres_server import BINARIES, PACKAGE, SUPERUSER

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Of `x in (…)`, PostgreSQL prints a cast of the list or, once restored, one of each word.
SPELLING = re.compile(r"::(character varying|text)(\[\])?|[()]")
TABLES = (
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
)
# What guards the rows, by its definition; object ids are each server's own.
GUARDS = {
    "policies": "select tablename, policyname, permissive, roles, cmd, qual, with_check"
    " from pg_policies",
    "row security": "select relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text"
    " from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')",
    "rights": "select relname, acl::text from pg_class, unnest(relacl) acl"
    " where relnamespace = 'public'::regnamespace",
    "triggers": "select tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled"
    " from pg_trigger where not tgisinternal",
    "functions": "select pg_get_functiondef(oid), proowner::regrole::text, proacl::text"
    " from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')",
    "aggregates": "select aggfnoid::text, aggtransfn::text, agginitval from pg_aggregate"
    " join pg_proc on pg_proc.oid = aggfnoid where pronamespace = 'public'::regnamespace",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid),"
    " convalidated from pg_constraint where connamespace = 'public'::regnamespace",
    "indexes": "select indexdef from pg_indexes where schemaname = 'public'",
    "numbers": "select sequencename, last_value from pg_sequences",
    "database": "select datcollate, datlocale, datlocprovider, encoding, datacl::text,"
    " datdba::regrole::text from pg_database where datname = current_database()",
    "its settings": "select setrole::regrole::text, setconfig from pg_db_role_setting"
    " where setdatabase = (select oid from pg_database where datname = current_database())",
    "roles": "select rolname, rolsuper, rolinherit, rolcreaterole, rolcanlogin, rolbypassrls"
    " from pg_roles where rolname ~ '^portal'",
    "memberships": "select roleid::regrole::text, member::regrole::text, admin_option,"
    " inherit_option, set_option from pg_auth_members where roleid::regrole::text ~ '^portal'",
}


def as_superuser(host: str, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=host, user=SUPERUSER, dbname=database, autocommit=True)


@contextlib.contextmanager
def fresh_server(directory: Path) -> Iterator[str]:
    """The socket directory of a server that knows no portal."""
    with embedded_postgres.lease(directory, options=FAST) as address:
        with as_superuser(address.host, "postgres") as superuser:
            superuser.execute("drop database portal")
            superuser.execute("drop role portal")
        yield address.host


@contextlib.contextmanager
def moved_to(host: str) -> Iterator[None]:
    """The portal of this process, on another server."""
    before = connection.settings_dict["HOST"]
    disconnect()
    connection.settings_dict["HOST"] = host
    try:
        yield
    finally:
        disconnect()
        connection.settings_dict["HOST"] = before


def run(script: str, **environment: str) -> None:
    """As a shell does, with the PostgreSQL clients of the embedded server's version."""
    package = importlib.util.find_spec(PACKAGE)
    assert package
    assert package.origin
    programs = Path(package.origin).parent / BINARIES
    shell = shutil.which("sh")
    assert shell
    done = subprocess.run(
        [shell, "-c", script],
        env={"PATH": f"{programs}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def rows(host: str, database: str) -> dict[str, list[bytes]]:
    """Every row of every table, as text, in one order."""
    found = {}
    with as_superuser(host, database) as superuser:
        names = [name for (name,) in superuser.execute(TABLES)]
        for name in names:
            statement = sql.SQL("copy {} to stdout").format(sql.Identifier(name))
            with superuser.cursor().copy(statement) as copied:
                found[name] = sorted(b"".join(copied).splitlines())
    return found


def guards(host: str, database: str) -> dict[str, set[str]]:
    with as_superuser(host, database) as superuser:
        return {
            name: {SPELLING.sub("", repr(row)) for row in superuser.execute(query)}
            for name, query in GUARDS.items()
        }
