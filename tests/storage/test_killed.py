"""Whoever replaces, erases or mends files may be killed at any line: the audit mends the rest."""

import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from credentials.diplomas import audit, files, recording
from credentials.diplomas.audit import Repair
from credentials.diplomas.files import Attachment
from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Store
from credentials.storage.keys import object_key
from credentials.storage.local import INCOMING
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.ids import new_uuid
from tenants.models import Tenant
from tests import factories
from tests.conftest import make_member
from tests.storage.conftest import keys
from tests.storage.dying import points, run
from tests.storage.test_audit import lay

pytestmark = pytest.mark.django_db(transaction=True)

# What was kept at this moment, too.
NO_GRACE = timedelta(seconds=-1)


@pytest.fixture
def diploma(db: None) -> Diploma:
    """Committed, for other processes to see."""
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        row = factories.diploma(acme, make_member(acme, "ada").user)
        row.tenant = acme
        return row


def content(version: int) -> bytes:
    return f"{version:06d}".encode()


def kinds(*, fixes: bool) -> list[str]:
    return [each.kind for each in audit.audit(Repair(fixes=fixes), grace=NO_GRACE)]


def mend(store: Store) -> dict[int, str]:
    """All that the audit can; the keys of the files of each diploma, all of them whole."""
    kinds(fixes=True)
    assert kinds(fixes=False) == []
    with walls.platform_work():
        rows = list(DiplomaFile.objects.select_related("tenant").exclude(key=None))
        stored_bytes = Tenant.objects.get().stored_bytes
    named = {row.diploma_id: object_key(row.tenant.uuid, row.key) for row in rows if row.key}
    assert sorted(named.values()) == sorted(keys(store))
    assert stored_bytes == sum(row.size for row in rows)
    return named


def keep(store: Store, diploma: Diploma, data: bytes = b"whole") -> DiplomaFile:
    """As an upload leaves it."""
    key = new_uuid()
    lay(store, object_key(diploma.tenant.uuid, key), data)
    with walls.platform_work():
        return factories.diploma_file(
            diploma, size=len(data), key=key, sha256=sha256(data).digest()
        )


def test_a_replacement_leaves_the_former_file_or_the_new_one(
    local: Store, diploma: Diploma
) -> None:
    def replace(version: int, killed_at: int = 0) -> int:
        data = content(version)
        with walls.platform_work():
            file = files.announce(
                diploma, Attachment("a.txt", "text/plain", len(data)), by=OPERATOR
            )
        awaited = files.find_awaited(diploma.tenant.uuid, file)
        read = io.BytesIO(data).read
        return run(lambda: files.receive(awaited, read, by=OPERATOR), killed_at=killed_at)

    def found() -> bytes:
        (key,) = mend(local).values()
        return b"".join(local.read(key, 0, len(content(0))))

    replace(0)
    lines = replace(1)
    outcomes, kept = set(), found()
    assert kept == content(1)

    for version, line in enumerate(points(lines), start=2):
        assert not replace(version, killed_at=line)

        before, kept = kept, found()
        assert kept in {before, content(version)}
        outcomes.add(kept == before)

    assert outcomes == {True, False}


def test_an_erasure_leaves_row_and_file_or_neither(local: Store, diploma: Diploma) -> None:
    with walls.platform_work():
        recording.delete(diploma, by=OPERATOR)

    def erase() -> None:
        with walls.tenant_work(diploma.tenant_id):
            row = Diploma.objects.select_for_update().get(pk=diploma.pk)
            assert recording.erase(row, by=OPERATOR)

    keep(local, diploma)
    lines = run(erase)
    assert keys(local) == set()
    outcomes = set()

    for line in points(lines):
        if not mend(local):
            keep(local, diploma)
        assert not run(erase, killed_at=line)

        # By now its commit was done or not: the audit takes neither side.
        with walls.platform_work():
            is_erased = not DiplomaFile.objects.exists()
        assert bool(mend(local)) is not is_erased
        outcomes.add(is_erased)

    assert outcomes == {True, False}


def test_mending_may_be_killed_and_is_done_by_the_next(
    local: Store, settings: Any, diploma: Diploma
) -> None:
    with walls.platform_work():
        gone = factories.diploma(diploma.tenant, diploma.holder)
    whole = keep(local, diploma)
    kept = object_key(diploma.tenant.uuid, whole.key or new_uuid())

    def break_and_fix(killed_at: int = 0) -> int:
        lay(local, object_key(diploma.tenant.uuid, new_uuid()), b"stray")
        Path(settings.FILES_DIR, INCOMING, "tmprest").write_bytes(b"half")
        with walls.platform_work():
            if not DiplomaFile.objects.filter(diploma_id=gone.pk).exists():
                factories.diploma_file(gone)
        return run(lambda: kinds(fixes=True), killed_at=killed_at)

    lines = break_and_fix()
    assert kinds(fixes=False) == []

    for line in points(lines):
        assert not break_and_fix(killed_at=line)

        assert mend(local) == {diploma.pk: kept}
