"""Job roles, what they ask for, and which members have them."""

import uuid
from typing import Any

import orjson
import pytest

from credentials.models import CertificationType, JobRole, JobRoleAssignment, JobRoleQualification
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.conftest import membership
from tests.certifications.role_factories import (
    MEMBERS,
    ROLES,
    assign,
    job_role,
    qualification,
    requirement,
    shown,
)
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification_type
from tests.together import together

STRANGE = str(uuid.uuid4())
BAD: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, [("/title", "required")]),
    (
        {"qualification_ids": [STRANGE]},
        [("/qualification_ids/0", "unknown_qualification"), ("/title", "required")],
    ),
    (
        {"title": "x", "qualification_ids": ["x", 1]},
        [("/qualification_ids/0", "invalid"), ("/qualification_ids/1", "invalid")],
    ),
    ({"title": "x", "qualification_ids": [STRANGE] * 2}, [("/qualification_ids/1", "repeated")]),
    ({"title": "x", "qualification_ids": None}, [("/qualification_ids", "null")]),
    ({"title": "x", "qualification_ids": STRANGE}, [("/qualification_ids", "not_a_list")]),
    (
        {"title": "x", "qualification_ids": [str(uuid.uuid4()) for _ in range(101)]},
        [("/qualification_ids", "max_length")],
    ),
    ({"title": "", "slug": "-"}, [("/slug", "invalid"), ("/title", "blank")]),
    ([], [("", "invalid")]),
]


def told(kind: str) -> list[tuple[str, Any, Any]]:
    found = Event.objects.filter(object_kind=kind).order_by("id")
    contents = [(event.action, orjson.loads(event.content.content)) for event in found]
    return [(action, content["before"], content["after"]) for action, content in contents]


def path_of(caller: Caller, role: JobRole) -> str:
    return f"{MEMBERS}/{membership(caller).uuid}/job-roles/{role.uuid}"


def test_a_job_role_is_made_with_201(admin: Caller, acme: Tenant, kind: CertificationType) -> None:
    asked = [str(qualification(acme, requirement(kind), title=title).uuid) for title in "BA"]

    response = admin.post(ROLES, {"title": "Shift leader", "qualification_ids": asked})

    row = JobRole.objects.get()
    made = shown(row.created_at)
    assert response.status_code == 201
    assert list(response.json()["data"].items()) == [
        ("id", str(row.uuid)),
        ("slug", "shift-leader"),
        ("title", "Shift leader"),
        ("status", "active"),
        ("qualification_ids", asked),
        ("created_at", made),
        ("updated_at", made),
    ]
    ((action, before, after),) = told("jobrole")
    assert (action, before, after["qualification_ids"]) == ("created", None, asked)
    assert admin.get(ROLES).json()["data"] == [response.json()["data"]]


@pytest.mark.parametrize(("body", "expected"), BAD)
def test_bad_input_is_told_all_at_once(
    admin: Caller, body: Any, expected: list[tuple[str, str]]
) -> None:
    assert faults(admin.post(ROLES, body)) == expected
    assert JobRole.objects.count() == 0


def test_qualifications_are_replaced_when_they_are_sent(
    admin: Caller, acme: Tenant, globex: Tenant, kind: CertificationType
) -> None:
    first, second = (qualification(acme, requirement(kind), title=title) for title in "AB")
    foreign = qualification(globex, requirement(certification_type(globex, slug="g")))
    role = job_role(acme, first)
    path = f"{ROLES}/{role.uuid}"

    assert admin.patch(path, {"title": "Head"}).json()["data"]["qualification_ids"] == [
        str(first.uuid)
    ]
    refused = admin.patch(path, {"qualification_ids": [str(second.uuid), str(foreign.uuid)]})
    assert faults(refused) == [("/qualification_ids/1", "unknown_qualification")]
    both = [str(second.uuid), str(first.uuid)]
    assert (
        admin.patch(path, {"qualification_ids": both}).json()["data"]["qualification_ids"] == both
    )
    assert admin.patch(path, {"qualification_ids": []}).json()["data"]["qualification_ids"] == []
    assert JobRoleQualification.objects.count() == 0
    assert told("jobrole")[1:] == [
        ("changed", {"title": "Leader"}, {"title": "Head"}),
        ("changed", {"qualification_ids": [str(first.uuid)]}, {"qualification_ids": both}),
        ("changed", {"qualification_ids": both}, {"qualification_ids": []}),
    ]


def test_a_slug_is_one_tenants_own(admin: Caller, acme: Tenant) -> None:
    other = job_role(acme, title="Other")
    assert admin.post(ROLES, {"title": "Leader"}).status_code == 201

    assert_problem(admin.post(ROLES, {"title": "Leader!"}), 409, "conflict")
    assert_problem(admin.patch(f"{ROLES}/{other.pk}", {"slug": "leader"}), 409, "conflict")


