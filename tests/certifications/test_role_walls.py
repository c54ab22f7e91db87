"""The walls around qualifications, job roles, members and what comes of them, each alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from credentials.certifications import expiring
from credentials.certifications.member_views import OrganizationMemberView
from credentials.certifications.role_views import AssignmentView, JobRoleView, QualificationView
from credentials.models import CertificationType
from tenants.models import Event, Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import membership
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification

THEIRS = "/api/v1/organizations/globex"
UNKNOWN = "9007199254740991"
# The lists that are empty for whom only another tenant has something.
LISTS = [
    *(f"{THEIRS}/qualifications", f"{THEIRS}/qualification-results"),
    *(f"{THEIRS}/expirations?within_days=366", "/api/v1/qualification-results"),
]


@pytest.fixture
def prying(globex: Tenant) -> Caller:
    """An owner in globex: no role is in the way, only walls."""
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def rows(acme: Tenant, member: Caller, kind: CertificationType) -> dict[str, Model]:
    """Of acme, by their places in paths: a member who is qualified for a little longer."""
    soon = expiring.today() + timedelta(days=7)
    certification(acme, member.user, type=kind.uuid, expires_on=soon)
    asked = qualification(acme, requirement(kind))
    role = job_role(acme, asked)
    assign(membership(member), role)
    return {"qualifications": asked, "job-roles": role, "organization-members": membership(member)}


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    views = (QualificationView, JobRoleView, AssignmentView, OrganizationMemberView)
    walls_down.first(monkeypatch, *views)


def assert_out_of_reach(caller: Caller, rows: dict[str, Any], kind: CertificationType) -> None:
    """Every route answers as for what does not exist, and nothing changes."""
    own, own_role = str(membership(caller).pk), job_role(membership(caller).tenant).uuid
    before = [stored(row) for row in rows.values()], Event.objects.count()
    for place, row in rows.items():
        for name in (row.pk, row.uuid):
            assert_unknown(caller, "get", f"{THEIRS}/{place}/{{}}", name)
            assert_unknown(caller, "patch", f"{THEIRS}/{place}/{{}}", name)
    for method in ("put", "delete"):
        assigning = f"{THEIRS}/organization-members/{{}}/job-roles/{{}}"
        role = str(rows["job-roles"].uuid)
        assert_unknown(caller, method, assigning.format(own, "{}"), role)
        assert_unknown(caller, method, assigning.format("{}", own_role), membership_of(rows))
    for path in LISTS:
        assert caller.get(path).json()["data"] == []
    for place in ("job-roles", "organization-members"):
        (listed,) = caller.get(f"{THEIRS}/{place}").json()["data"]
        assert listed["id"] != str(rows[place].uuid)
    assert_not_named(caller, rows, kind)
    assert ([stored(row) for row in rows.values()], Event.objects.count()) == before


def membership_of(rows: dict[str, Any]) -> str:
    return str(rows["organization-members"].uuid)


def assert_unknown(caller: Caller, method: str, path: str, name: object) -> None:
    body = {} if method == "delete" else {"data": {"external_id": "taken", "title": "Taken"}}
    answer = caller.request(method, path.format(name), **body)

    assert_problem(answer, 404, "not-found")
    assert answer.content == caller.request(method, path.format(UNKNOWN), **body).content


def assert_not_named(caller: Caller, rows: dict[str, Any], kind: CertificationType) -> None:
    asks = {"title": "x", "requirements": [requirement(kind)]}
    refused = caller.post(f"{THEIRS}/qualifications", asks)
    assert faults(refused) == [("/requirements/0/certification_type_ids/0", "unknown_type")]
    needs = {"title": "x", "qualification_ids": [str(rows["qualifications"].uuid)]}
    refused = caller.post(f"{THEIRS}/job-roles", needs)
    assert faults(refused) == [("/qualification_ids/0", "unknown_qualification")]
    for name, value in (
        ("organization_member_id", membership_of(rows)),
        ("qualification_id", str(rows["qualifications"].uuid)),
    ):
        found = caller.get(f"{THEIRS}/qualification-results", {name: value})
        assert found.json()["data"] == []


def test_both_walls_hide_them(
    prying: Caller, rows: dict[str, Model], kind: CertificationType
) -> None:
    assert_out_of_reach(prying, rows, kind)


@pytest.mark.usefixtures("_second_wall_down")
def test_first_wall_alone_hides_them(
    prying: Caller, rows: dict[str, Model], kind: CertificationType
) -> None:
    assert_out_of_reach(prying, rows, kind)


@pytest.mark.usefixtures("_first_wall_down")
def test_second_wall_alone_hides_them(
    prying: Caller, rows: dict[str, Model], kind: CertificationType
) -> None:
    assert_out_of_reach(prying, rows, kind)


def test_their_own_see_them(issuer: Caller, rows: dict[str, Model]) -> None:
    """What the others are not shown is there to be seen."""
    for path in (each.replace("globex", "acme") for each in LISTS if "globex" in each):
        assert len(issuer.get(path).json()["data"]) == 1, path
