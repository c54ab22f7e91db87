"""All that is kept of a person, in one archive, for the person."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import IO, Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from credentials.core.importing.progress import silent
from credentials.moving import outgoing
from credentials.moving.archive import ArchiveWriter, Manifest, TableOfParts
from credentials.moving.outgoing import FilesDamaged
from credentials.moving.tables import Table
from credentials.persons import history, reach, traces
from credentials.persons.erasing import objects_of
from credentials.persons.reach import Person, Rows
from credentials.storage.base import Missing
from credentials.storage.configured import store
from tenants.events import Event
from tenants.idempotency import StoredAnswer
from tenants.models import Tenant
from users.models import User

KIND = "person"
# By these somebody could act as the person.
SECRET = {"password", "key_hash", "token", "jti", "session_data", "session_key"}
# The portal's own bookkeeping, with nothing of the person in it but its keys, or secrets alone;
# what an administrator did to others is told by the history.
NOT_TOLD = {Session, BlacklistedToken, LogEntry, StoredAnswer}
OF_A_TENANT = ("id", "uuid", "slug", "name")
# Whoever acts has an address, which is told to nobody else; and of what the person did to others,
# nothing but the address.
ABOUT = """
select e.*, case when e.actor_id = {user} then c.content::jsonb
    else c.content::jsonb - 'address' end as content from tenants_event e
    join tenants_eventcontent c on c.event_id = e.id
where e.id = any(%s) order by e.id
"""
CAUSED = """
select e.*, c.content::json ->> 'address' as address from tenants_event e
    join tenants_eventcontent c on c.event_id = e.id
where e.id = any(%s) order by e.id
"""
README = """\
All that the portal at {url} keeps of {name}, as of {at}.

tables/   one file a table, one row a line, as JSON. Tables of scope "person" hold rows that are
          the person's; "named" what those rows name: organizations, what was awarded; "history"
          who did what to these rows, and what the person did to others (without its content).
files/    the files of diplomas, named as the column `key` of credentials_diplomafile.
manifest.json tells what is here, and the SHA-256 of each part.

Left out: the password's hash, keys and tokens, by which somebody could act as the person.
"""


def tell(person: Person, stream: IO[bytes], advance: Callable[[int], None]) -> Manifest:
    """In a `snapshot`. Raises FilesDamaged."""
    rows = reach.rows_of(person)
    about = {"name": person.name, "uuid": str(person.user.uuid) if person.user else None}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    writer = ArchiveWriter(stream, Manifest(KIND, outgoing.schema(), about, at))
    told = {**rows, **traces.traces_of(person, rows)}
    if person.user:
        told[User] = {person.user.pk}
    told = {model: keys for model, keys in told.items() if model not in NOT_TOLD}
    for scope, each in {"person": told, "named": _named_by(told)}.items():
        for table, keys in _sorted(each):
            _write(writer, TableOfParts(table.name, scope), _rows_sql(table), keys)
    found = history.history_of(person, rows, advance)
    user = "null" if person.user is None else str(int(person.user.pk))
    for sql, events in ((ABOUT.format(user=user), found.about), (CAUSED, found.caused)):
        keys = sorted(key for each in events.values() for key in each)
        _write(writer, TableOfParts(Event._meta.db_table, "history"), sql, keys)
    for name in objects_of(rows):
        _write_file(writer, name)
    writer.add_text("README.txt", README.format(url=settings.PUBLIC_URL, at=at, **about))
    writer.close()
    return writer.manifest


def _sorted(rows: Rows) -> Iterator[tuple[Table, list[Any]]]:
    for model in sorted(rows, key=lambda model: model._meta.db_table):
        yield Table(model), sorted(rows[model])


def _named_by(rows: Rows) -> Rows:
    """Rows that these name, and what those name: what was awarded, and by whom."""
    found: Rows = {}
    waiting = dict(rows)
    while waiting:
        fresh: Rows = {}
        for model, keys in waiting.items():
            for each in model._meta.concrete_fields:
                target = each.related_model
                if isinstance(target, type) and target not in {User, *rows}:
                    pairs = model._base_manager.filter(pk__in=keys).values_list(each.attname)
                    named = {key for (key,) in pairs if key is not None}
                    fresh.setdefault(target, set()).update(named - found.get(target, set()))
        waiting = {model: keys for model, keys in fresh.items() if keys}
        for model, keys in waiting.items():
            found.setdefault(model, set()).update(keys)
    return found


def _rows_sql(table: Table) -> str:
    kept = OF_A_TENANT if table.model is Tenant else table.columns
    columns = ", ".join(f"r.{name}" for name in kept if name not in SECRET or table.holds_files)
    return f"select {columns} from {table.name} r where r.{table.key} = any(%s) order by 1"


def _write(writer: ArchiveWriter, told: TableOfParts, sql: str, keys: list[Any]) -> None:
    if keys:
        with connection.cursor() as cursor:
            line = outgoing.LINES.format(rows=sql)
            writer.add_rows(told, outgoing.lines(cursor, line, [keys], silent))


def _write_file(writer: ArchiveWriter, name: str) -> None:
    try:
        size = store().size(name)
        with closing(store().read(name, 0, size)) as chunks:
            writer.add_file(name, size, chunks)
    except Missing:
        raise FilesDamaged(f"The file {name} is gone.") from None