def test_a_member_is_given_a_job_role(admin: Caller, member: Caller, acme: Tenant) -> None:
    role = job_role(acme)

    response = admin.put(path_of(member, role), {})

    row = JobRoleAssignment.objects.get()
    made = shown(row.created_at)
    assert response.status_code == 200
    assert list(response.json()["data"].items()) == [
        ("organization_member_id", str(membership(member).uuid)),
        ("job_role_id", str(role.uuid)),
        ("is_primary", False),
        ("assigned_at", shown(row.assigned_at)),
        ("created_at", made),
        ("updated_at", made),
    ]
    again = admin.put(path_of(member, role), {"is_primary": None})
    assert again.json() == response.json()
    assert [action for action, *_ in told("jobroleassignment")] == ["created"]


def test_a_new_primary_takes_the_place_of_the_old_one(
    admin: Caller, member: Caller, colleague: Caller, acme: Tenant
) -> None:
    first, second = job_role(acme, title="A"), job_role(acme, title="B")
    others = assign(membership(colleague), first, is_primary=True)
    admin.put(path_of(member, first), {"is_primary": True})

    response = admin.put(path_of(member, second), {"is_primary": True})

    assert response.json()["data"]["is_primary"] is True
    rows = JobRoleAssignment.objects.filter(membership=membership(member))
    assert set(rows.values_list("job_role", "is_primary")) == {(first.pk, False), (second.pk, True)}
    others.refresh_from_db()
    assert others.is_primary
    assert told("jobroleassignment")[2] == ("changed", {"is_primary": True}, {"is_primary": False})
    assert (
        admin.put(path_of(member, second), {"is_primary": False}).json()["data"]["is_primary"]
        is False
    )


def test_a_job_role_is_taken_away_once(admin: Caller, member: Caller, acme: Tenant) -> None:
    role = job_role(acme)
    assign(membership(member), role)
    path = f"{MEMBERS}/{membership(member).pk}/job-roles/{role.pk}"

    assert admin.delete(path).status_code == 204
    assert_problem(admin.delete(path), 404, "not-found")
    assert JobRoleAssignment.objects.count() == 0
    assert [action for action, *_ in told("jobroleassignment")] == ["created", "deleted"]


def test_an_archived_job_role_is_given_to_nobody_anew(
    admin: Caller, member: Caller, colleague: Caller, acme: Tenant
) -> None:
    role = job_role(acme)
    assign(membership(colleague), role)
    JobRole.objects.filter(pk=role.pk).update(status="archived")

    assert_problem(admin.put(path_of(member, role), {}), 409, "conflict")
    assert admin.put(path_of(colleague, role), {"is_primary": True}).status_code == 200
    assert JobRoleAssignment.objects.count() == 1


def test_members_and_job_roles_of_others_are_not_there(
    admin: Caller, member: Caller, outsider: Caller, acme: Tenant, globex: Tenant
) -> None:
    own, foreign = job_role(acme), job_role(globex)
    stranger = path_of(outsider, own)

    for path in (path_of(member, foreign), stranger, f"{MEMBERS}/x/job-roles/{own.pk}"):
        assert_problem(admin.put(path, {}), 404, "not-found")
        assert_problem(admin.delete(path), 404, "not-found")
    assert JobRoleAssignment.objects.count() == 0


def test_bad_bodies_are_400(admin: Caller, member: Caller, acme: Tenant) -> None:
    path = path_of(member, job_role(acme))

    assert faults(admin.put(path, {"is_primary": "yes"})) == [("/is_primary", "invalid")]
    assert faults(admin.put(path, [])) == [("", "invalid")]
    assert JobRoleAssignment.objects.count() == 0


def test_a_condition_holds_for_what_is_there(admin: Caller, member: Caller, acme: Tenant) -> None:
    path, unmet = path_of(member, job_role(acme)), {"If-Match": '"x"'}

    assert_problem(admin.put(path, {}, headers=unmet), 412, "precondition-failed")
    admin.put(path, {})
    for method in ("put", "delete"):
        assert_problem(admin.request(method, path, {}, headers=unmet), 412, "precondition-failed")
    assert JobRoleAssignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_20_at_once_leave_one_primary_and_one_row_of_each() -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        admin = sign_in(make_member(acme, "admin", Role.ADMIN))
        somebody = make_member(acme, "somebody")
        roles = [job_role(acme, title=f"R{number}") for number in range(4)]

    def act(index: int) -> int:
        path = f"{MEMBERS}/{somebody.uuid}/job-roles/{roles[index % 4].uuid}"
        return int(admin.put(path, {"is_primary": True}).status_code)

    assert together(20, act) == [200] * 20
    with walls.platform_work():
        found = JobRoleAssignment.objects.values_list("is_primary", flat=True)
        assert sorted(found) == [False, False, False, True]
