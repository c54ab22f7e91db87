"""GET of a signed address: the file, or a part of it, always as something to save."""

import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.utils import timezone

from credentials.diplomas import links
from credentials.models import Diploma
from credentials.storage.base import Missing, Store
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests import factories
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.storage.conftest import announce, download_path, get, keys, path, put, stored_file
from tests.storage.samples import PDF

NAME = "Urkunde «Größe» 学位.pdf"


@pytest.fixture
def address(store: Store, diploma: Diploma) -> str:
    """The portal's own, of a file that is there."""
    assert put(announce(diploma, name=NAME), PDF).status_code == 204
    return download_path(diploma)


def test_a_file_is_sent_to_be_saved_under_its_own_name(address: str) -> None:
    response = get(address)

    assert (response.status_code, response.getvalue()) == (200, PDF)
    told = response.headers
    assert told["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
    assert told["Content-Type"] == "application/pdf"
    assert told["Content-Length"] == str(len(PDF))
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "no-store"
    assert told["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert told["Accept-Ranges"] == "bytes"


def test_head_tells_the_same_and_sends_nothing(address: str) -> None:
    response = Caller().request("head", address)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(PDF))


def test_a_part_is_206(address: str, subtests: pytest.Subtests) -> None:
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=5-", 5, len(PDF)),
        ("bytes=-5", len(PDF) - 5, len(PDF)),
        ("bytes=1-99999", 1, len(PDF)),
    ):
        with subtests.test(asked):
            response = get(address, Range=asked)

            assert (response.status_code, response.getvalue()) == (206, PDF[start:end])
            assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(PDF)}"
            assert response.headers["Content-Length"] == str(end - start)


def test_what_is_no_single_part_is_the_whole(address: str, subtests: pytest.Subtests) -> None:
    for asked in ("bytes=0-1,3-4", "lines=1-2", "bytes=9-5", "bytes=-", "bytes=٣-"):
        with subtests.test(asked):
            response = get(address, Range=asked)

            assert (response.status_code, response.getvalue()) == (200, PDF)


def test_a_part_past_the_end_is_416(address: str, subtests: pytest.Subtests) -> None:
    for asked in (f"bytes={len(PDF)}-", "bytes=-0", "bytes=999999999999999999-"):
        with subtests.test(asked):
            response = get(address, Range=asked)

            assert_problem(response, 416, "range-not-satisfiable")
            assert response.headers["Content-Range"] == f"bytes */{len(PDF)}"


def test_a_part_of_another_version_is_the_whole(address: str) -> None:
    tag = Caller().request("head", address).headers["ETag"]

    assert get(address, Range="bytes=0-3", If_Range=tag).getvalue() == PDF[:4]
    assert get(address, Range="bytes=0-3", If_Range='"other"').getvalue() == PDF


def test_there_is_404_until_a_file_is_there_and_after_the_diploma_is_deleted(
    store: Store, diploma: Diploma
) -> None:
    address = download_path(diploma)
    before = get(address)
    put(announce(diploma), PDF)
    meanwhile = get(address).getvalue()
    Diploma.objects.filter(pk=diploma.pk).update(deleted_at=timezone.now())

    assert_problem(before, 404, "not-found")
    assert meanwhile == PDF
    assert_problem(get(address), 404, "not-found")


def test_a_suspended_organization_shows_nothing(
    local: Store, acme: Tenant, diploma: Diploma
) -> None:
    put(announce(diploma), PDF)
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    assert_problem(get(download_path(diploma)), 404, "not-found")


def test_an_address_is_of_one_object_and_one_tenant(
    local: Store, globex: Tenant, diploma: Diploma, outsider: Caller
) -> None:
    put(announce(diploma), PDF)
    other = factories.diploma(diploma.tenant, diploma.holder)
    foreign = factories.diploma(globex, outsider.user)

    assert_problem(get(download_path(other)), 404, "not-found")
    assert_problem(get(download_path(foreign)), 404, "not-found")
    mixed = path(links.download_address(globex.uuid, diploma.uuid, None))
    assert_problem(get(mixed), 404, "not-found")


def test_an_address_ends_after_a_quarter_of_an_hour(address: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=14, seconds=58), tick=False):
        assert get(address).getvalue() == PDF
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=2), tick=False):
        assert_problem(get(address), 403, "forbidden")


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_changed_address_is_403(local: Store, diploma: Diploma, place: int) -> None:
    address = download_path(diploma)
    position = len("/files/") + place
    other = "A" if address[position] != "A" else "B"

    response = get(address[:position] + other + address[position + 1 :])

    assert_problem(response, 403, "forbidden")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_that_is_replaced_at_that_moment_is_looked_for_again(
    store: Store, diploma: Diploma, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = PDF + b"% other\n"
    read = store.read
    came = iter([True])

    def replaced(key: str, start: int, end: int) -> Any:
        if next(came, False):
            with walls.platform_work():
                there = announce(diploma, other)
            put(there, other)
        return read(key, start, end)

    monkeypatch.setattr(store, "read", replaced)

    assert get(address).getvalue() == other


def test_an_object_that_is_lost_is_404(store: Store, diploma: Diploma, address: str) -> None:
    (key,) = keys(store)
    store.delete(key)

    assert_problem(get(address), 404, "not-found")
    with pytest.raises(Missing):
        store.size(key)


def test_the_stores_own_address_gives_the_file_and_ends(remote: Store, diploma: Diploma) -> None:
    put(announce(diploma, name=NAME), PDF)
    file = stored_file(diploma)

    url = links.download_address(diploma.tenant.uuid, diploma.uuid, file)

    with urllib.request.urlopen(url) as answer:  # noqa: S310 - on loopback
        assert answer.read() == PDF
        told = answer.headers
    assert told["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
    assert told["Content-Type"] == "application/pdf"
    assert "X-Amz-Expires=900" in url
    assert "portal-secret" not in url


def test_no_path_leaves_the_store(local: Store, settings: Any, tmp_path: Path) -> None:
    Path(tmp_path, "secret").write_text("secret")

    for key in ("../secret", "/etc/passwd", "a/../../secret", "", "\0"):
        with pytest.raises(ValueError, match="no key of ours"):
            local.read(key, 0, 1)
        with pytest.raises(ValueError, match="no key of ours"):
            local.delete(key)
    assert Path(tmp_path, "secret").exists()
