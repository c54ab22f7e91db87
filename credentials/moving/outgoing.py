"""A tenant written into an archive, as it was at one moment."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from credentials.core.importing.progress import Advance, silent
from credentials.moving import tables
from credentials.moving.archive import ArchiveWriter, Manifest, TableOfParts
from credentials.moving.tables import Table
from credentials.storage.base import Missing
from credentials.storage.configured import store
from credentials.storage.keys import object_key
from tenants.models import Tenant
from tenants.walls import platform_work

KIND = "tenant"
OURS = ("tenants", "users", "credentials")
LINES = "copy (select row_to_json(r)::text from ({rows}) r) to stdout"
# A member is carried whole, but for rights over a whole portal. Who only acted once in the tenant,
# as its operators do, is named by the history: the name is carried, and nobody signs in by it.
IS_MEMBER = (
    "exists (select from tenants_membership m where m.tenant_id = {tenant} and m.user_id = r.id)"
)
FOR_MEMBERS = {
    "password": ("r.password", "'!'"),
    "email": ("r.email", "''"),
    "email_verified_at": ("r.email_verified_at", "null::timestamptz"),
    "last_login": ("r.last_login", "null::timestamptz"),
    "is_staff": ("r.is_staff", "false"),
    "is_active": ("r.is_active", "false"),
}
NEVER = {"is_superuser": "false"}


class FilesDamaged(Exception):  # noqa: N818 - of what is stored, not of ours
    """A file that a row names is gone, or not the one that was stored; which, in a sentence."""


@contextmanager
def snapshot() -> Iterator[None]:
    """Platform work that sees one moment: what is written meanwhile is not there."""
    if connection.in_atomic_block:
        with platform_work():
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        with platform_work():
            yield


def schema() -> dict[str, list[str]]:
    """The migrations that made the tables, in this order."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: sorted(name for label, name in applied if label == app) for app in OURS}


def count(tenant: Tenant) -> int:
    """How many rows there are to export, of the tenant's own."""
    return sum(_count(table, tenant.pk) for table in tables.owned())


def export(tenant: Tenant, stream: IO[bytes], advance: Advance, *, takes_damaged: bool) -> Manifest:
    """In a `snapshot`. Raises FilesDamaged unless `takes_damaged`, which notes them."""
    writer = ArchiveWriter(stream, _manifest(tenant))
    # Not counted beforehand: to find the people takes a look at all rows.
    _write(writer, tables.people(), "people", people_sql(tenant.pk), silent)
    for table in tables.shared():
        _write(writer, table, "shared", _rows(table, tenant.pk), silent)
    for table in tables.owned():
        _write(writer, table, "tenant", _rows(table, tenant.pk), advance)
    damaged = [
        fault
        for table in tables.owned()
        if table.holds_files
        for fault in _write_files(writer, table, tenant, takes_damaged=takes_damaged)
    ]
    writer.manifest.notes += damaged
    writer.close()
    return writer.manifest


def _manifest(tenant: Tenant) -> Manifest:
    about = {"uuid": str(tenant.uuid), "slug": tenant.slug, "name": tenant.name, "id": tenant.pk}
    about["public_url"] = settings.PUBLIC_URL
    return Manifest(KIND, schema(), about, datetime.now(UTC).isoformat(timespec="seconds"))


def _rows(table: Table, tenant_id: int) -> tuple[str, list[Any]]:
    counted = tables.COUNTED.get(table.name, {})
    columns = ", ".join(
        f"{counted[name]} as {name}" if name in counted else f"r.{name}" for name in table.columns
    )
    sql = f"select {columns} from {table.name} r where {table.owner} order by r.{table.key}"
    return sql, table.parameters(tenant_id)


def people_sql(tenant_id: int) -> tuple[str, list[Any]]:
    """Whoever a row of the tenant names."""
    tenant = str(int(tenant_id))
    named = " union ".join(
        f"select {column} from {table.name} where tenant_id = {tenant} and {column} is not null"
        for table in tables.owned()
        for column in table.people_columns
    )
    member = IS_MEMBER.format(tenant=tenant)
    told = [
        f"case when {member} then {FOR_MEMBERS[name][0]} else {FOR_MEMBERS[name][1]} end as {name}"
        if name in FOR_MEMBERS
        else f"{NEVER.get(name, f'r.{name}')} as {name}"
        for name in tables.people().columns
    ]
    return f"select {', '.join(told)} from users_user r where r.id in ({named}) order by r.id", []


def _write(
    writer: ArchiveWriter, table: Table, scope: str, rows: tuple[str, list[Any]], advance: Advance
) -> None:
    sql, parameters = rows
    told = TableOfParts(table.name, scope)
    with connection.cursor() as cursor:
        if table.key == "id":
            cursor.execute(f"select coalesce(max(id), 0) from ({sql}) r", parameters)
            told.last_id = cursor.fetchone()[0]
        writer.add_rows(told, lines(cursor, LINES.format(rows=sql), parameters, advance))


def lines(cursor: Any, sql: str, parameters: list[Any], advance: Advance) -> Iterator[bytes]:
    with cursor.copy(sql, parameters) as copy:
        for (line,) in copy.rows():
            advance(1)
            yield line.encode()


def _count(table: Table, tenant_id: int) -> int:
    with connection.cursor() as cursor:
        sql = f"select count(*) from {table.name} r where {table.owner}"
        cursor.execute(sql, table.parameters(tenant_id))
        return int(cursor.fetchone()[0])


def _write_files(
    writer: ArchiveWriter, table: Table, tenant: Tenant, *, takes_damaged: bool
) -> Iterator[str]:
    """What is wrong with them."""
    for key, size, sha256 in _files(table, tenant.pk):
        name = object_key(tenant.uuid, key)
        fault = _write_file(writer, name, size, sha256)
        if fault and not takes_damaged:
            raise FilesDamaged(fault)
        if fault:
            yield fault


def _write_file(writer: ArchiveWriter, name: str, size: int, sha256: str) -> str:
    try:
        found = store().size(name)
        with closing(store().read(name, 0, found)) as chunks:
            written = writer.add_file(name, found, chunks)
    except Missing:
        return f"The file {name} is gone."
    return "" if (found, written) == (size, sha256) else f"The file {name} was changed."


def _files(table: Table, tenant_id: int) -> Iterator[tuple[UUID, int, str]]:
    sql = (
        f"select key, size, encode(sha256, 'hex') from {table.name}"
        " where tenant_id = %s and key is not null order by id"
    )
    with connection.cursor() as cursor, cursor.copy(f"copy ({sql}) to stdout", [tenant_id]) as copy:
        for key, size, sha256 in copy.rows():
            yield UUID(key), int(size), sha256
