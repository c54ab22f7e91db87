"""Titles are kept, diplomas seen, deleted and brought back."""

import re
from pathlib import Path
from typing import Any

import pytest

from credentials.models import Diploma, DiplomaFile, DiplomaTitle
from tenants.models import Event, Tenant
from tests.admin.award_pages import act
from tests.admin.conftest import Browser, errors
from tests.conftest import make_member
from tests.factories import diploma, diploma_file, diploma_title
from tests.storage.conftest import announce, put
from tests.storage.samples import PDF
from users.models import User

TITLES, DIPLOMAS = "credentials/diplomatitle/", "credentials/diploma/"
LINK = re.compile(r'href="(http://127\.0\.0\.1:\d+/files/[^"]+)"')


@pytest.fixture
def ada(acme: Tenant) -> User:
    user: User = make_member(acme, "ada").user
    return user


@pytest.fixture
def held(acme: Tenant, ada: User) -> Diploma:
    return diploma(acme, ada, title=diploma_title(acme, name="Master welder"))


def moved(browser: Browser, action: str, *rows: Diploma) -> Any:
    return act(browser, action, *rows)


def test_administrator_makes_changes_and_deletes_a_title(acme_admin: Browser, acme: Tenant) -> None:
    acme_admin.post(f"{TITLES}add/", {"name": "Welder"})
    title = DiplomaTitle.objects.get(tenant=acme)
    acme_admin.post(f"{TITLES}{title.pk}/change/", {"name": "Master welder"})
    title.refresh_from_db()
    assert title.name == "Master welder"

    acme_admin.post(f"{TITLES}{title.pk}/delete/", {"post": "yes"})

    assert not DiplomaTitle.objects.exists()
    told = Event.objects.filter(object_kind="diplomatitle").order_by("id")
    assert [event.action for event in told] == ["created", "changed", "deleted"]


def test_a_name_is_needed_and_taken_once(acme_admin: Browser, acme: Tenant) -> None:
    diploma_title(acme, name="Welder")

    assert "required" in errors(acme_admin.post(f"{TITLES}add/", {"name": " "}))
    refused = errors(acme_admin.post(f"{TITLES}add/", {"name": "WELDER"}))
    assert "A title of this name exists." in refused


def test_a_title_in_use_stays(acme_admin: Browser, held: Diploma) -> None:
    page = acme_admin.post(f"{TITLES}{held.title_id}/delete/", {"post": "yes"}, follow=True)

    assert "Diplomas have this title, deleted ones too; it stays." in page.content.decode()
    assert DiplomaTitle.objects.filter(pk=held.title_id).exists()


def test_deleted_diplomas_are_seen_and_brought_back(acme_admin: Browser, held: Diploma) -> None:
    assert acme_admin.rows(f"{DIPLOMAS}?deleted=no") == [held]

    assert "1 diploma deleted." in moved(acme_admin, "put_away", held).content.decode()
    assert "0 diplomas deleted." in moved(acme_admin, "put_away", held).content.decode()
    assert acme_admin.rows(f"{DIPLOMAS}?deleted=no") == []
    assert acme_admin.rows(f"{DIPLOMAS}?deleted=yes") == [held]

    assert "1 diploma restored." in moved(acme_admin, "restore", held).content.decode()
    held.refresh_from_db()
    assert held.deleted_at is None
    told = Event.objects.filter(object_kind="diploma", object_id=held.pk).order_by("id")
    assert [event.action for event in told] == ["created", "deleted", "restored"]


def test_whose_diploma_it_is_is_said_before_anything_is_done(
    acme_admin: Browser, held: Diploma
) -> None:
    asked = acme_admin.post(DIPLOMAS, {"action": "erase", "_selected_action": held.pk})

    assert "ada · Master welder" in asked.content.decode()


def test_the_file_has_a_link_while_the_diploma_lives(acme_admin: Browser, held: Diploma) -> None:
    def page() -> str:
        content: str = acme_admin.get(f"{DIPLOMAS}{held.pk}/change/").content.decode()
        return content

    assert "None was uploaded." in page()
    awaited = diploma_file(held, name="<b>.pdf", is_stored=False)
    assert "None was uploaded; <bdi>&lt;b&gt;.pdf</bdi> is awaited." in page()
    awaited.delete()
    diploma_file(held, name="<b>.pdf")

    assert LINK.search(page())
    assert "Download <bdi>&lt;b&gt;.pdf</bdi></a>, 48,213 bytes" in page()
    moved(acme_admin, "put_away", held)
    assert LINK.search(page()) is None
    assert "restore the diploma to open it" in page()


def test_the_file_of_a_deleted_diploma_is_erased_for_good_and_a_live_one_keeps_its_own(
    acme_admin: Browser,
    held: Diploma,
    settings: Any,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.FILES_DIR = tmp_path / "files"
    live = diploma(held.tenant, held.holder)
    for each in (held, live):
        assert put(announce(each), PDF).status_code == 204
    moved(acme_admin, "put_away", held)
    assert len(stored(tmp_path)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        page = moved(acme_admin, "erase", held, live)
        assert len(stored(tmp_path)) == 2

    assert "1 diploma lost the file for good." in page.content.decode()
    kept = DiplomaFile.objects.get()
    assert (kept.diploma_id, [path.name for path in stored(tmp_path)]) == (live.pk, [str(kept.key)])
    held.tenant.refresh_from_db()
    assert held.tenant.stored_bytes == len(PDF)
    moved(acme_admin, "restore", held)
    assert "None was uploaded." in acme_admin.get(f"{DIPLOMAS}{held.pk}/change/").content.decode()
    told = Event.objects.filter(object_kind="diploma", object_id=held.pk).order_by("id")
    assert [event.action for event in told][-3:] == ["deleted", "file_removed", "restored"]


def stored(directory: Path) -> list[Path]:
    return [path for path in (directory / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("query", ["q=ada", "q=ada@acme.example", "q=MASTER", "deleted="])
def test_diplomas_are_found(acme_admin: Browser, held: Diploma, query: str) -> None:
    cook = diploma_title(held.tenant, name="Cook")
    other = diploma(held.tenant, make_member(held.tenant, "grace").user, title=cook)

    found = acme_admin.rows(f"{DIPLOMAS}?{query}")

    assert held in found
    assert (other in found) == (query == "deleted=")


def test_issuers_see_titles_and_no_diplomas(acme_issuer: Browser, held: Diploma) -> None:
    assert acme_issuer.rows(TITLES) == [held.title]
    assert acme_issuer.get(f"{TITLES}add/").status_code == 403
    assert acme_issuer.get(DIPLOMAS).status_code == 403


def test_the_filter_by_title_has_the_scripts_that_it_needs(acme_admin: Browser) -> None:
    assert "admin/js/autocomplete.js" in acme_admin.get(DIPLOMAS).content.decode()
