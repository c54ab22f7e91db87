"""Rows and objects side by side: what crashes and accidents have left apart.

Uploads and deletions go on meanwhile, and each look is a short transaction of its own. An upload
keeps its object before its row names it, and a removal deletes it after: so an object without a row
is a fault only when it is old, and still there at a second look; a row without an object only when
the row still stands.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from credentials.diplomas.files import discard
from credentials.diplomas.models import Diploma, DiplomaFile
from credentials.storage import keys
from credentials.storage.base import Missing, StoredObject
from credentials.storage.configured import store
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Tenant

# Younger objects may be of uploads that are under way: their rows come last.
GRACE = timedelta(hours=1)
BATCH = 1000
# More files than this, and more than this part of all, are not lost one by one.
FEW, PART = 10, 0.1

Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """`kind`: no_row, no_object, wrong_size, wrong_hash, unfinished or foreign."""

    kind: str
    key: str
    is_mended: bool = False


@dataclass(frozen=True)
class Repair:
    """What is mended: nothing, what was left apart, or also records whose files are gone by masses.

    No crash takes many files: then rather the store is not mounted, or is another one.
    """

    fixes: bool = False
    forgets_many: bool = False

    def forgets(self, gone: int, of: int) -> bool:
        is_many = gone > max(FEW, of * PART)
        return self.fixes and (self.forgets_many or not is_many)


def audit(repair: Repair, *, grace: timedelta = GRACE) -> Iterator[Finding]:
    """Each fault; mended where nothing is lost by it that was not lost before.

    An object without a row is deleted, and a row without an object forgotten. A file of the wrong
    size or hash is only told: it may be worth something to somebody. What is no object of this
    portal's stays, too: another portal's, or that of a tenant whom this database does not know.
    """
    before = timezone.now() - grace
    suspects = []
    for batch in _batches(store().objects()):
        known, unnamed = _compare([each.key for each in batch])
        yield from (Finding("foreign", each.key) for each in batch if each.key not in known)
        suspects += _older(batch, before, unnamed)
    yield from _rows(repair)
    yield from _strays(suspects, repair)
    for name in store().unfinished(before):
        if repair.fixes:
            store().drop_unfinished(name)
        yield Finding("unfinished", name, repair.fixes)


def _older(batch: list[StoredObject], before: datetime, unnamed: set[str]) -> list[str]:
    return [each.key for each in batch if each.key in unnamed and each.modified_at < before]


def _strays(suspects: list[str], repair: Repair) -> Iterator[Finding]:
    """What was replaced or removed at the first look is deleted by now."""
    for batch in _batches(suspects):
        for key in sorted(_compare(batch)[1]):
            try:
                store().size(key)
            except Missing:
                continue
            if repair.fixes:
                store().delete(key)
            yield Finding("no_row", key, repair.fixes)


def _compare(batch: list[str]) -> tuple[set[str], set[str]]:
    """Which of these keys are of known tenants, and which of those no row names."""
    meant = {key: place for key in batch if (place := keys.parse(key))}
    with walls.platform_work():
        tenants = dict(
            Tenant.objects.filter(uuid__in={tenant for tenant, _ in meant.values()}).values_list(
                "uuid", "id"
            )
        )
        rows = DiplomaFile.objects.filter(
            tenant_id__in=tenants.values(), key__in=[each for _, each in meant.values()]
        )
        named = set(rows.values_list("tenant_id", "key"))
    known = {key for key, (tenant, _) in meant.items() if tenant in tenants}
    return known, {key for key in known if (tenants[meant[key][0]], meant[key][1]) not in named}


def _rows(repair: Repair) -> Iterator[Finding]:
    count, gone = 0, []
    for row, key in _stored_rows():
        count += 1
        fault = _fault(row, key)
        if not fault or not _still_names(row):
            continue
        if fault == "no_object":
            gone.append((row, key))
        else:
            yield Finding(fault, key)
    forgets = repair.forgets(len(gone), count)
    for row, key in gone:
        if forgets:
            _forget(row)
        yield Finding("no_object", key, forgets)


def _stored_rows() -> Iterator[tuple[DiplomaFile, str]]:
    last = 0
    while rows := _page_after(last):
        last = rows[-1].pk
        for row in rows:
            assert row.key  # noqa: S101 - they were asked for so
            yield row, keys.object_key(row.tenant.uuid, row.key)


def _page_after(last: int) -> list[DiplomaFile]:
    stored = DiplomaFile.objects.select_related("tenant").exclude(key=None)
    with walls.platform_work():
        return list(stored.filter(pk__gt=last).order_by("pk")[:BATCH])


def _fault(row: DiplomaFile, key: str) -> str:
    try:
        size = store().size(key)
        if size != row.size:
            return "wrong_size"
        digest = hashlib.sha256()
        for chunk in store().read(key, 0, size):
            digest.update(chunk)
    except Missing:
        return "no_object"
    return "" if digest.digest() == bytes(row.sha256 or b"") else "wrong_hash"


def _still_names(row: DiplomaFile) -> bool:
    """It may have been replaced or removed since it was read, and its object with it."""
    with walls.platform_work():
        return DiplomaFile.objects.filter(tenant_id=row.tenant_id, pk=row.pk, key=row.key).exists()


def _forget(row: DiplomaFile) -> None:
    with walls.platform_work():
        diplomas = Diploma.objects.select_for_update()
        diploma = diplomas.get(tenant_id=row.tenant_id, pk=row.diploma_id)
        if _still_names(row):
            discard(diploma, [row], by=OPERATOR)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
