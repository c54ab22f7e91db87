"""Databases of the tests, copied from one that was migrated: migrating takes seconds, a copy none.

The original stays for later runs, and is made anew as soon as any code of the portal differs.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.utils import DatabaseError
from psycopg import sql

ROOT = Path(__file__).parents[1]
MADE_OF = ("credentials", "credentials_portal", "tenants", "users")
PREFIX = "migrated_portal_"
# One process of all makes the original; the others wait for it.
LOCK = "select pg_advisory_lock(hashtextextended('migrated portal', 0))"

# What Django writes after migrations and no test changes: to write it anew after each test that
# commits would take far longer than the test.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]
# No role may delete of these; between tests their owner takes the refusal away for a moment.
KEPT_FOR_EVER = ["tenants_event", "tenants_eventcontent", "tenants_seal", "tenants_chain"]
# Of all others, whether triggers watch their rows go.
EMPTIED = """
select c.relname, exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relname = any(%s)
"""
# What a migration set for sessions; PostgreSQL copies the rest.
SETTINGS = """
select r.rolname, split_part(one, '=', 1), substr(one, strpos(one, '=') + 1)
from pg_db_role_setting s
join pg_database d on d.oid = s.setdatabase
join pg_roles r on r.oid = s.setrole
cross join unnest(s.setconfig) one
where d.datname = %s
"""


@contextlib.contextmanager
def migrated(name: str) -> Iterator[None]:
    """A database of this name with the schema of the portal and no rows but the migrations'."""
    copy(name)
    try:
        yield
    finally:
        with connection._nodb_cursor() as server:
            server.execute(_named("drop database if exists {} with (force)", name))


def copy(name: str) -> None:
    original = PREFIX + digest()
    with connection._nodb_cursor() as server:
        server.execute(LOCK)
        known = _originals(server)
        if original not in known:
            _make(server, original)
            for outdated in known:
                # Another run may be copying it just now.
                with contextlib.suppress(DatabaseError):
                    server.execute(_named("drop database if exists {}", outdated))
        server.execute(_named("drop database if exists {} with (force)", name))
        server.execute(_named("create database {} template {}", name, original))
        server.execute(SETTINGS, [original])
        for role, parameter, value in server.fetchall():
            alter = _named(f"alter role {{}} in database {{}} set {parameter} =", role, name)
            server.execute(alter + sql.SQL(" {}").format(sql.Literal(value)))


def empty(*_: Any) -> None:
    """Undo what was committed.

    By TRUNCATE only where nothing else is allowed: it makes each table and index a new file.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTIED, [[*KEPT, *KEPT_FOR_EVER]])
        found = cursor.fetchall()
        watched = [*KEPT_FOR_EVER, *(name for name, is_watched in found if is_watched)]
        disable, enable = (
            [_named(f"alter table {{}} {word} trigger user", each) for each in watched]
            for word in ("disable", "enable")
        )
        truncate = sql.SQL("truncate {}").format(
            sql.SQL(", ").join(map(sql.Identifier, KEPT_FOR_EVER))
        )
        see = _named("set local role {}", f"{connection.settings_dict['USER']}_platform")
        # One statement: no key is missed before its end, whatever the order.
        parts = [_named("{} as (delete from {})", f"of_{name}", name) for name, _ in found]
        delete = sql.SQL("with {} select").format(sql.SQL(", ").join(parts))
        blind = sql.SQL("set constraints all immediate; reset role")
        cursor.execute(sql.SQL("; ").join([*disable, truncate, see, delete, blind, *enable]))


def _originals(server: Any) -> list[str]:
    server.execute("select datname from pg_database where starts_with(datname, %s)", [PREFIX])
    return [name for (name,) in server.fetchall()]


def _make(server: Any, original: str) -> None:
    """Under another name until it is whole: whoever makes it may be killed."""
    kept = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = unfinished = "unfinished_portal"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
    finally:
        connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"] = kept
    server.execute(_named("alter database {} rename to {}", unfinished, original))


@cache
def digest() -> str:
    """Of all that a migrated database is made of."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(path for part in MADE_OF for path in (ROOT / part).rglob("*.py")):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
