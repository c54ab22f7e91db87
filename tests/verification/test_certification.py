"""The page of a certification: what its holder recorded, and whether it was verified."""

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.models import Certification
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.factories import certification, certification_type
from tests.verification.conftest import Read, choose
from users.models import User

pytestmark = pytest.mark.usefixtures("today")

NOTE = {"class": "note"}
UNCHECKED = "Recorded by the holder. Acme keeps this record, but neither issued nor checked it."
ENDS = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def address(settings: Any) -> str:
    settings.PUBLIC_URL = "https://credentials.example.org"
    return "https://credentials.example.org/c"


def change(row: Certification, **facts: Any) -> None:
    Certification.objects.filter(pk=row.pk).update(**facts)


def data_of(caller: Caller, row: Certification) -> Any:
    response = caller.get(f"/c/{row.uuid}/data")
    assert response.status_code == 200, response.content
    return response.json()


def assert_not_there(caller: Caller, row: Certification) -> None:
    """As what never was."""
    unknown = "6f9d2c1e-0d6b-4a57-8a0e-000000000000"
    page = caller.get(f"/c/{row.uuid}")
    assert (page.status_code, page.content) == (404, caller.get(f"/c/{unknown}").content)
    assert_problem(caller.get(f"/c/{row.uuid}/data"), 404, "not-found")


def test_page_says_who_recorded_it_who_keeps_it_and_who_is_said_to_have_issued_it(
    read: Read, first_aid: Certification
) -> None:
    page = read(first_aid)

    assert page.title == "First aid · Valid"
    assert page.texts("p", **{"class": "kind"}) == ["Certification"]
    assert page.texts("p", **{"class": "holder"}) == ["Recorded by Ada Lovelace"]
    assert page.status == "Valid Until 28 February 2027"
    assert page.texts("p", **NOTE) == [UNCHECKED]
    assert page.facts == {
        "Kept by": "Acme",
        "Issuer, as recorded": "Red Cross",
        "Issued": "1 March 2024",
        "Valid until": "28 February 2027",
        "Credential ID": str(first_aid.uuid),
    }
    assert [time["datetime"] for time in page.attributes("time")] == ["2024-03-01", "2027-02-28"]
    assert page.metas["og:description"] == (
        "Certification. Kept by Acme. Valid until 28 February 2027."
    )


def test_data_is_what_the_page_shows(
    anonymous: Caller, first_aid: Certification, address: str
) -> None:
    assert data_of(anonymous, first_aid) == {
        "uuid": str(first_aid.uuid),
        "url": f"{address}/{first_aid.uuid}",
        "kind": "Certification",
        "title": "First aid",
        "holder": "Ada Lovelace",
        "issuer": "Red Cross",
        "organization": "Acme",
        "recorded_by": "holder",
        "issued": "2024-03-01T00:00:00Z",
        "valid_from": "2024-03-01T00:00:00Z",
        "expires": "2027-03-01T00:00:00Z",
        "status": "valid",
        "verification": {"status": "unverified", "verified_at": None},
        "revoked": None,
        "revocation_reason": None,
        "description": None,
        "criteria_text": None,
        "criteria_url": None,
        "narrative": None,
        "evidence_url": None,
        "website_url": None,
        "document_url": None,
    }


def test_neither_the_serial_number_nor_anything_about_the_verification_is_told(
    anonymous: Caller, first_aid: Certification
) -> None:
    facts = {"verification_method": "phone call", "verification_note": "asked the registrar"}
    verified_at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    change(first_aid, verification_status="verified", last_verified_at=verified_at, **facts)

    for path in (f"/c/{first_aid.uuid}", f"/c/{first_aid.uuid}/data"):
        text = anonymous.get(path).text
        assert "2026" in text
        assert [word for word in ("RC-17", "phone", "registrar") if word in text] == []


def test_what_an_issuer_verified_is_said_to_be_with_the_day(
    read: Read, anonymous: Caller, issuer: Caller, first_aid: Certification
) -> None:
    path = f"/api/v1/certifications/{first_aid.uuid}"
    issuer.post(f"{path}/verification", {"status": "verified", "method": "phone"})

    page, data = read(first_aid), data_of(anonymous, first_aid)

    assert page.texts("p", **NOTE) == [
        "Recorded by the holder, verified on 22 November 2026."
        " Acme keeps this record and verified it."
    ]
    assert data["verification"] == {"status": "verified", "verified_at": "2026-11-22T12:00:00Z"}
    assert data["recorded_by"] == "holder"

    issuer.patch(path, {"serial_number": "RC-18"})

    # `last_verified_at` stays, and is not of what is there now.
    assert read(first_aid).texts("p", **NOTE) == [UNCHECKED]
    assert data_of(anonymous, first_aid)["verification"] == {
        "status": "unverified",
        "verified_at": None,
    }


