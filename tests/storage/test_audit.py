"""`storage_audit` finds what is apart, and mends what it can."""

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from credentials.diplomas import audit as auditing
from credentials.diplomas.audit import FEW
from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Store
from credentials.storage.keys import object_key
from credentials.storage.local import INCOMING, FileStore
from credentials.storage.s3 import S3Store
from tenants import walls
from tenants.ids import new_uuid
from tenants.models import Event
from tests import factories
from tests.conftest import Caller
from tests.storage.conftest import announce, download_path, get, keys, put, stored_file
from tests.storage.s3_server import make_bucket
from tests.storage.samples import PDF


def audit(*options: str) -> tuple[int, list[dict[str, Any]]]:
    """Two hours later: the exit code, and what it found."""
    printed = io.StringIO()
    code = 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)), walls.work(walls.NOBODY):
        try:
            call_command("storage_audit", "--json", *options, stdout=printed)
        except SystemExit as ended:
            code = int(str(ended.code))
    answer = json.loads(printed.getvalue())
    assert answer["left"] == sum(not each["is_mended"] for each in answer["findings"])
    return code, answer["findings"]


def kinds(findings: list[dict[str, Any]]) -> list[str]:
    return [each["kind"] for each in findings]


def lay(store: Store, key: str, content: bytes) -> None:
    with store.spool() as spool:
        spool.write(content)
        store.keep(key, spool)


@pytest.fixture
def whole(store: Store, diploma: Diploma) -> DiplomaFile:
    put(announce(diploma), PDF)
    row = stored_file(diploma)
    assert row
    return row


def test_where_all_is_well_nothing_is_found(store: Store, whole: DiplomaFile) -> None:
    assert audit() == (0, [])
    assert audit("--fix") == (0, [])
    assert len(keys(store)) == 1


def test_a_file_without_a_row_is_removed(
    store: Store, whole: DiplomaFile, diploma: Diploma
) -> None:
    mine = keys(store)
    stray = object_key(diploma.tenant.uuid, new_uuid())
    lay(store, stray, PDF)

    found, fixed, after = audit(), audit("--fix"), audit()

    assert found == (1, [{"kind": "no_row", "key": stray, "is_mended": False}])
    assert fixed == (0, [{"kind": "no_row", "key": stray, "is_mended": True}])
    assert after == (0, [])
    assert keys(store) == mine


def test_a_file_of_another_tenants_row_has_no_row(
    store: Store, whole: DiplomaFile, globex: Any
) -> None:
    assert whole.key
    lay(store, object_key(globex.uuid, whole.key), PDF)

    assert kinds(audit()[1]) == ["no_row"]


def test_a_young_file_may_be_of_an_upload_under_way(
    store: Store, whole: DiplomaFile, diploma: Diploma
) -> None:
    lay(store, object_key(diploma.tenant.uuid, new_uuid()), PDF)
    printed = io.StringIO()

    with walls.work(walls.NOBODY):
        call_command("storage_audit", "--json", "--fix", stdout=printed)

    assert json.loads(printed.getvalue()) == {"findings": [], "left": 0}
    assert len(keys(store)) == 2


def test_a_row_without_its_file_is_forgotten_and_gives_its_bytes_back(
    store: Store, whole: DiplomaFile, diploma: Diploma
) -> None:
    (key,) = keys(store)
    store.delete(key)

    found, fixed, after = audit(), audit("--fix"), audit()

    assert found == (1, [{"kind": "no_object", "key": key, "is_mended": False}])
    assert fixed == (0, [{"kind": "no_object", "key": key, "is_mended": True}])
    assert after == (0, [])
    assert stored_file(diploma) is None
    diploma.tenant.refresh_from_db()
    assert diploma.tenant.stored_bytes == 0
    last = Event.objects.filter(object_kind="diploma", object_id=diploma.pk).latest("id")
    assert last.action == "file_removed"


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF[:-1], "wrong_size"), (PDF[:-1] + b" ", "wrong_hash")]
)
def test_a_changed_file_is_told_and_kept(
    store: Store, whole: DiplomaFile, diploma: Diploma, content: bytes, kind: str
) -> None:
    (key,) = keys(store)
    lay(store, key, content)

    code, findings = audit("--fix")

    assert (code, findings) == (1, [{"kind": kind, "key": key, "is_mended": False}])
    assert get(download_path(diploma)).getvalue() == content
    assert stored_file(diploma)


def test_the_rest_of_a_broken_upload_is_removed(
    local: Store, settings: Any, diploma: Diploma
) -> None:
    put(announce(diploma), PDF)
    rest = Path(settings.FILES_DIR, INCOMING, "tmpabc")
    rest.write_bytes(b"half")

    assert kinds(audit()[1]) == ["unfinished"]
    assert rest.exists()
    assert audit("--fix")[0] == 0
    assert not rest.exists()


