"""The file of a diploma, from its announcement to its removal."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from credentials.diplomas.models import Diploma, DiplomaFile
from credentials.storage import content
from credentials.storage.base import CHUNK_BYTES, Download, Missing, Part, Spool
from credentials.storage.configured import scanner, store
from credentials.storage.keys import object_key
from credentials.storage.scanning import ScanFailed
from credentials_portal import connections
from credentials_portal.problems import Conflict, InputError, NotFound, Problem, Unavailable
from tenants import events, walls
from tenants.events import Actor, Entry
from tenants.flights import Statement
from tenants.ids import new_uuid
from tenants.models import Tenant
from tenants.preferences import STORAGE_QUOTA

FIND_AWAITED = """
select t.id, f.id, f.diploma_id, f.content_type, f.size
from tenants_tenant t
    join credentials_diplomafile f on f.tenant_id = t.id and f.uuid = %s
    join credentials_diploma d on d.tenant_id = t.id and d.id = f.diploma_id
where t.uuid = %s and t.status = 'active' and d.deleted_at is null
"""
FIND_STORED = """
select f.key, f.name, f.content_type, f.size, f.sha256
from tenants_tenant t
    join credentials_diploma d on d.tenant_id = t.id and d.uuid = %s
    join credentials_diplomafile f
        on f.tenant_id = t.id and f.diploma_id = d.id and f.key is not null
where t.uuid = %s and t.status = 'active' and d.deleted_at is null
"""
# By uuid: a diploma that is made in the same flight has no id yet that anybody could name.
ANNOUNCE = """
insert into credentials_diplomafile
    (tenant_id, diploma_id, uuid, name, content_type, size, created_at)
select d.tenant_id, d.id, %s, %s, %s, %s, %s from credentials_diploma d
where d.tenant_id = %s and d.uuid = %s
"""
WITHDRAW = """
delete from credentials_diplomafile where tenant_id = %s and diploma_id = %s and key is null
"""
TRIES = 3  # of a download whose file is replaced at the very moment
TRY_AGAIN = {"Retry-After": "30"}
Bounds = tuple[int, int]  # from where to where, which is not included
logger = logging.getLogger(__name__)


class FileRefused(Problem):
    status, slug, title = 400, "file-refused", "The file is not what was announced"
    detail = "The file is not the one that was announced; errors says why. Nothing was stored."


class QuotaReached(Conflict):
    slug, title = "quota-reached", "The organization's storage is full"
    # Deleting a diploma frees nothing: its file can be restored.
    detail = (
        "The organization may store no more; an administrator erases the files of deleted"
        " diplomas, or its operator allows more."
    )


@dataclass(frozen=True)
class Attachment:
    """As announced."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Awaited:
    tenant: UUID
    tenant_id: int
    file_id: int
    diploma_id: int
    content_type: str
    size: int


@dataclass(frozen=True)
class Stored:
    key: str
    download: Download
    size: int
    sha256: bytes

    def read(self, start: int, end: int) -> Part:
        """Raises Missing."""
        return store().read(self.key, start, end)


def announce(diploma: Diploma, attachment: Attachment, *others: Statement, by: Actor) -> UUID:
    """In the transaction that made or locked the diploma. An older announcement is withdrawn.

    `others` fly along.
    """
    file = new_uuid()
    withdrawing = (WITHDRAW, (diploma.tenant_id, diploma.pk))
    walls.pipeline(withdrawing, *announcing(diploma, attachment, file, by=by), *others)
    return file


def announcing(
    diploma: Diploma, attachment: Attachment, file: UUID, *, by: Actor
) -> tuple[Statement, Statement]:
    """The row and its event, where there is a diploma of this uuid."""
    told = vars(attachment)
    whose = (diploma.tenant_id, diploma.uuid)
    entry = Entry("file_announced", diploma.uuid, after=told)
    return (
        (ANNOUNCE, (file, *told.values(), timezone.now(), *whose)),
        events.recording(Diploma, diploma.tenant_id, [entry], by=by),
    )


def find_awaited(tenant: UUID, file: UUID) -> Awaited:
    """Raises NotFound."""
    for row in walls.read(walls.PLATFORM, FIND_AWAITED, (file, tenant)):
        return Awaited(tenant, *row)
    raise NotFound


def find_stored(tenant: UUID, diploma: UUID) -> Stored:
    """Raises NotFound."""
    rows = walls.read(walls.PLATFORM, FIND_STORED, (diploma, tenant))
    for key, name, content_type, size, sha256 in rows:
        download = Download(name, content_type)
        return Stored(object_key(tenant, key), download, size, bytes(sha256))
    raise NotFound


def open_stored(
    tenant: UUID, diploma: UUID, part: Callable[[Stored], Bounds | None]
) -> tuple[Stored, Part]:
    """What the diploma has now, and the part of it that is asked for, or all. Raises NotFound."""
    for _ in range(TRIES):
        found = find_stored(tenant, diploma)
        try:
            start, end = part(found) or (0, found.size)
            with reachable():
                return found, found.read(start, end)
        except Missing:
            continue
    raise NotFound


