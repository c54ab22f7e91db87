"""PostgreSQL, its tables, its clock, and what daily commands leave undone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from credentials.doctor.findings import Finding, fail, ok, warn
from credentials_portal.health import needed_migrations
from tenants import idempotency, walls
from tenants.checks import database_login
from tenants.management.base import CONNECT_SECONDS

FEW_CONNECTIONS = 0.9
DRIFT, WRONG = timedelta(seconds=1), timedelta(seconds=30)
OVERDUE = timedelta(days=2)
UNSEALED = timedelta(hours=1)

SERVER = """
select current_setting('server_version'), current_setting('max_connections')::int,
    (select count(*) from pg_stat_activity)
"""
OLDEST_ANSWER = "select min(created_at) from tenants_storedanswer"
OLDEST_UNSEALED = """
select min(waiting.oldest) from tenants_tenant t left join tenants_chain c on c.tenant_id = t.id
cross join lateral (
    select min(e.occurred_at) as oldest from tenants_event e
    where e.tenant_id = t.id and e.id > coalesce(c.settled_id, 0)
        and not exists (select from tenants_seal s where s.event_id = e.id)) waiting
"""


def database() -> Finding:
    """Asked past the pool, which would try for long."""
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    with psycopg.connect(**parameters) as conn:
        version, most, used = conn.execute(SERVER).fetchone()  # type: ignore[misc]
    found = database_login(["default"])
    if found:
        return fail(
            " ".join(each.msg for each in found), " ".join(each.hint or "" for each in found)
        )
    text = f"PostgreSQL {version.split()[0]}, {used} of {most} connections are used"
    if used >= most * FEW_CONNECTIONS:
        return warn(text, "Raise max_connections, lower DATABASE_POOL_SIZE, or use PgBouncer.")
    return ok(text)


def migrations() -> Finding:
    applied = MigrationRecorder(connection).applied_migrations().keys()
    waiting = needed_migrations() - applied
    if waiting:
        return fail(f"{len(waiting)} migrations wait", "Run: python manage.py migrate")
    apps = {app for app, _ in needed_migrations()}
    unknown = sorted(name for app, name in applied - needed_migrations() if app in apps)
    if unknown:
        return fail(
            f"the database is of a newer version of the portal ({unknown[-1]})",
            "Start the version that migrated it, or restore a backup.",
        )
    return ok("all are applied")


def clock() -> Finding:
    """Tokens and expiries are told by both clocks."""
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        (there,) = cursor.fetchone()
    here = before + (datetime.now(UTC) - before) / 2
    apart = abs(there - here)
    text = f"this machine and the database differ by {apart.total_seconds():.2f} s"
    advice = "Set both clocks by NTP: tokens end too early or too late."
    if apart >= WRONG:
        return fail(text, advice)
    return warn(text, advice) if apart >= DRIFT else ok(text)


def daily_work() -> Finding:
    """Nothing is queued in this portal; what is due shows by what lies about."""
    oldest = _first(OLDEST_ANSWER)
    limit = idempotency.oldest_kept() - OVERDUE
    if oldest and oldest < limit:
        return warn(
            f"expired rows since {oldest:%Y-%m-%d} were not deleted",
            "Run once a day: python manage.py prune",
        )
    return ok("what expired was deleted")


def sealing() -> Finding:
    """Whether the history's chain keeps up with the history."""
    oldest = _first(OLDEST_UNSEALED)
    if oldest and oldest < timezone.now() - UNSEALED:
        return warn(
            f"events since {oldest:%Y-%m-%d %H:%M} are not sealed",
            "Run now and then: python manage.py seal_events",
        )
    return ok("the history is sealed")


def _first(sql: str) -> Any:
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
