"""Micro-credentials in the admin: read, archived and brought back."""

from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import admin_actions
from tenants.models import Event, Tenant
from tests.admin.award_pages import act
from tests.admin.conftest import Browser
from tests.conftest import make_member
from tests.factories import micro_credential

LIST = "credentials/microcredential/"
State = MicroCredential.State


@pytest.fixture
def rows(acme: Tenant) -> list[MicroCredential]:
    ada = make_member(acme, "ada")
    titles = ("Soudage 焊接", "First aid")
    return [micro_credential(acme, ada.user, title=title) for title in titles]


def run(browser: Browser, action: str, rows: list[MicroCredential], **more: Any) -> Any:
    return act(browser, action, *rows, **more)


def states(rows: list[MicroCredential]) -> list[int]:
    stored = MicroCredential.objects.in_bulk([row.pk for row in rows])
    return [stored[row.pk].state for row in rows]


def test_admin_archives_and_restores_with_an_event_each(
    acme_admin: Browser, rows: list[MicroCredential]
) -> None:
    archived = run(acme_admin, "archive", rows)

    assert "2 micro-credentials archived." in archived.content.decode()
    assert states(rows) == [State.ARCHIVED, State.ARCHIVED]

    restored = run(acme_admin, "restore", rows[:1])

    assert "1 micro-credential restored." in restored.content.decode()
    assert states(rows) == [State.ACTIVE, State.ARCHIVED]
    events = Event.objects.filter(object_kind="microcredential", actor=acme_admin.user)
    assert [(e.action, e.object_id) for e in events.order_by("id")] == [
        ("archived", rows[0].pk),
        ("archived", rows[1].pk),
        ("restored", rows[0].pk),
    ]


def test_archiving_what_is_archived_writes_no_event(
    acme_admin: Browser, rows: list[MicroCredential]
) -> None:
    run(acme_admin, "archive", rows)

    response = run(acme_admin, "archive", rows)

    assert "0 micro-credentials archived." in response.content.decode()
    assert Event.objects.filter(action="archived").count() == 2


def test_what_is_not_there_any_more_is_told_and_asks_nothing(
    acme_admin: Browser, rows: list[MicroCredential]
) -> None:
    sent = {"action": "archive", "_selected_action": "999999"}
    response = acme_admin.post(LIST, sent, follow=True)

    page = response.content.decode()
    assert "What was chosen is not there any more." in page
    assert "are you sure" not in page


def test_too_many_at_once_are_refused(
    acme_admin: Browser, rows: list[MicroCredential], monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_actions, "ROWS_AT_ONCE", 1)

    response = run(acme_admin, "archive", rows, select_across="1")

    assert "Choose at most 1 at once." in response.content.decode()
    assert states(rows) == [State.ACTIVE, State.ACTIVE]


def test_superuser_archives_rows_of_several_tenants(
    root: Browser, rows: list[MicroCredential], globex: Tenant
) -> None:
    foreign = micro_credential(globex, make_member(globex, "gloria").user)

    run(root, "archive", [rows[0], foreign])

    assert states([rows[0], foreign]) == [State.ARCHIVED, State.ARCHIVED]
    assert set(Event.objects.filter(action="archived").values_list("tenant_id", flat=True)) == {
        rows[0].tenant_id,
        globex.pk,
    }


@pytest.mark.parametrize("chosen", ["first", "\0", "1.5", "²"])
def test_a_chosen_row_that_is_no_id_is_refused_and_nothing_changes(
    acme_admin: Browser, rows: list[MicroCredential], chosen: str
) -> None:
    sent = {"action": "archive", "_selected_action": [rows[0].pk, chosen]}

    assert acme_admin.post(LIST, sent).status_code == 400
    assert states(rows) == [State.ACTIVE, State.ACTIVE]


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_nobody_adds_changes_or_deletes_one(
    request: Any, rows: list[MicroCredential], who: str
) -> None:
    browser = request.getfixturevalue(who)
    path = f"{LIST}{rows[0].pk}"

    assert browser.post(f"{LIST}add/", {"title": "New"}).status_code == 403
    assert browser.post(f"{path}/change/", {"title": "Other"}).status_code == 403
    assert browser.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert MicroCredential.objects.get(pk=rows[0].pk).title == "Soudage 焊接"


@pytest.mark.parametrize("term", ["焊接", "soudage ADA@acme", "uuid"])
def test_one_is_found_by_title_holder_or_uuid(
    acme_admin: Browser, rows: list[MicroCredential], term: str
) -> None:
    wanted = str(rows[0].uuid) if term == "uuid" else term

    assert acme_admin.rows(f"{LIST}?q={wanted}") == rows[:1]


def test_state_is_a_filter(acme_admin: Browser, rows: list[MicroCredential]) -> None:
    run(acme_admin, "archive", rows[:1])

    assert acme_admin.rows(f"{LIST}?state__exact=0") == rows[:1]