def receive(awaited: Awaited, read: Callable[[int], bytes], *, by: Actor) -> None:
    """Take an upload from `read`, to the end. Raises FileRefused, QuotaReached, NotFound.

    Of an upload that is refused or broken off nothing is left, neither row nor object.
    """
    connections.give_back()
    key = new_uuid()
    place = object_key(awaited.tenant, key)
    with store().spool() as spool:
        _fill(spool, awaited.size, read)
        _require_announced(spool, awaited)
        with reachable():
            store().keep(place, spool)
        try:
            former = _enter(awaited, key, spool.sha256, by=by)
        except Problem:
            delete_objects([place])
            raise
        # Any other failure may be that of a commit which was done all the same: the row may name
        # the object. The audit finds which.
    if former:
        delete_objects([object_key(awaited.tenant, former)])


@contextlib.contextmanager
def reachable() -> Iterator[None]:
    """Around what the store does. Raises Unavailable for its faults."""
    try:
        yield
    except store().faults as error:
        logger.exception("the store fails")
        text = "The files cannot be reached; try again later."
        raise Unavailable(text, headers=TRY_AGAIN) from error


def files_of(diploma: Diploma) -> list[DiplomaFile]:
    """What is stored, and what is announced: at most one of each."""
    mine = DiplomaFile.objects.filter(tenant_id=diploma.tenant_id, diploma_id=diploma.pk)
    return list(mine.order_by("pk"))


def discard(diploma: Diploma, rows: list[DiplomaFile], *, by: Actor) -> list[str]:
    """Forget these files of a diploma that the transaction locked. Answers their keys.

    They are for `delete_objects`, after the commit: until then a row promises its object.
    """
    tenant = Tenant.objects.get(pk=diploma.tenant_id).uuid
    for row in rows:
        before = _facts(row)
        row.delete()
        events.record("file_removed", diploma, by=by, before=before)
    return [object_key(tenant, row.key) for row in rows if row.key]


def delete_objects(keys: list[str]) -> None:
    """Of which no row names any. What the store does not delete now, the audit finds."""
    for key in keys:
        try:
            store().delete(key)
        except store().faults:
            # The caller has an answer already, which this does not change.
            logger.exception("object not deleted")


def _fill(spool: Spool, size: int, read: Callable[[int], bytes]) -> None:
    """Not one byte more than was announced is written."""
    while chunk := read(min(CHUNK_BYTES, size + 1 - spool.size)):
        if spool.size + len(chunk) > size:
            raise refused("size", f"The file is larger than the {size} bytes that were announced.")
        with reachable():
            spool.write(chunk)
    if spool.size < size:
        raise refused("size", f"Of {size} bytes that were announced {spool.size} came.")


def _require_announced(spool: Spool, awaited: Awaited) -> None:
    try:
        content.check(spool.file, awaited.size, awaited.content_type)
    except content.ContentFault as fault:
        raise refused(fault.code, fault.detail) from None
    try:
        threat = scanner().threat(spool.chunks())
    except ScanFailed as error:
        raise Unavailable(
            "The file could not be scanned for viruses; try again later.",
            headers=TRY_AGAIN,
        ) from error
    if threat:
        raise refused("virus", "The virus scanner refuses the file.")


def refused(code: str, detail: str) -> FileRefused:
    return FileRefused(errors=[InputError("", code, detail)])


def _enter(awaited: Awaited, key: UUID, sha256: bytes, *, by: Actor) -> UUID | None:
    """Make it the diploma's file, in one transaction; the key of the one that it replaces."""
    with walls.tenant_work(awaited.tenant_id):
        diploma = (
            Diploma.objects.select_for_update()
            .filter(tenant_id=awaited.tenant_id, pk=awaited.diploma_id, deleted_at=None)
            .first()
        )
        files = DiplomaFile.objects.filter(
            tenant_id=awaited.tenant_id, diploma_id=awaited.diploma_id
        )
        row = files.filter(pk=awaited.file_id).first()
        if diploma is None or row is None:
            raise NotFound
        former = files.exclude(key=None).first()
        before, key_before = (_facts(former), former.key) if former else (None, None)
        if former and former.pk != row.pk:
            former.delete()
        row.key, row.sha256, row.stored_at = key, sha256, timezone.now()
        row.save(update_fields=["key", "sha256", "stored_at"])
        _require_quota(awaited.tenant_id, grown=row.size > (former.size if former else 0))
        events.record("file_stored", diploma, by=by, before=before, after=_facts(row))
    return key_before


def _facts(row: DiplomaFile) -> dict[str, object]:
    digest = bytes(row.sha256).hex() if row.sha256 else None
    return {
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": digest,
    }


def _require_quota(tenant_id: int, *, grown: bool) -> None:
    """The trigger that counts has locked the tenant's row: nobody else counts meanwhile."""
    tenant = Tenant.objects.only("stored_bytes", "settings").get(pk=tenant_id)
    chosen = STORAGE_QUOTA.of(tenant.settings)
    quota = settings.STORAGE_QUOTA_BYTES if chosen is None else chosen
    if grown and quota and tenant.stored_bytes > quota:
        raise QuotaReached
