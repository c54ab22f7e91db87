"""PUT of an announced file: it is kept whole and as it was announced, or nothing is left."""

import errno
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Spool, Store
from credentials.storage.keys import object_key
from credentials.storage.local import INCOMING
from tenants import events, members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.storage.conftest import announce, download_path, get, keys, put, stored_file
from tests.storage.samples import EXECUTABLE, PDF, bomb, png_of


def assert_nothing_left(store: Store, diploma: Diploma) -> None:
    assert keys(store) == set()
    assert stored_file(diploma) is None
    assert list(store.unfinished(timezone.now() + timedelta(days=1))) == []
    diploma.tenant.refresh_from_db()
    assert diploma.tenant.stored_bytes == 0


def test_a_file_that_is_what_was_announced_is_kept(store: Store, diploma: Diploma) -> None:
    response = put(announce(diploma), PDF)

    assert (response.status_code, response.content) == (204, b"")
    row = stored_file(diploma)
    assert row
    assert row.key
    assert keys(store) == {object_key(diploma.tenant.uuid, row.key)}
    assert get(download_path(diploma)).getvalue() == PDF
    diploma.tenant.refresh_from_db()
    assert diploma.tenant.stored_bytes == len(PDF)
    event = Event.objects.filter(object_kind="diploma", object_id=diploma.pk).latest("id")
    assert (event.action, event.actor_id) == ("file_stored", diploma.holder_id)


@pytest.mark.parametrize(
    ("sent", "announced", "content_type", "code"),
    [
        (PDF + b"\n", len(PDF), "application/pdf", "size"),
        (PDF[:-1], len(PDF), "application/pdf", "size"),
        (b"", len(PDF), "application/pdf", "size"),
        (EXECUTABLE, len(EXECUTABLE), "application/pdf", "type"),
        (png_of(100_000, 100_000), len(png_of(1, 1)), "image/png", "too_many_pixels"),
    ],
)
def test_a_file_that_is_not_what_was_announced_is_400_and_leaves_nothing(
    store: Store, diploma: Diploma, sent: bytes, announced: int, content_type: str, code: str
) -> None:
    assert_refused(store, diploma, sent, announced, content_type, code)


def test_so_is_an_archive_that_would_be_far_too_large(store: Store, diploma: Diploma) -> None:
    """Made here: at collection, every process would make it."""
    sent = bomb()

    assert_refused(store, diploma, sent, len(sent), "application/zip", "archive_too_large")


def assert_refused(
    store: Store, diploma: Diploma, sent: bytes, announced: int, content_type: str, code: str
) -> None:
    address = announce(diploma, content_type=content_type, size=announced)

    response = put(address, sent)

    assert_problem(response, 400, "file-refused")
    assert faults(response) == [("", code)]
    assert_nothing_left(store, diploma)


class BrokenOff(BytesIO):
    """A client that goes away after half of what it promised."""

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if not chunk:
            raise OSError("gone")
        return chunk


@pytest.mark.parametrize(("ending", "status"), [(BytesIO, 400), (BrokenOff, 408)])
def test_an_upload_cut_off_halfway_leaves_nothing(
    store: Store, diploma: Diploma, ending: type[BytesIO], status: int
) -> None:
    environ: dict[str, Any] = {"wsgi.input": ending(PDF[:40]), "CONTENT_LENGTH": str(len(PDF))}

    response = put(announce(diploma), b"", **environ)

    assert response.status_code == status
    assert_nothing_left(store, diploma)


def test_more_bytes_than_the_length_says_are_not_read(local: Store, diploma: Diploma) -> None:
    body = BytesIO(PDF + b"more")

    response = put(announce(diploma), b"", **{"wsgi.input": body, "CONTENT_LENGTH": str(len(PDF))})

    assert response.status_code == 204
    assert body.read() == b"more"


def test_an_upload_without_its_length_is_411(local: Store, diploma: Diploma) -> None:
    response = put(announce(diploma), PDF, CONTENT_LENGTH="")

    assert_problem(response, 411, "length-required")
    assert_nothing_left(local, diploma)


def test_a_second_upload_takes_the_place_of_the_first(store: Store, diploma: Diploma) -> None:
    put(announce(diploma), PDF)
    other = PDF + b"% another\n"

    response = put(announce(diploma, other, name="other.pdf"), other)

    assert response.status_code == 204
    assert get(download_path(diploma)).getvalue() == other
    assert len(keys(store)) == DiplomaFile.objects.filter(diploma_id=diploma.pk).count() == 1
    diploma.tenant.refresh_from_db()
    assert diploma.tenant.stored_bytes == len(other)


