"""A tenant taken out of an archive that was checked: its files first, then all rows or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from credentials.core.importing.progress import Advance
from credentials.moving import outgoing, tables
from credentials.moving.archive import Manifest, TableOfParts
from credentials.moving.reading import Archive, ArchiveRefused
from credentials.moving.tables import Table
from credentials.storage import keys
from credentials.storage.base import Missing
from credentials.storage.configured import store
from tenants import walls
from tenants.models import Tenant
from tenants.walls import platform_work

STAGE = "create temporary table staged (place bigint, line json)"
# Of another tenant's id nothing is taken; the number of rows tells.
INSERT = """
insert into {table} ({columns}) overriding system value
select {values} from staged s cross join lateral json_populate_record(null::{table}, s.line) r
where {condition} order by s.place
"""
# Somebody who is known here stays as they are.
KEEP = " on conflict ({key}) do nothing"
STRANGERS = """
select r.id from staged s cross join lateral json_populate_record(null::{table}, s.line) r
    join {table} t on t.id = r.id
where t.uuid is distinct from r.uuid limit 1
"""
# A person has one primary membership.
FORMER_PRIMARY = (
    "r.is_primary and not exists"
    " (select from tenants_membership m where m.user_id = r.user_id and m.is_primary)"
)
# The first statement changes nothing, and has everybody who takes a number wait until the end.
RAISE_SEQUENCE = """
do $$
declare
    name text := pg_get_serial_sequence('{table}', 'id');
    taken bigint;
begin
    if name is not null then
        execute format('alter sequence %s cache 1', name);
        execute format('select last_value from %s', name) into taken;
        if taken < {last} then
            perform setval(name, {last});
        end if;
    end if;
end $$
"""


@dataclass(frozen=True)
class Imported:
    """`is_new`: False for a tenant that was here already, of which nothing was changed."""

    tenant_id: int
    is_new: bool
    rows: int = 0
    files: int = 0


def import_tenant(archive: Archive, manifest: Manifest, advance: Advance) -> Imported:
    """Raises ArchiveRefused, with nothing changed but perhaps files that no row names.

    Killed in the middle and called again, it goes on where the files had come to.
    """
    demand_schema(manifest)
    if known := _known(manifest):
        return Imported(known, is_new=False)
    files = _keep_files(archive, manifest, advance)
    with walls.work(walls.NOBODY), connection.cursor() as cursor:
        for table in manifest.tables:
            if table.last_id:
                cursor.execute(RAISE_SEQUENCE.format(table=table.table, last=int(table.last_id)))
    with platform_work(), _collisions_told():
        for table in manifest.tables:
            _insert(archive, table, int(manifest.about["id"]), advance)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    return Imported(int(manifest.about["id"]), is_new=True, rows=manifest.rows, files=files)


def demand_schema(manifest: Manifest) -> None:
    here = outgoing.schema()
    for app in sorted({*here, *manifest.schema}):
        there = manifest.schema.get(app, [])
        if there != here.get(app, []):
            raise ArchiveRefused(
                "The archive is of another version of the portal"
                f" ({app}: {_last(there)} there, {_last(here.get(app, []))} here)."
                " Bring both to one version and export again."
            )
    wanted = {(table.name, scope) for table, scope in _scopes()}
    if {(table.table, table.scope) for table in manifest.tables} != wanted:
        raise ArchiveRefused("The archive has other tables than this portal.")


def _scopes() -> Iterator[tuple[Table, str]]:
    yield tables.people(), "people"
    for table in tables.shared():
        yield table, "shared"
    for table in tables.owned():
        yield table, "tenant"


def _last(names: list[str]) -> str:
    return names[-1] if names else "nothing"


def _known(manifest: Manifest) -> int | None:
    """The tenant, where it is here whole: rows come all at once."""
    about = manifest.about
    with platform_work():
        found = Tenant.objects.filter(uuid=UUID(about["uuid"])).first()
        if found:
            return found.pk
        if Tenant.objects.filter(slug=about["slug"]).exists():
            raise ArchiveRefused(f"Another tenant of this portal has the slug {about['slug']!r}.")
        return None


def _keep_files(archive: Archive, manifest: Manifest, advance: Advance) -> int:
    """How many were stored: those of an earlier attempt are there."""
    stored = 0
    for file in archive.files():
        meant = keys.parse(file.name)
        if meant is None or meant[0] != UUID(manifest.about["uuid"]):
            raise ArchiveRefused(f"The file {file.name} is none of the tenant's.")
        if not _is_stored(file.name, file.size):
            with store().spool() as spool:
                for chunk in file.chunks:
                    spool.write(chunk)
                store().keep(file.name, spool)
            stored += 1
        advance(1)
    return stored


def _is_stored(name: str, size: int) -> bool:
    try:
        return store().size(name) == size
    except Missing:
        return False


def _insert(archive: Archive, told: TableOfParts, tenant_id: int, advance: Advance) -> None:
    is_common = told.scope != "tenant"
    by_name = {(table.name, scope): table for table, scope in _scopes()}
    table = by_name[told.table, told.scope]
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        for part in told.parts:
            with cursor.copy("copy staged from stdin") as copy:
                for place, line in enumerate(archive.rows(part)):
                    copy.write_row((place, line))
            cursor.execute(*_inserting(table, told.scope, tenant_id))
            if is_common:
                cursor.execute(STRANGERS.format(table=table.name))
                if stranger := cursor.fetchone():
                    raise ArchiveRefused(_taken(f"{table.name}, id {stranger[0]}"))
            elif cursor.rowcount != part.rows:
                raise ArchiveRefused(f"{part.name} has rows of another tenant.")
            cursor.execute("truncate staged")
            advance(part.rows)
        cursor.execute("drop table staged")


def _inserting(table: Table, scope: str, tenant_id: int) -> tuple[str, list[Any]]:
    values = {name: f"r.{name}" for name in table.columns}
    if table.name == "tenants_membership":
        values["is_primary"] = FORMER_PRIMARY
    condition, parameters = "true", []
    if scope == "people":
        # Also of an archive that was not made by an export.
        values |= outgoing.NEVER
    else:
        condition, parameters = table.owner, table.parameters(tenant_id)
    sql = INSERT.format(
        table=table.name,
        columns=", ".join(values),
        values=", ".join(values.values()),
        condition=condition,
    )
    return (sql + KEEP.format(key=table.key) if scope != "tenant" else sql), parameters


@contextmanager
def _collisions_told() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        where = getattr(diagnosis, "table_name", None) or "a table"
        detail = getattr(diagnosis, "message_detail", None) or str(error)
        raise ArchiveRefused(_taken(f"{where}: {' '.join(detail.split())}")) from None


def _taken(where: str) -> str:
    return (
        f"The portal has rows of its own where those of the archive belong ({where})."
        " Import it into an empty portal; nothing was imported."
    )