def test_what_is_still_looked_into_is_not_verified(
    read: Read, anonymous: Caller, first_aid: Certification
) -> None:
    change(first_aid, verification_status="pending", last_verified_at=ENDS)

    assert read(first_aid).texts("p", **NOTE) == [UNCHECKED]
    assert data_of(anonymous, first_aid)["verification"]["status"] == "unverified"


def test_what_was_found_untrue_has_no_page_until_it_is_found_true(
    anonymous: Caller, issuer: Caller, first_aid: Certification
) -> None:
    path = f"/api/v1/certifications/{first_aid.uuid}/verification"
    issuer.post(path, {"status": "rejected", "method": "phone"})

    assert_not_there(anonymous, first_aid)

    issuer.post(path, {"status": "verified", "method": "letter"})

    assert anonymous.get(f"/c/{first_aid.uuid}").status_code == 200


def test_what_is_archived_has_no_page(
    anonymous: Caller, issuer: Caller, first_aid: Certification
) -> None:
    assert issuer.delete(f"/api/v1/certifications/{first_aid.uuid}").status_code == 204

    assert_not_there(anonymous, first_aid)


@pytest.mark.parametrize("has_account", [True, False])
def test_who_was_invited_has_no_page_before_they_come(
    anonymous: Caller, acme: Tenant, first_aid: Certification, *, has_account: bool
) -> None:
    email = "nova@mail.example"
    if has_account:
        User.objects.create_user("nova", email, email_verified_at=ENDS)
    invited = members.invite(acme, email, Role.MEMBER, by=OPERATOR)
    change(first_aid, membership=invited)

    assert (invited.user_id is not None) == has_account
    assert_not_there(anonymous, first_aid)

    # Withdrawn, it is nobody's.
    members.change(invited, status=Membership.Status.INACTIVE, by=OPERATOR)
    assert_not_there(anonymous, first_aid)


def test_an_inactive_holder_s_page_is_closed_and_a_former_member_s_is_not(
    anonymous: Caller, first_aid: Certification, ada: User
) -> None:
    Membership.objects.filter(user=ada).update(status=Membership.Status.INACTIVE)
    assert anonymous.get(f"/c/{first_aid.uuid}").status_code == 200

    User.objects.filter(pk=ada.pk).update(state=User.State.INACTIVE)

    assert anonymous.get(f"/c/{first_aid.uuid}").status_code == 403
    assert_problem(anonymous.get(f"/c/{first_aid.uuid}/data"), 403, "person-inactive")


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({}, "Certification"),
        ({"issuer_name": "Red Cross"}, "Red Cross"),
        ({"slug": "first-aid"}, "First aid"),
        ({"slug": "first-aid", "issuer_name": "Red Cross"}, "First aid"),
    ],
)
def test_without_a_type_the_issuer_is_the_title_and_without_days_it_holds_for_ever(
    read: Read, anonymous: Caller, acme: Tenant, ada: User, facts: dict[str, str], title: str
) -> None:
    certification_type(None)
    row = certification(acme, ada, **facts)

    page, data = read(row), data_of(anonymous, row)

    assert (page.heading, data["title"]) == (title, title)
    assert page.status == "Valid Without an end date"
    assert {"Issued", "Valid from", "Valid until"} & set(page.facts) == set()
    assert page.facts.get("Issuer, as recorded") == data["issuer"] == facts.get("issuer_name")
    assert (data["issued"], data["valid_from"], data["expires"]) == (None, None, None)
    assert "issueYear" not in page.links["Add to LinkedIn profile"]


def test_the_name_is_shown_as_the_tenant_chose(
    read: Read, anonymous: Caller, acme: Tenant, first_aid: Certification
) -> None:
    choose(acme, public_name="none")

    assert read(first_aid).facts["Holder"] == "Name not shown"
    assert data_of(anonymous, first_aid)["holder"] is None


def test_types_and_issuers_are_text_and_turn_nothing_around(
    read: Read, acme: Tenant, ada: User
) -> None:
    kind = certification_type(acme, slug="x", title="<b>a</b> \u202eb")
    page = read(certification(acme, ada, type=kind.uuid, issuer_name="<i>\u202ered</i>"))

    assert page.heading == "<b>a</b> b"
    assert page.facts["Issuer, as recorded"] == "<i>red</i>"
    assert page.attributes("b") == page.attributes("i") == []


def test_a_certification_does_not_vouch_for_another(
    anonymous: Caller, issuer: Caller, acme: Tenant, ada: User, first_aid: Certification
) -> None:
    named = {"issuer_name": "Red Cross", "serial_number": str(first_aid.uuid)}
    days = {"issued_on": first_aid.issued_on, "expires_on": first_aid.expires_on}
    row = certification(acme, ada, slug="first-aid", **named, **days)

    path = f"/api/v1/certifications/{row.uuid}/verification"
    found = issuer.post(path, {"method": "portal"}).json()["data"]

    assert found["verification_status"] == "pending"