def test_what_is_stored_stays_until_another_file_has_come(store: Store, diploma: Diploma) -> None:
    put(announce(diploma), PDF)

    refused = put(announce(diploma, EXECUTABLE), EXECUTABLE)

    assert refused.status_code == 400
    assert get(download_path(diploma)).getvalue() == PDF
    assert len(keys(store)) == 1


def test_the_same_address_may_send_the_file_again(store: Store, diploma: Diploma) -> None:
    address = announce(diploma)
    put(address, PDF)
    before = keys(store)

    response = put(address, PDF)

    assert response.status_code == 204
    assert len(keys(store)) == 1
    assert keys(store) != before
    assert get(download_path(diploma)).getvalue() == PDF


def test_an_older_announcement_is_withdrawn(local: Store, diploma: Diploma) -> None:
    older = announce(diploma)
    newer = announce(diploma)

    assert_problem(put(older, PDF), 404, "not-found")
    assert put(newer, PDF).status_code == 204


def test_a_deleted_diploma_takes_no_file(local: Store, diploma: Diploma) -> None:
    address = announce(diploma)
    diploma.deleted_at = timezone.now()
    diploma.save(update_fields=["deleted_at"])

    assert_problem(put(address, PDF), 404, "not-found")
    assert_nothing_left(local, diploma)


def test_a_diploma_deleted_while_its_file_comes_keeps_nothing(
    store: Store, diploma: Diploma, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = announce(diploma)
    keep = store.keep

    def deleted_meanwhile(key: str, spool: Any) -> None:
        keep(key, spool)
        with walls.platform_work():
            Diploma.objects.filter(pk=diploma.pk).update(deleted_at=timezone.now())

    monkeypatch.setattr(store, "keep", deleted_meanwhile)

    response = put(address, PDF)

    assert_problem(response, 404, "not-found")
    assert_nothing_left(store, diploma)


def test_a_suspended_organization_stores_nothing(
    local: Store, acme: Tenant, diploma: Diploma
) -> None:
    address = announce(diploma)
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    assert_problem(put(address, PDF), 404, "not-found")
    assert_nothing_left(local, diploma)


def test_a_failed_entry_leaves_what_was_stored(
    store: Store, diploma: Diploma, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(announce(diploma), PDF)
    address = announce(diploma)

    def fails(*arguments: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(events, "record", fails)
    response = put(address, PDF)
    monkeypatch.undo()

    assert_problem(response, 500, "internal")
    assert get(download_path(diploma)).getvalue() == PDF


def test_an_address_to_put_is_for_nothing_else(local: Store, diploma: Diploma) -> None:
    address = announce(diploma)

    for method in ("get", "head", "post", "patch", "delete", "options"):
        response = Caller().request(method, address)
        assert response.status_code == 403, method
    assert_problem(put(address[:-1] + ("A" if address[-1] != "A" else "B"), PDF), 403, "forbidden")
    assert_problem(put(download_path(diploma), PDF), 403, "forbidden")
    assert_problem(put("/files/nonsense", PDF), 403, "forbidden")
    assert_nothing_left(local, diploma)


def test_an_address_ends_after_a_quarter_of_an_hour(local: Store, diploma: Diploma) -> None:
    address = announce(diploma)

    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=2)):
        assert_problem(put(address, PDF), 403, "forbidden")


def test_files_are_private_to_the_portals_account(
    settings: Any, local: Store, diploma: Diploma
) -> None:
    put(announce(diploma), PDF)

    places = [Path(settings.FILES_DIR), *Path(settings.FILES_DIR).rglob("*")]
    assert {place.stat().st_mode & 0o777 for place in places if place.is_dir()} == {0o700}
    assert {place.stat().st_mode & 0o777 for place in places if place.is_file()} == {0o600}
    assert Path(settings.FILES_DIR, INCOMING) in places


@pytest.mark.parametrize("step", ["keep", "write"])
def test_while_the_store_fails_uploads_are_503_and_nothing_is_acknowledged(
    local: Store, diploma: Diploma, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    where = Spool if step == "write" else type(local)
    monkeypatch.setattr(where, step, full)

    response = put(announce(diploma), PDF)

    assert_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "30"
    monkeypatch.undo()
    assert_nothing_left(local, diploma)


def test_a_chunked_upload_is_refused_unread(store: Store, diploma: Diploma) -> None:
    class Unread(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read")

    options = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Unread(), "CONTENT_LENGTH": ""}

    response = put(announce(diploma), PDF, **options)

    assert_problem(response, 411, "length-required")
    assert_nothing_left(store, diploma)
