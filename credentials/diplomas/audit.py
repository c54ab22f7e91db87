"""Rows and objects side by side: what crashes and accidents have left apart. In platform work."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from credentials.diplomas.files import discard
from credentials.diplomas.models import Diploma, DiplomaFile
from credentials.storage import keys
from credentials.storage.base import Missing
from credentials.storage.configured import store
from tenants.events import OPERATOR
from tenants.models import Tenant

# Younger objects may be of uploads that are under way: their rows come last.
GRACE = timedelta(hours=1)
BATCH = 1000


@dataclass(frozen=True)
class Finding:
    """`kind`: no_row, no_object, wrong_size, wrong_hash, unfinished or foreign."""

    kind: str
    key: str
    is_mended: bool = False


def audit(*, fix: bool, grace: timedelta = GRACE) -> Iterator[Finding]:
    """Each fault; mended where nothing is lost by it that was not lost before.

    An object without a row is deleted, and a row without an object forgotten. A file of the wrong
    size or hash is only told: it may be worth something to somebody. What is no object of the
    portal's stays, too.
    """
    before = timezone.now() - grace
    yield from _without_row(before, fix=fix)
    yield from _without_object(fix=fix)
    for name in store().unfinished(before):
        if fix:
            store().drop_unfinished(name)
        yield Finding("unfinished", name, fix)


def _without_row(before: datetime, *, fix: bool) -> Iterator[Finding]:
    for each in store().objects():
        meant = keys.parse(each.key)
        if meant is None:
            yield Finding("foreign", each.key)
        elif each.modified_at < before and not _is_named(*meant):
            if fix:
                store().delete(each.key)
            yield Finding("no_row", each.key, fix)


def _is_named(tenant: UUID, key: UUID) -> bool:
    tenants = Tenant.objects.filter(uuid=tenant).values("id")
    return DiplomaFile.objects.filter(tenant_id__in=tenants, key=key).exists()


def _without_object(*, fix: bool) -> Iterator[Finding]:
    for row, tenant in _stored_rows():
        assert row.key  # noqa: S101 - they were asked for so
        key = keys.object_key(tenant, row.key)
        fault = _fault(row, key)
        if not fault or not _still_names(row):
            continue
        is_mended = fix and fault == "no_object"
        if is_mended:
            _forget(row)
        yield Finding(fault, key, is_mended)


def _stored_rows() -> Iterator[tuple[DiplomaFile, UUID]]:
    last = 0
    while rows := list(
        DiplomaFile.objects.select_related("tenant")
        .exclude(key=None)
        .filter(pk__gt=last)
        .order_by("pk")[:BATCH]
    ):
        last = rows[-1].pk
        for row in rows:
            yield row, row.tenant.uuid


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
    return DiplomaFile.objects.filter(tenant_id=row.tenant_id, pk=row.pk, key=row.key).exists()


def _forget(row: DiplomaFile) -> None:
    diploma = Diploma.objects.select_for_update().get(tenant_id=row.tenant_id, pk=row.diploma_id)
    if _still_names(row):
        discard(diploma, [row], by=OPERATOR)
