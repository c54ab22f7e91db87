"""Who is qualified: one's own results, an organization's, of any day, page by page."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from credentials.certifications import results
from credentials.models import (
    Certification,
    CertificationType,
    JobRole,
    Qualification,
)
from tenants.models import Membership, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.conftest import membership
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.clock import Clock
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification, certification_type

OWN = "/api/v1/qualification-results"
ALL = "/api/v1/organizations/acme/qualification-results"
LAST = date(2026, 6, 30)


@pytest.fixture
def responder(acme: Tenant, kind: CertificationType) -> Qualification:
    return qualification(acme, requirement(kind))


@pytest.fixture
def role(acme: Tenant, responder: Qualification) -> JobRole:
    return job_role(acme, responder)


def whole(caller: Caller, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = caller.get(path, {**query, **cursor}).json()
        found += page["data"]
        assert page["page"]["has_more"] is (page["page"]["next_cursor"] is not None)
        if not page["page"]["has_more"]:
            return found
        cursor = {"cursor": page["page"]["next_cursor"]}


def test_a_result_names_what_is_missing(
    member: Caller, acme: Tenant, kind: CertificationType, responder: Qualification, role: JobRole
) -> None:
    assign(membership(member), role)

    (found,) = member.get(OWN, {"as_of": "2026-01-01"}).json()["data"]

    evaluated_at = datetime.fromisoformat(found.pop("evaluated_at"))
    assert abs(evaluated_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert list(found.items()) == [
        ("organization_member_id", str(membership(member).uuid)),
        ("qualification_id", str(responder.uuid)),
        (
            "qualification",
            {"id": str(responder.uuid), "slug": "responder", "title": "Responder"},
        ),
        ("status", "not_qualified"),
        ("met_requirement_count", 0),
        ("total_requirement_count", 1),
        ("missing_certification_type_ids", [str(kind.uuid)]),
        (
            "missing_certification_types",
            [{"id": str(kind.uuid), "slug": kind.slug, "title": kind.title, "status": "active"}],
        ),
        ("valid_until", None),
        ("as_of", "2026-01-01"),
    ]


@pytest.mark.parametrize(
    ("day", "status", "until"),
    [
        ("2025-12-31", "not_qualified", None),
        ("2026-01-01", "qualified", "2026-06-30"),
        ("2026-06-30", "qualified", "2026-06-30"),
        ("2026-07-01", "not_qualified", None),
        ("0001-01-01", "not_qualified", None),
        ("9999-12-31", "not_qualified", None),
    ],
)
def test_any_day_can_be_asked_for(
    member: Caller,
    acme: Tenant,
    kind: CertificationType,
    role: JobRole,
    day: str,
    status: str,
    until: str | None,
) -> None:
    assign(membership(member), role)
    days = {"issued_on": date(2026, 1, 1), "expires_on": LAST}
    certification(acme, member.user, type=kind.uuid, **days)

    (found,) = member.get(OWN, {"as_of": day}).json()["data"]

    assert (found["status"], found["valid_until"]) == (status, until)
    assert found["missing_certification_type_ids"] == ([] if until else [str(kind.uuid)])


def test_today_is_that_of_utc(
    member: Caller, acme: Tenant, kind: CertificationType, role: JobRole
) -> None:
    assign(membership(member), role)
    today = datetime.now(UTC).date()
    certification(acme, member.user, type=kind.uuid, expires_on=today)

    (found,) = member.get(OWN).json()["data"]

    assert (found["as_of"], found["status"]) == (today.isoformat(), "qualified")


def test_ones_own_are_ones_own(
    member: Caller, colleague: Caller, issuer: Caller, role: JobRole
) -> None:
    for caller in (member, colleague):
        assign(membership(caller), role)

    assert len(member.get(OWN).json()["data"]) == 1
    assert issuer.get(OWN).json()["data"] == []
    assert len(issuer.get(ALL).json()["data"]) == 2
    assert_problem(member.get(ALL), 403, "forbidden")


def test_only_active_roles_qualifications_and_members_count(
    member: Caller, issuer: Caller, acme: Tenant, role: JobRole, responder: Qualification
) -> None:
    assign(membership(member), role)
    somebody = make_member(acme, "somebody")
    assign(somebody, role)
    assert len(issuer.get(ALL).json()["data"]) == 2

    Membership.objects.filter(pk=somebody.pk).update(status="inactive")
    assert len(issuer.get(ALL).json()["data"]) == 1
    for row in (role, responder):
        type(row)._default_manager.filter(pk=row.pk).update(status="archived")
        assert issuer.get(ALL).json()["data"] == []
        type(row)._default_manager.filter(pk=row.pk).update(status="active")


def test_what_was_rejected_counts_for_nothing(
    member: Caller, issuer: Caller, acme: Tenant, kind: CertificationType
) -> None:
    other = certification_type(acme, slug="other")
    asked = qualification(acme, requirement(kind), requirement(other), title="Both")
    assign(membership(member), job_role(acme, asked, title="Of both"))
    held = [certification(acme, member.user, type=each.uuid) for each in (kind, other)]
    assert issuer.get(ALL).json()["data"][0]["status"] == "qualified"

    told = {"status": "rejected", "method": "telephone"}
    assert issuer.post(f"/api/v1/certifications/{held[0].pk}/verification", told).status_code == 200

    (found,) = issuer.get(ALL).json()["data"]
    assert found["status"] == "not_qualified"
    assert found["missing_certification_type_ids"] == [str(kind.uuid)]


@pytest.fixture
def many(acme: Tenant, kind: CertificationType) -> list[tuple[str, str, str]]:
    """Member, qualification and status, as they are listed."""
    asked = [qualification(acme, requirement(kind), title=f"Q{number}") for number in range(3)]
    role, known = job_role(acme, *asked), []
    for number in range(7):
        somebody = make_member(acme, f"m{number}")
        assign(somebody, role)
        if number % 3 == 0:
            certification(acme, somebody.user, type=kind.uuid)
        status = "not_qualified" if number % 3 else "qualified"
        known += [(str(somebody.uuid), str(each.uuid), status) for each in asked]
    return known[::-1]


def brief(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (each["organization_member_id"], each["qualification_id"], each["status"]) for each in found
    ]


def test_pages_are_the_whole_in_parts(
    issuer: Caller, many: list[tuple[str, str, str]], subtests: pytest.Subtests
) -> None:
    for limit in (1, 2, 3, 7, 20, 21, 22, 200):
        with subtests.test(limit=limit):
            assert brief(whole(issuer, ALL, limit=limit)) == many


@pytest.mark.parametrize("status", ["qualified", "not_qualified"])
def test_a_status_narrows_whatever_is_examined_for_a_page(
    issuer: Caller,
    many: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
    status: str,
) -> None:
    for limit, examined in product((1, 4, 9, 50), (1, 2, 5, 20, 21, 2000)):
        with subtests.test(limit=limit, examined=examined):
            monkeypatch.setattr(results, "MOST_EXAMINED", examined)

            found = brief(whole(issuer, ALL, status=status, limit=limit))

            assert found == [each for each in many if each[2] == status]


def test_filters_narrow(issuer: Caller, many: list[tuple[str, str, str]], globex: Tenant) -> None:
    member, asked, _ = many[4]

    def found(**query: Any) -> list[tuple[str, str, str]]:
        return brief(issuer.get(ALL, query).json()["data"])

    assert found(organization_member_id=member) == [each for each in many if each[0] == member]
    assert found(qualification_id=asked) == [each for each in many if each[1] == asked]
    assert found(qualification_id=asked, organization_member_id=member) == [many[4]]
    assert found(qualification_id=str(globex.uuid)) == []
    assert found(organization_member_id=str(globex.uuid)) == []


def test_pages_go_on_while_roles_come_and_go(
    issuer: Caller, acme: Tenant, many: list[tuple[str, str, str]], kind: CertificationType
) -> None:
    page = issuer.get(ALL, {"limit": 5}).json()
    late = qualification(acme, requirement(kind), title="Late")
    assign(make_member(acme, "late"), job_role(acme, late, title="Late"))
    Membership.objects.filter(uuid=many[0][0]).update(status="inactive")

    rest = whole(issuer, ALL, limit=5, cursor=page["page"]["next_cursor"])

    assert brief(page["data"] + rest) == many


def test_pages_after_midnight_judge_the_day_on_which_the_list_was_begun(
    issuer: Caller, many: list[tuple[str, str, str]], clock: Clock
) -> None:
    first = issuer.get(ALL, {"limit": 5}).json()
    day, cursor = first["data"][0]["as_of"], first["page"]["next_cursor"]
    clock.move(timedelta(days=1))
    tomorrow = sign_in(membership(issuer))

    rest = whole(tomorrow, ALL, limit=5, cursor=cursor)

    assert brief(first["data"] + rest) == many
    assert {each["as_of"] for each in rest} == {day}
    assert {each["as_of"] for each in whole(tomorrow, ALL)} != {day}


def test_bad_input_is_told_all_at_once(issuer: Caller, member: Caller) -> None:
    bad = {"limit": 0, "status": "Qualified", "as_of": "2023-02-29", "qualification_id": "1"}
    told = [
        ("/as_of", "out_of_range"),
        ("/limit", "min_value"),
        ("/qualification_id", "invalid"),
        ("/status", "invalid_choice"),
    ]

    assert faults(issuer.get(ALL, bad)) == told
    assert faults(member.get(OWN, bad)) == told
    for day in ("23-12-25", "2023-12-25T00:00:00Z"):
        assert faults(member.get(OWN, {"as_of": day})) == [("/as_of", "invalid")]
    assert faults(issuer.get(ALL, {"organization_member_id": "x"})) == [
        ("/organization_member_id", "invalid")
    ]


def test_a_cursor_is_of_one_list_and_its_filters(
    issuer: Caller, many: list[tuple[str, str, str]]
) -> None:
    cursor = issuer.get(ALL, {"limit": 5}).json()["page"]["next_cursor"]

    for path, query in (
        (OWN, {}),
        (ALL, {"status": "qualified"}),
        (ALL, {"as_of": "2026-01-01"}),
        ("/api/v1/organizations/acme/qualifications", {}),
        ("/api/v1/organizations/acme/expirations", {}),
    ):
        response = issuer.get(path, {"cursor": cursor, **query})
        assert faults(response) == [("/cursor", "invalid")]


def test_another_tenants_records_change_nothing(
    member: Caller, acme: Tenant, globex: Tenant, kind: CertificationType, role: JobRole
) -> None:
    assign(membership(member), role)
    make_member(globex, "member")
    certification(globex, member.user, type=certification_type(globex).uuid)

    assert member.get(OWN).json()["data"][0]["status"] == "not_qualified"
    assert Certification.objects.count() == 1
