"""The list of awards: found, filtered, and exported as it is filtered."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.core import admin_export
from credentials.models import UserCredential
from credentials.program_credentials.admin import UserCredentialAdmin
from credentials.program_credentials.awards import Note
from tenants.models import Event, Tenant
from tests.admin.conftest import Browser, exported
from tests.conftest import make_member
from tests.factories import award, course, program
from users.models import User

LIST = "credentials/usercredential/"


@pytest.fixture
def rows(acme: Tenant) -> dict[str, UserCredential]:
    ada = make_member(acme, "ada")
    User.objects.filter(pk=ada.person_id).update(first_name="Ada", last_name="Lovelace")
    metalwork, welding = program(acme), course(acme)
    made = {
        "ada": award("ada", welding, Note("grade", "Final Grade", "0.85")),
        "newton": award("newton", metalwork),
        "euler": award("euler", metalwork, status="revoked"),
    }
    for day, name in enumerate(made, start=1):
        at = datetime(2026, 3, day, 23, 30, tzinfo=UTC)
        revoked_at = at if name == "euler" else None
        found = UserCredential.objects.filter(pk=made[name].pk)
        found.update(awarded_at=at, revoked_at=revoked_at)
    return made


def names(browser: Browser, query: str) -> set[str]:
    return {row.username for row in browser.rows(f"{LIST}?{query}")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ADA", {"ada"}),
        ("q=lovelace", {"ada"}),
        ("q=ada@acme.example", {"ada"}),
        ("q=newt", {"newton"}),
        ("q=nobody", set()),
        ("status__exact=revoked", {"euler"}),
        ("awarded_at_from=2026-03-02", {"newton", "euler"}),
        ("awarded_at_until=2026-03-02", {"ada", "newton"}),
        ("awarded_at_from=2026-03-02&awarded_at_until=2026-03-02", {"newton"}),
        ("revoked_at_from=2026-03-01", {"euler"}),
        ("revoked_at_until=2026-03-01", set()),
        ("awarded_at_until=9999-12-31&awarded_at_from=", {"ada", "newton", "euler"}),
        ("program=999999999", set()),
    ],
)
def test_awards_are_found_and_filtered(
    acme_admin: Browser, rows: dict[str, UserCredential], query: str, found: set[str]
) -> None:
    assert names(acme_admin, query) == found


@pytest.mark.parametrize("who", ["acme_admin", "root"])
def test_awards_are_found_by_uuid_program_and_course(
    request: Any, globex: Tenant, rows: dict[str, UserCredential], who: str
) -> None:
    browser = request.getfixturevalue(who)
    award("gus", program(globex))

    assert names(browser, f"q={rows['euler'].uuid}") == {"euler"}
    assert names(browser, f"program={rows['newton'].program_id}") == {"newton", "euler"}
    assert names(browser, f"course={rows['ada'].course_id}&status__exact=awarded") == {"ada"}


def test_a_foreign_program_filters_all_away_and_is_not_named(
    acme_admin: Browser, globex: Tenant, rows: dict[str, UserCredential]
) -> None:
    foreign = program(globex, title="Secret plans")

    response = acme_admin.get(f"{LIST}?program={foreign.pk}")

    assert list(response.context["cl"].result_list) == []
    assert "Secret plans" not in response.content.decode()


def test_a_filter_keeps_the_others(acme_admin: Browser, rows: dict[str, UserCredential]) -> None:
    query = f"q=a&status__exact=awarded&program={rows['newton'].program_id}&p=1"

    shown = acme_admin.get(f"{LIST}?{query}").content.decode()

    kept = '<input type="hidden" name="{}" value="{}">'
    assert shown.count(kept.format("q", "a")) == 4
    # In the form of the search, too.
    assert shown.count(kept.format("program", rows["newton"].program_id)) == 4
    assert kept.format("p", "1") not in shown
    assert "Metalwork · 1</option>" in shown


@pytest.mark.parametrize(
    "query",
    ["program=x", "program=%C2%B2", "course=1.5", f"program={9**30}", "awarded_at_from=soon"],
)
def test_a_filter_that_cannot_be_read_shows_the_whole_list(
    acme_admin: Browser, rows: dict[str, UserCredential], query: str
) -> None:
    response = acme_admin.get(f"{LIST}?{query}")

    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"{LIST}?e=1")
    assert names(acme_admin, "e=1") == set(rows)
    assert acme_admin.post(f"{LIST}export/?{query}").status_code == 302


def test_ten_thousand_programs_make_no_long_page(
    acme: Tenant, acme_admin: Browser, rows: dict[str, UserCredential]
) -> None:
    short = len(acme_admin.get(LIST).content)
    for number in range(100, 200):
        program(acme, program_id=number, title=f"Number {number}")

    assert len(acme_admin.get(LIST).content) - short < 100
    asked = {"app_label": "credentials", "model_name": "usercredential", "field_name": "program"}
    found = acme_admin.get("autocomplete/", {**asked, "term": "number 150"}).json()["results"]
    assert [each["text"] for each in found] == ["Number 150 · 150"]
    found = acme_admin.get("autocomplete/", {**asked, "term": "150"}).json()["results"]
    assert [each["text"] for each in found] == ["Number 150 · 150"]


def test_suggestions_name_the_tenant_for_superusers_alone(
    acme_admin: Browser, root: Browser, globex: Tenant, rows: dict[str, UserCredential]
) -> None:
    program(globex, title="Metalwork")
    asked = {"app_label": "credentials", "model_name": "usercredential", "field_name": "program"}

    def suggested(browser: Browser) -> list[str]:
        found = browser.get("autocomplete/", {**asked, "term": "metal"}).json()["results"]
        return [each["text"] for each in found]

    assert suggested(acme_admin) == ["Metalwork · 1"]
    assert suggested(root) == ["Metalwork · 1 · Globex", "Metalwork · 1 · Acme"]


# --- Exported


def test_all_is_exported_newest_first_in_steps(
    acme_admin: Browser, rows: dict[str, UserCredential], monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_export, "BATCH_ROWS", 2)

    found = exported(acme_admin, LIST)

    assert [row["username"] for row in found] == ["euler", "newton", "ada"]
    ada = rows["ada"]
    assert found[2] == {
        "uuid": str(ada.uuid),
        "username": "ada",
        "holder": "Ada Lovelace",
        "email": "ada@acme.example",
        "program_id": "",
        "course_id": "course-v1:Acme+W1+2026",
        "certificate_type": "honor",
        "title": "Welding",
        "status": "awarded",
        "awarded_at": "2026-03-01T23:30:00Z",
        "revoked_at": "",
        "reason": "",
        "attributes": '[{"namespace": "grade", "name": "Final Grade", "value": "0.85"}]',
        "certificate_url": found[2]["certificate_url"],
    }
    assert found[2]["certificate_url"].endswith(f"/c/{ada.uuid}")
    assert (found[0]["program_id"], found[0]["status"]) == ("1", "revoked")


def test_an_export_holds_its_place_while_it_reads_and_not_while_it_is_read(
    acme_admin: Browser, rows: dict[str, UserCredential], monkeypatch: Any
) -> None:
    """Else as many as there are connections would leave none, or one slow reader all waiting."""
    places = threading.BoundedSemaphore(1)
    held = []
    usual = UserCredentialAdmin.prepared

    def prepared(page: UserCredentialAdmin, found: list[Any]) -> list[Any]:
        held.append(not places.acquire(blocking=False))
        return usual(page, found)

    monkeypatch.setattr(admin_export, "AT_WORK", places)
    monkeypatch.setattr(admin_export, "BATCH_ROWS", 2)
    monkeypatch.setattr(UserCredentialAdmin, "prepared", prepared)

    slow = acme_admin.post(f"{LIST}export/").streaming_content
    heading, step = next(slow), next(slow)
    beside = exported(acme_admin, LIST)
    rest = list(slow)

    assert [row["username"] for row in beside] == ["euler", "newton", "ada"]
    assert held == [True] * 4
    assert heading
    assert step
    assert rest


def test_what_is_filtered_is_exported(acme_admin: Browser, rows: dict[str, UserCredential]) -> None:
    assert [row["username"] for row in exported(acme_admin, LIST, "?q=newton")] == ["newton"]
    assert exported(acme_admin, LIST, "?q=newton&status__exact=revoked") == []


def test_text_that_a_spreadsheet_would_run_is_escaped(acme: Tenant, acme_admin: Browser) -> None:
    award("=cmd|'/c calc'!A1", program(acme, title="+1"))

    (row,) = exported(acme_admin, LIST)

    assert (row["username"], row["title"]) == ("'=cmd|'/c calc'!A1", "'+1")


def test_an_export_holds_no_row_of_another_tenant_though_it_runs_after_the_request(
    acme_admin: Browser, root: Browser, globex: Tenant, rows: dict[str, UserCredential]
) -> None:
    award("gus", program(globex))

    assert {row["username"] for row in exported(acme_admin, LIST)} == set(rows)
    assert {row["username"] for row in exported(root, LIST, "?tenant=globex")} == {"gus"}


def test_an_export_is_an_event_of_the_tenant_with_its_filters(
    acme: Tenant, acme_admin: Browser, rows: dict[str, UserCredential]
) -> None:
    exported(acme_admin, LIST, "?q=newton")

    event = Event.objects.get(action="exported")
    assert (event.tenant_id, event.object_kind, event.object_id) == (acme.pk, "tenant", acme.pk)
    assert event.actor_id == acme_admin.user.pk
    assert json.loads(event.content.content)["after"] == {"kind": "usercredential", "q": "newton"}


@pytest.mark.parametrize("query", ["", "?tenant=", "?tenant=unknown"])
def test_a_superuser_exports_one_tenant_at_a_time(
    root: Browser, rows: dict[str, UserCredential], query: str
) -> None:
    response = root.post(f"{LIST}export/{query}", follow=True)

    assert "Choose one tenant in the filters first" in response.content.decode()
    assert not Event.objects.filter(action="exported").exists()


def test_an_export_is_not_asked_for_by_a_link(
    acme_admin: Browser, rows: dict[str, UserCredential]
) -> None:
    assert acme_admin.get(f"{LIST}export/").status_code == 405
    assert not Event.objects.filter(action="exported").exists()
