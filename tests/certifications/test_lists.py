"""GET /certifications and /organizations/{id}/certifications: who sees what, and filters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.models import Certification, CertificationType
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.certifications.conftest import ORGANIZATION, OWN, membership
from tests.conftest import Caller
from tests.factories import certification, certification_type

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [record["id"] for record in response.json()["data"]]


def names(*rows: Certification) -> list[str]:
    return [str(row.uuid) for row in rows]


def test_one_s_own_newest_first(member: Caller, colleague: Caller, acme: Tenant) -> None:
    first, second = certification(acme, member.user), certification(acme, member.user)
    theirs = certification(acme, colleague.user)

    assert ids(member.get(OWN)) == names(second, first)
    assert ids(colleague.get(OWN)) == names(theirs)


def test_an_issuer_s_own_list_is_their_own_and_the_organization_s_is_all(
    member: Caller, issuer: Caller, acme: Tenant, globex: Tenant, outsider: Caller
) -> None:
    theirs, own = certification(acme, member.user), certification(acme, issuer.user)
    certification(globex, outsider.user)

    assert ids(issuer.get(OWN)) == names(own)
    for spelling in ("acme", acme.pk, acme.uuid):
        path = f"/v1/organizations/{spelling}/certifications"
        assert ids(issuer.get(path)) == names(own, theirs)


def test_a_list_item_is_the_record_as_it_is_alone(member: Caller, held: Certification) -> None:
    (item,) = member.get(OWN).json()["data"]

    assert member.get(f"{OWN}/{held.pk}").json() == {"data": item}


def test_an_empty_list(member: Caller) -> None:
    assert member.get(OWN).json() == {
        "data": [],
        "page": {"next_cursor": None, "has_more": False},
    }


@pytest.fixture
def two(member: Caller, acme: Tenant, kind: CertificationType) -> tuple[Certification, ...]:
    """One with everything that filters look at, and one without."""
    full = certification(
        acme,
        member.user,
        type=kind.uuid,
        external_source="hr",
        external_id="17",
        expires_on=date(2030, 1, 1),
    )
    changing.archive(full, by=OPERATOR)
    Certification.objects.filter(pk=full.pk).update(verification_status="pending")
    other = certification_type(acme, slug="other")
    return full, certification(acme, member.user, type=other.uuid, external_id="18")


@pytest.mark.parametrize("path", [OWN, ORGANIZATION])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "both"),
        ({"lifecycle_status": "archived"}, "full"),
        ({"lifecycle_status": "active"}, "bare"),
        ({"verification_status": "pending"}, "full"),
        ({"verification_status": "unverified"}, "bare"),
        ({"verification_status": "verified"}, ""),
        ({"external_source": "hr"}, "full"),
        ({"external_source": "HR"}, ""),
        ({"external_id": "17"}, "full"),
        ({"external_id": "18"}, "bare"),
        ({"external_source": "hr", "external_id": "18"}, ""),
        ({"expires_before": "2030-01-02"}, "full"),
        ({"expires_before": "2030-01-01"}, ""),
        ({"expires_after": "2029-12-31"}, "full"),
        ({"expires_after": "2030-01-01"}, ""),
        ({"expires_after": "2029-12-31", "expires_before": "2030-01-02"}, "full"),
        ({"lifecycle_status": "archived", "external_id": "18"}, ""),
        ({"other": "x", "lifecycle_status": ""}, "both"),
    ],
    ids=str,
)
def test_filters(
    path: str,
    query: dict[str, str],
    found: str,
    two: tuple[Certification, ...],
    member: Caller,
    issuer: Caller,
) -> None:
    full, bare = names(*two)
    expected = {"both": [bare, full], "full": [full], "bare": [bare], "": []}[found]

    assert ids((member if path == OWN else issuer).get(path, query)) == expected


def test_filters_by_type_and_member(
    two: tuple[Certification, ...],
    kind: CertificationType,
    member: Caller,
    issuer: Caller,
    outsider: Caller,
    globex: Tenant,
) -> None:
    full, bare = names(*two)
    foreign = certification_type(globex).uuid
    asked = [
        ({"certification_type_id": kind.uuid}, [full]),
        ({"certification_type_id": foreign}, []),
        ({"organization_member_id": membership(member).uuid}, [bare, full]),
        ({"organization_member_id": membership(issuer).uuid}, []),
        ({"organization_member_id": membership(outsider).uuid}, []),
    ]

    assert [ids(issuer.get(ORGANIZATION, query)) for query, _ in asked] == [
        found for _, found in asked
    ]
    # Somebody else's membership narrows one's own list to nothing.
    assert ids(issuer.get(OWN, {"organization_member_id": membership(member).uuid})) == []


@pytest.mark.parametrize(
    ("issued", "expires", "status"),
    [
        (None, None, "valid"),
        (TODAY - 3 * DAY, None, "valid"),
        (TODAY + 3 * DAY, None, "not_yet_valid"),
        (None, TODAY + 3 * DAY, "valid"),
        (None, TODAY - 3 * DAY, "expired"),
        (TODAY - 3 * DAY, TODAY + 3 * DAY, "valid"),
        (TODAY + 3 * DAY, TODAY + 5 * DAY, "not_yet_valid"),
        (TODAY - 5 * DAY, TODAY - 3 * DAY, "expired"),
    ],
)
def test_validity_is_shown_and_filtered_alike(
    member: Caller, acme: Tenant, issued: date | None, expires: date | None, status: str
) -> None:
    row = certification(acme, member.user, issued_on=issued, expires_on=expires)

    for word in ("valid", "expired", "not_yet_valid"):
        found = member.get(OWN, {"validity_status": word}).json()["data"]
        expected = [(str(row.uuid), status)] if word == status else []
        assert [(each["id"], each["validity_status"]) for each in found] == expected


@pytest.mark.parametrize("who", ["member", "colleague"])
def test_the_organization_s_list_is_not_for_members(
    who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    assert_problem(caller.get(ORGANIZATION), 403, "forbidden")


def test_a_list_is_tagged_and_answers_304(member: Caller, held: Certification) -> None:
    tag = member.get(OWN).headers["ETag"]

    assert member.get(OWN, headers={"If-None-Match": tag}).status_code == 304
    member.delete(f"{OWN}/{held.uuid}")
    assert member.get(OWN, headers={"If-None-Match": tag}).status_code == 200
