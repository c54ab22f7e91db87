"""Programs and courses in the admin: kept by administrators, read by issuers."""

from typing import Any

import pytest

from credentials.models import Course, Program
from credentials.program_credentials.catalogue_admin import CertificateAdmin
from credentials.program_credentials.models import MAX_PROGRAM_ID
from tenants.models import Event, Tenant
from tests.admin.award_pages import act, press
from tests.admin.conftest import Browser, errors
from tests.factories import award, course, program

PROGRAMS, COURSES = "credentials/program/", "credentials/course/"


def wanted(**changes: Any) -> dict[str, Any]:
    return {"title": "Metalwork", "program_id": 7, "is_active": "on"} | changes


def actions(kind: str) -> list[str]:
    events = Event.objects.filter(object_kind=kind, actor_kind="user").order_by("id")
    return list(events.values_list("action", flat=True))


def test_admin_adds_changes_and_deactivates_a_program(acme: Tenant, acme_admin: Browser) -> None:
    assert acme_admin.post(f"{PROGRAMS}add/", wanted()).status_code == 302
    row = Program.objects.get()
    assert (row.tenant_id, row.program_id, row.title, row.is_active) == (
        *(acme.pk, 7, "Metalwork"),
        True,
    )

    changed = {"title": "Metalwork II", "program_id": 7}
    assert acme_admin.post(f"{PROGRAMS}{row.pk}/change/", changed).status_code == 302

    row.refresh_from_db()
    assert (row.title, row.is_active) == ("Metalwork II", False)
    assert actions("program") == ["created", "changed"]


def test_admin_adds_a_course(acme: Tenant, acme_admin: Browser) -> None:
    fields = {"title": "Welding", "course_id": "W1", "certificate_type": "honor"}

    assert acme_admin.post(f"{COURSES}add/", fields).status_code == 302

    row = Course.objects.get()
    assert (row.course_id, row.certificate_type, row.is_active) == ("W1", "honor", False)


def test_superuser_adds_a_program_to_the_chosen_tenant(root: Browser, globex: Tenant) -> None:
    assert "This field is required." in errors(root.post(f"{PROGRAMS}add/", wanted()))
    assert root.post(f"{PROGRAMS}add/", wanted(tenant=globex.pk)).status_code == 302
    assert Program.objects.get().tenant_id == globex.pk


def test_saving_without_a_change_writes_no_event(acme: Tenant, acme_admin: Browser) -> None:
    row = program(acme)

    path = f"{PROGRAMS}{row.pk}/change/"
    assert acme_admin.post(path, wanted(program_id=1)).status_code == 302
    assert actions("program") == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": " "}, "This field is required."),
        ({"title": "x" * 256}, "at most 255 characters"),
        ({"program_id": "0"}, "greater than or equal to 1"),
        ({"program_id": "1.5"}, "Enter a whole number."),
        ({"program_id": str(MAX_PROGRAM_ID + 1)}, "less than or equal to"),
        ({"program_id": "3"}, "A program of this program_id exists."),
    ],
)
def test_faulty_input_makes_no_program(
    acme: Tenant, acme_admin: Browser, changes: dict[str, str], complaint: str
) -> None:
    program(acme, program_id=3)

    assert complaint in errors(acme_admin.post(f"{PROGRAMS}add/", wanted(**changes)))
    assert Program.objects.count() == 1


def test_many_are_deactivated_and_activated_with_an_event_each(
    acme: Tenant, acme_admin: Browser
) -> None:
    rows = [course(acme, course_id=f"W{number}") for number in range(3)]

    done = act(acme_admin, "deactivate", *rows)
    assert "3 courses deactivated." in done.content.decode()
    assert not Course.objects.filter(is_active=True).exists()

    done = act(acme_admin, "activate", *rows)
    assert "3 courses activated." in done.content.decode()
    assert actions("course") == ["changed"] * 6


def test_a_program_without_awards_is_deleted_with_an_event(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = program(acme)
    path = f"{PROGRAMS}{row.pk}/delete/"

    assert "Metalwork · 1" in acme_admin.get(path).content.decode()
    assert acme_admin.post(path, {"post": "yes"}).status_code == 302

    assert not Program.objects.exists()
    assert actions("program") == ["deleted"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_course_with_awards_is_not_deleted_and_the_page_says_why(
    acme: Tenant, acme_admin: Browser, method: str
) -> None:
    row = course(acme)
    award("ada", row)

    path = f"{COURSES}{row.pk}/delete/"
    response = acme_admin.send(method, path, {"post": "yes"}, follow=True)

    assert "make the program or course inactive" in response.content.decode()
    assert response.request["PATH_INFO"] == f"/admin/{COURSES}{row.pk}/change/"
    assert Course.objects.exists()
    assert actions("course") == []


def test_the_database_refuses_what_was_awarded_meanwhile(
    acme: Tenant, acme_admin: Browser, monkeypatch: Any
) -> None:
    row = program(acme)
    award("ada", row)
    monkeypatch.setattr(CertificateAdmin, "why_kept", lambda self, row: None)

    path = f"{PROGRAMS}{row.pk}/delete/"
    response = acme_admin.post(path, {"post": "yes"}, follow=True)

    assert "make the program or course inactive" in response.content.decode()
    assert Program.objects.exists()
    assert actions("program") == []


def test_issuer_reads_the_catalogues_and_changes_nothing(
    acme: Tenant, acme_issuer: Browser
) -> None:
    row = program(acme)

    assert acme_issuer.rows(PROGRAMS) == [row]
    assert acme_issuer.get(f"{PROGRAMS}{row.pk}/change/").status_code == 200
    assert acme_issuer.post(f"{PROGRAMS}{row.pk}/change/", wanted()).status_code == 403
    assert acme_issuer.post(f"{PROGRAMS}add/", wanted()).status_code == 403
    assert acme_issuer.post(f"{PROGRAMS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert press(acme_issuer, "deactivate", row).status_code == 403
    row.refresh_from_db()
    assert (row.title, row.is_active) == ("Metalwork", True)


@pytest.mark.parametrize("who", ["acme_admin", "root"])
def test_none_are_deleted_by_djangos_own_action(request: Any, acme: Tenant, who: str) -> None:
    browser = request.getfixturevalue(who)
    row = program(acme)

    browser.post(PROGRAMS, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})

    assert Program.objects.exists()


def test_programs_are_found_by_title_and_number(acme: Tenant, acme_admin: Browser) -> None:
    rows = [program(acme, program_id=number, title=f"T{number}") for number in (1, 11)]

    assert acme_admin.rows(f"{PROGRAMS}?q=11") == rows[1:]
    assert acme_admin.rows(f"{PROGRAMS}?q=t1") == rows[::-1]
    assert acme_admin.rows(f"{PROGRAMS}?is_active__exact=0") == []
