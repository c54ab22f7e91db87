"""`storage_audit` finds what is apart, and mends what it can."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Store
from credentials.storage.keys import object_key
from credentials.storage.local import INCOMING
from tenants import walls
from tenants.ids import new_uuid
from tenants.models import Event
from tests.conftest import Caller
from tests.storage.conftest import announce, download_path, get, keys, put, stored_file
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


def test_what_is_not_the_portals_stays(local: Store, settings: Any, diploma: Diploma) -> None:
    put(announce(diploma), PDF)
    foreign = Path(settings.FILES_DIR, "README")
    foreign.write_text("mine")

    assert audit("--fix") == (1, [{"kind": "foreign", "key": "README", "is_mended": False}])
    assert foreign.exists()


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
