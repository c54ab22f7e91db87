"""/programs/ and /courses/: what a tenant awards."""

from typing import Any

import pytest

from credentials.models import Course, Program
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.factories import award
from tests.factories import course as make_course
from tests.factories import program as make_program

PROGRAM: dict[str, Any] = {"program_id": 7, "title": "Metalwork"}
COURSE: dict[str, Any] = {"course_id": "c+1", "certificate_type": "verified", "title": "Welding"}
KINDS = [("programs", Program, PROGRAM, make_program), ("courses", Course, COURSE, make_course)]

each_kind = pytest.mark.parametrize(("kind", "model", "sent", "make"), KINDS, ids=["p", "c"])


@each_kind
def test_admin_adds_one_and_the_record_says_what_it_is(
    admin: Caller, kind: str, model: Any, sent: dict[str, Any], make: Any
) -> None:
    response = admin.post(f"/api/v1/{kind}/", sent)

    row = model.objects.get()
    assert response.status_code == 201
    made = f"{row.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert list(response.json().items()) == [
        *(("id", row.pk), ("uuid", str(row.uuid)), *sent.items()),
        *(("is_active", True), ("created", made), ("modified", made)),
    ]
    assert admin.get(f"/api/v1/{kind}/{row.uuid}").content == response.content
    assert Event.objects.get(object_id=row.pk, object_kind=row._meta.model_name).action == "created"


@each_kind
def test_second_of_the_same_key_is_409(
    admin: Caller, kind: str, model: Any, sent: dict[str, Any], make: Any
) -> None:
    admin.post(f"/api/v1/{kind}/", sent)

    assert_problem(admin.post(f"/api/v1/{kind}/", sent), 409, "conflict")
    assert model.objects.count() == 1


@each_kind
def test_member_lists_the_tenants_own_newest_first(
    member: Caller, acme: Tenant, globex: Tenant, kind: str, model: Any, sent: Any, make: Any
) -> None:
    rows = [make(acme), make(acme, **sent)]
    make(globex)

    answer = member.get(f"/api/v1/{kind}/", {"limit": 1}).json()

    assert answer["count"] == 2
    assert [record["id"] for record in answer["results"]] == [rows[1].pk]
    assert answer["next"] == f"http://testserver/api/v1/{kind}/?limit=1&offset=1"
    assert [r["id"] for r in member.get(answer["next"]).json()["results"]] == [rows[0].pk]


@each_kind
def test_admin_changes_parts_and_what_is_left_out_stays(
    admin: Caller, acme: Tenant, kind: str, model: Any, sent: dict[str, Any], make: Any
) -> None:
    row = make(acme, **sent)

    response = admin.patch(f"/api/v1/{kind}/{row.pk}", {"is_active": False, "id": 1})

    assert response.status_code == 200
    assert response.json()["is_active"] is False
    row.refresh_from_db()
    assert (row.title, row.is_active) == (sent["title"], False)


@each_kind
def test_one_without_awards_is_deleted_and_the_history_tells(
    admin: Caller, acme: Tenant, kind: str, model: Any, sent: Any, make: Any
) -> None:
    row = make(acme)
    path = f"/api/v1/{kind}/{row.pk}"

    response = admin.delete(path)

    assert (response.status_code, response.content) == (204, b"")
    assert_problem(admin.get(path), 404, "not-found")
    history = Event.objects.filter(object_uuid=row.uuid).order_by("id")
    assert list(history.values_list("action", flat=True)) == ["created", "deleted"]


@each_kind
def test_one_with_awards_stays(
    admin: Caller, acme: Tenant, kind: str, model: Any, sent: Any, make: Any
) -> None:
    row = make(acme)
    award("ada", row, status="revoked")
    before = stored(row)

    assert_problem(admin.delete(f"/api/v1/{kind}/{row.pk}"), 409, "has-awards")

    assert stored(row) == before
    assert Event.objects.filter(object_uuid=row.uuid).count() == 1


@each_kind
def test_conditional_change_and_deletion(
    admin: Caller, acme: Tenant, kind: str, model: Any, sent: Any, make: Any
) -> None:
    path = f"/api/v1/{kind}/{make(acme).pk}"
    stale = {"headers": {"If-Match": admin.get(path).headers["ETag"]}}
    assert admin.patch(path, {"title": "New"}, **stale).status_code == 200

    for response in (admin.patch(path, {"title": "Newer"}, **stale), admin.delete(path, **stale)):
        assert_problem(response, 412, "precondition-failed")


@each_kind
def test_another_tenants_is_404_for_its_admin(
    outsider: Caller, acme: Tenant, kind: str, model: Any, sent: Any, make: Any
) -> None:
    path = f"/api/v1/{kind}/{make(acme).pk}"

    for response in (outsider.get(path), outsider.patch(path, {}), outsider.delete(path)):
        assert_problem(response, 404, "not-found")
    assert model.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"program_id": "7"}, ("/program_id", "invalid")),
        ({"program_id": True}, ("/program_id", "invalid")),
        ({"program_id": 0}, ("/program_id", "min_value")),
        ({"program_id": 2**63}, ("/program_id", "max_value")),
        ({"title": " "}, ("/title", "blank")),
        ({"title": "x" * 256}, ("/title", "max_length")),
        ({"is_active": "yes"}, ("/is_active", "invalid")),
        ({"is_active": None}, ("/is_active", "null")),
    ],
)
def test_program_must_be_right(
    admin: Caller, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    response = admin.post("/api/v1/programs/", PROGRAM | change)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [expected]


def test_course_must_be_right(admin: Caller) -> None:
    response = admin.post("/api/v1/courses/", {"course_id": "", "certificate_type": "x"})

    assert faults(response) == [
        ("/certificate_type", "invalid_choice"),
        ("/course_id", "blank"),
        ("/title", "required"),
    ]


def test_inactive_program_keeps_its_awards_which_can_be_revoked(
    admin: Caller, program: Program
) -> None:
    row = award("ada", program)
    admin.patch(f"/api/v1/programs/{program.pk}", {"is_active": False})

    response = admin.patch(f"/api/v1/user_credentials/{row.pk}", {"status": "revoked"})

    assert response.json()["status"] == "revoked"