def test_the_parts_of_a_broken_upload_to_s3_are_given_up_and_others_parts_are_not(
    remote: S3Store, diploma: Diploma
) -> None:
    bucket = remote.storage.bucket
    ours = object_key(diploma.tenant.uuid, new_uuid())
    for key in (ours, "backup/of/others"):
        bucket.Object(key).initiate_multipart_upload().Part(1).upload(Body=b"half")

    # The server says that each upload began in 2010.
    assert list(remote.unfinished(datetime(2010, 1, 1, tzinfo=UTC))) == []
    assert [each["key"].split()[1] for each in audit()[1]] == [ours]
    code, findings = audit("--fix")

    assert (code, kinds(findings)) == (0, ["unfinished"])
    assert [each.object_key for each in bucket.multipart_uploads.all()] == ["backup/of/others"]


def test_what_is_not_the_portals_stays(local: Store, settings: Any, diploma: Diploma) -> None:
    put(announce(diploma), PDF)
    foreign = Path(settings.FILES_DIR, "README")
    foreign.write_text("mine")

    assert audit("--fix") == (1, [{"kind": "foreign", "key": "README", "is_mended": False}])
    assert foreign.exists()


def test_the_file_of_a_tenant_whom_nobody_knows_stays(store: Store, platform: None) -> None:
    """As of another portal's store, or of a database that was put back to before."""
    key = object_key(new_uuid(), new_uuid())
    lay(store, key, PDF)

    assert audit("--fix") == (1, [{"kind": "foreign", "key": key, "is_mended": False}])
    assert keys(store) == {key}


def test_where_many_files_are_gone_their_records_stay_until_that_is_meant(
    local: Store, settings: Any, diploma: Diploma
) -> None:
    """A volume that is not mounted looks so."""
    rows = [factories.diploma_file(diploma)]
    for _ in range(FEW):
        other = factories.diploma(diploma.tenant, diploma.holder)
        rows.append(factories.diploma_file(other))

    assert audit("--fix")[0] == 1
    assert DiplomaFile.objects.count() == len(rows)
    code, findings = audit("--fix", "--forget-many")

    assert (code, kinds(findings)) == (0, ["no_object"] * len(rows))
    assert not DiplomaFile.objects.exists()


def test_what_is_removed_between_two_looks_is_no_fault(
    local: Store, diploma: Diploma, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload has replaced the file of a row, and is about to delete it."""
    former = object_key(diploma.tenant.uuid, new_uuid())
    lay(local, former, PDF)

    def meanwhile() -> Iterator[Any]:
        local.delete(former)
        yield from ()

    monkeypatch.setattr(auditing, "_stored_rows", meanwhile)

    assert audit("--fix") == (0, [])


def test_what_is_replaced_while_it_is_looked_at_is_no_fault(
    local: Store, diploma: Diploma, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(announce(diploma), PDF)
    size, answers = FileStore.size, list[int]()

    def replaced_first(own: FileStore, key: str) -> int:
        if not answers:
            with walls.platform_work():
                address = announce(diploma)
            answers.append(put(address, PDF).status_code)
        return size(own, key)

    monkeypatch.setattr(FileStore, "size", replaced_first)

    assert audit("--fix") == (0, [])
    assert answers == [204]
    assert len(keys(local)) == 1
    assert stored_file(diploma)


def test_a_file_is_as_old_as_its_place_in_the_store(local: Store, diploma: Diploma) -> None:
    """However long ago a slow upload sent its last bytes."""
    before = timezone.now() - timedelta(seconds=1)
    with local.spool() as spool:
        spool.write(PDF)
        os.utime(spool.path, (0, 0))
        local.keep(object_key(diploma.tenant.uuid, new_uuid()), spool)

    (found,) = local.objects()
    assert found.modified_at > before


def test_a_store_that_is_none_is_told_in_a_line_and_nothing_is_mended(
    settings: Any, tmp_path: Path, s3: str, diploma: Diploma
) -> None:
    factories.diploma_file(diploma)
    (tmp_path / "files").write_text("no directory")
    no_bucket = make_bucket(s3, f"files-{uuid4()}") | {"bucket": f"files-{uuid4()}"}

    for place in (None, tuple(no_bucket.items())):
        settings.S3, settings.FILES_DIR = place, tmp_path / "files"
        with pytest.raises(CommandError, match="The store cannot be read"):
            audit("--fix")

    assert stored_file(diploma)


def test_it_tells_people_what_it_found(local: Store, member: Caller, diploma: Diploma) -> None:
    stray = object_key(diploma.tenant.uuid, new_uuid())
    lay(local, stray, PDF)
    printed = io.StringIO()

    with time_machine.travel(timezone.now() + timedelta(hours=2)), walls.work(walls.NOBODY):
        call_command("storage_audit", "--fix", stdout=printed)

    assert printed.getvalue().splitlines() == [
        "1 faults, 1 of them mended.",
        f"  {stray}: a file that no record names, removed",
    ]
