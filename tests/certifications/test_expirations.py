"""What lapses next, and whom it disqualifies: as a list, and as a command."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.models import Certification, CertificationType, Qualification
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.conftest import membership
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller, make_member, with_key
from tests.factories import certification, certification_type

PATH = "/api/v1/organizations/acme/expirations"


def in_days(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


@pytest.fixture
def other(acme: Tenant) -> CertificationType:
    return certification_type(acme, slug="other", title="Other")


@pytest.fixture
def responder(acme: Tenant, member: Caller, kind: CertificationType, other: Any) -> Qualification:
    """Both types, which the member is asked for."""
    found = qualification(acme, requirement(kind, other, minimum=2))
    assign(membership(member), job_role(acme, found))
    return found


def listed(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(PATH, query).json()["data"]
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["certification_id"] for each in found]


def test_what_ends_soon_is_listed_with_what_ends_by_it(
    issuer: Caller,
    member: Caller,
    acme: Tenant,
    kind: CertificationType,
    other: CertificationType,
    responder: Qualification,
) -> None:
    first = certification(
        acme, member.user, type=kind.uuid, expires_on=in_days(5), serial_number="1"
    )
    later = certification(acme, member.user, type=other.uuid, expires_on=in_days(9))

    found = listed(issuer)

    assert ids(found) == [str(first.uuid), str(later.uuid)]
    assert list(found[0].items()) == [
        ("certification_id", str(first.uuid)),
        ("organization_member_id", str(membership(member).uuid)),
        (
            "certification_type",
            {"id": str(kind.uuid), "slug": kind.slug, "title": kind.title},
        ),
        ("issuer_name", None),
        ("serial_number", "1"),
        ("expires_on", in_days(5).isoformat()),
        (
            "disqualifies",
            [
                {
                    "qualification_id": str(responder.uuid),
                    "slug": "responder",
                    "title": "Responder",
                    "valid_until": in_days(5).isoformat(),
                }
            ],
        ),
    ]
    # It is lost already by then.
    assert found[1]["disqualifies"] == []


def test_what_is_renewed_in_time_disqualifies_nobody(
    issuer: Caller, member: Caller, acme: Tenant, kind: Any, other: Any, responder: Any
) -> None:
    certification(acme, member.user, type=kind.uuid, expires_on=in_days(5))
    certification(acme, member.user, type=other.uuid)
    certification(acme, member.user, type=kind.uuid, issued_on=in_days(6))

    (found,) = listed(issuer)

    assert found["disqualifies"] == []


def test_of_what_ends_on_one_day_only_what_is_missed_disqualifies(
    issuer: Caller, member: Caller, acme: Tenant, kind: Any, other: Any, responder: Any
) -> None:
    """The first type goes on by another record."""
    certification(acme, member.user, type=kind.uuid, expires_on=in_days(5))
    certification(acme, member.user, type=kind.uuid, expires_on=in_days(50))
    ending = certification(acme, member.user, type=other.uuid, expires_on=in_days(5))

    found = listed(issuer)

    assert len(found) == 2
    assert [each["certification_id"] for each in found if each["disqualifies"]] == [
        str(ending.uuid)
    ]


def test_the_window_has_both_its_ends(issuer: Caller, member: Caller, acme: Tenant) -> None:
    rows = [certification(acme, member.user, expires_on=in_days(n)) for n in (-1, 0, 7, 8, 366)]
    certification(acme, member.user)

    assert ids(listed(issuer, within_days=7)) == [str(row.uuid) for row in rows[1:3]]
    assert ids(listed(issuer)) == [str(row.uuid) for row in rows[1:4]]
    assert ids(listed(issuer, within_days=366)) == [str(row.uuid) for row in rows[1:]]
    assert listed(issuer)[0]["certification_type"] is None


def test_what_is_archived_rejected_or_of_who_has_left_is_not_listed(
    issuer: Caller, member: Caller, acme: Tenant, globex: Tenant
) -> None:
    archived = certification(acme, member.user, expires_on=in_days(1))
    changing.archive(archived, by=OPERATOR)
    rejected = certification(acme, member.user, expires_on=in_days(1))
    Certification.objects.filter(pk=rejected.pk).update(verification_status="rejected")
    left, foreign = make_member(acme, "left"), make_member(globex, "foreign")
    certification(acme, left.user, expires_on=in_days(1))
    certification(globex, foreign.user, expires_on=in_days(1))
    Membership.objects.filter(pk=left.pk).update(status="inactive")

    assert listed(issuer) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_pages_are_the_whole_in_parts(
    issuer: Caller, member: Caller, acme: Tenant, limit: int
) -> None:
    rows = [certification(acme, member.user, expires_on=in_days(n)) for n in (3, 1, 3, 2, 3, 1)]
    expected = sorted(rows, key=lambda row: (row.expires_on, row.pk))
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = issuer.get(PATH, {"limit": limit, **cursor}).json()
        found += ids(page["data"])
        if not page["page"]["has_more"]:
            break
        cursor = {"cursor": page["page"]["next_cursor"]}

    assert found == [str(row.uuid) for row in expected]
    if cursor:
        response = issuer.get(PATH, {"within_days": 7, **cursor})
        assert faults(response) == [("/cursor", "invalid")]


@pytest.mark.parametrize("days", ["0", "367", "-1", "x", "1.5", "\u0661"])
def test_other_windows_are_400(issuer: Caller, days: str) -> None:
    response = issuer.get(PATH, {"within_days": days})

    assert response.status_code == 400
    assert [pointer for pointer, _ in faults(response)] == ["/within_days"]


def test_members_read_none(member: Caller, acme: Tenant) -> None:
    assert_problem(member.get(PATH), 403, "forbidden")


def test_whom_it_disqualifies_needs_the_other_scope(
    member: Caller, acme: Tenant, kind: Any, other: Any, responder: Any
) -> None:
    for each in (kind, other):
        certification(acme, member.user, type=each.uuid, expires_on=in_days(5))
    keeper = make_member(acme, "keeper", Role.ISSUER)
    records = "certification_records:read"

    alone = with_key(keeper, records, name="alone").get(PATH).json()["data"]
    both = with_key(keeper, records, "qualifications:read", name="both").get(PATH).json()["data"]

    assert [each["disqualifies"] for each in alone] == [None, None]
    assert [len(each["disqualifies"]) for each in both] == [1, 1]


def test_the_command_tells_all_tenants_or_one(
    member: Caller, acme: Tenant, globex: Tenant, kind: Any, other: Any, responder: Any
) -> None:
    for each in (kind, other):
        certification(acme, member.user, type=each.uuid, expires_on=in_days(5))
    invited = members.invite(globex, "nova@mail.example", Role.MEMBER, by=OPERATOR)
    Certification.objects.create(tenant=globex, membership=invited, expires_on=in_days(20))

    found = answer("expirations", "--within", "10")
    assert (found["within_days"], found["as_of"]) == (10, in_days(0).isoformat())
    assert [
        (each["tenant"], each["display_name"], each["email"], len(each["disqualifies"]))
        for each in found["expirations"]
    ] == [("acme", "member", "member@acme.example", 1)] * 2
    theirs = answer("expirations", "--tenant", "globex")["expirations"]
    assert [(each["email"], each["disqualifies"]) for each in theirs] == [("nova@mail.example", [])]
    printed = call("expirations", "--tenant", "acme")
    assert printed.startswith("2 certifications end within 30 days")
    assert "member: First aid; ends Responder" in printed


def test_the_command_goes_through_all_pages(
    member: Caller, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credentials.certifications.expiring.PAGE_ROWS", 2)
    rows = [certification(acme, member.user, expires_on=in_days(n)) for n in (3, 1, 3, 2, 3)]

    found = answer("expirations", "--tenant", "acme")["expirations"]

    assert sorted(ids(found)) == sorted(str(row.uuid) for row in rows)


def test_the_command_refuses_what_is_not_there(acme: Tenant) -> None:
    assert refusal("expirations", "--within", "367") == "--within must be 1 to 366."
    assert refusal("expirations", "--tenant", "nowhere")
