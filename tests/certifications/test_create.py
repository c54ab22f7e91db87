"""POST /certifications and /organizations/{id}/certifications: recording and upserting."""

import uuid
from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import ORGANIZATION, OWN, PAIR, actions, membership
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification, certification_type


def test_nothing_is_required(member: Caller) -> None:
    response = member.post(OWN, {})

    assert response.status_code == 201
    row = Certification.objects.get()
    assert row.membership_id == membership(member).pk
    found = response.json()["data"]
    assert (found["source"], found["lifecycle_status"]) == ("manual", "active")
    assert (found["verification_status"], found["validity_status"]) == ("unverified", "valid")
    absent = {name for name, value in found.items() if value is None}
    assert absent == {
        *("external_id", "external_source", "certification_type_id", "certification_type"),
        *("issued_on", "expires_on", "issuer_name", "serial_number"),
        *("verification_method", "last_verified_at"),
    }
    assert actions() == ["created"]


def test_null_is_the_same_as_nothing(member: Caller) -> None:
    first = member.post(OWN, {**PAIR, "serial_number": "1", "source": "api"}).json()["data"]
    nulls = dict.fromkeys(
        (
            *("organization_member_id", "certification_type_id", "source", "issued_on"),
            *("expires_on", "issuer_name", "serial_number"),
        )
    )

    again = member.post(OWN, {**PAIR, **nulls})

    assert (again.status_code, again.json()["data"]) == (200, first)
    assert member.post(OWN, nulls).status_code == 201


def test_the_pair_updates_its_record_with_200(member: Caller) -> None:
    first = member.post(OWN, {**PAIR, "serial_number": "1", "issuer_name": "Red Cross"})

    again = member.post(OWN, {**PAIR, "serial_number": "2"})

    assert (first.status_code, again.status_code) == (201, 200)
    found = again.json()["data"]
    assert found["id"] == first.json()["data"]["id"]
    assert (found["serial_number"], found["issuer_name"]) == ("2", "Red Cross")
    assert actions() == ["created", "changed"]


def test_the_same_again_changes_nothing(member: Caller) -> None:
    first = member.post(OWN, PAIR)

    again = member.post(OWN, PAIR)

    assert (again.status_code, again.content) == (200, first.content)
    assert actions() == ["created"]


def test_the_pair_brings_an_archived_record_back(member: Caller) -> None:
    first = member.post(OWN, PAIR).json()["data"]
    member.delete(f"{OWN}/{first['id']}")

    again = member.post(OWN, PAIR)

    assert (again.status_code, again.json()["data"]["id"]) == (200, first["id"])
    assert again.json()["data"]["lifecycle_status"] == "active"


@pytest.mark.parametrize("half", [{"external_source": "hr"}, {"external_id": "17"}])
def test_half_a_pair_is_stored_and_identifies_nothing(member: Caller, half: Any) -> None:
    answers = [member.post(OWN, half) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Certification.objects.filter(**half).count() == 2


def test_a_key_replays_the_first_answer_and_the_pair_alone_updates(member: Caller) -> None:
    key = {"headers": {"Idempotency-Key": '"k"'}}
    first = member.post(OWN, {**PAIR, "serial_number": "1"}, **key)
    member.post(OWN, {**PAIR, "serial_number": "2"})

    again = member.post("/v1/certifications/", {**PAIR, "serial_number": "1"}, **key)

    # Not done again: the update in between stands.
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Certification.objects.get().serial_number == "2"
    other = member.post(OWN, {**PAIR, "serial_number": "3"}, **key)
    assert_problem(other, 422, "idempotency-key-reused")


def test_one_s_own_membership_may_be_named(member: Caller) -> None:
    mine = str(membership(member).uuid)

    response = member.post(OWN, {"organization_member_id": mine.upper()})

    assert (response.status_code, response.json()["data"]["organization_member_id"]) == (201, mine)


@pytest.mark.parametrize("who", ["colleague", "issuer", "owner"])
def test_another_s_membership_needs_the_organization_route(
    who: str, member: Caller, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    response = caller.post(OWN, {"organization_member_id": str(membership(member).uuid)})

    assert_problem(response, 403, "forbidden")
    assert "/organizations/" in response.json()["detail"]
    assert Certification.objects.count() == 0


def test_an_issuer_records_for_any_member_and_by_default_for_themselves(
    issuer: Caller, member: Caller
) -> None:
    theirs = issuer.post(ORGANIZATION, {"organization_member_id": str(membership(member).uuid)})
    own = issuer.post(ORGANIZATION, {})

    assert (theirs.status_code, own.status_code) == (201, 201)
    assert theirs.json()["data"]["user_id"] == str(member.user.uuid)
    assert own.json()["data"]["user_id"] == str(issuer.user.uuid)


def test_an_invited_person_has_records_and_stays_unnamed_until_they_come(
    issuer: Caller, acme: Tenant, globex: Tenant
) -> None:
    """Whether an account has the address is not the organization's business before."""
    make_member(globex, "nova")
    row = members.invite(acme, "nova@globex.example", Role.MEMBER, by=OPERATOR)

    response = issuer.post(ORGANIZATION, {"organization_member_id": str(row.uuid)})

    assert response.status_code == 201
    assert response.json()["data"]["organization_member_id"] == str(row.uuid)
    assert response.json()["data"]["user_id"] is None


@pytest.mark.parametrize("path", [OWN, ORGANIZATION])
def test_a_foreign_or_unknown_member_is_refused_at_its_pointer(
    path: str, issuer: Caller, outsider: Caller
) -> None:
    for member in (membership(outsider).uuid, uuid.uuid4()):
        response = issuer.post(path, {"organization_member_id": str(member)})

        assert_problem(response, 400, "invalid-input")
        assert faults(response) == [("/organization_member_id", "unknown_member")]
    assert Certification.objects.count() == 0


@pytest.mark.parametrize("path", [OWN, ORGANIZATION])
def test_a_foreign_archived_or_unknown_type_is_refused_at_its_pointer(
    path: str, issuer: Caller, acme: Tenant, globex: Tenant
) -> None:
    foreign = certification_type(globex).uuid
    archived = certification_type(acme, slug="old", status="archived").uuid
    for kind in (foreign, archived, uuid.uuid4()):
        response = issuer.post(path, {"certification_type_id": str(kind)})

        assert faults(response) == [("/certification_type_id", "unknown_type")]
    assert Certification.objects.count() == 0


def test_own_and_standard_types_are_taken(member: Caller, kind: CertificationType) -> None:
    for each in (kind, certification_type(None, slug="standard", title="Standard")):
        found = member.post(OWN, {"certification_type_id": str(each.uuid)}).json()["data"]

        assert found["certification_type_id"] == found["certification_type"]["id"] == str(each.uuid)


@pytest.mark.parametrize(
    "fact",
    [
        {"serial_number": "2"},
        {"issuer_name": "Blue Cross"},
        {"issued_on": "2026-01-02"},
        {"expires_on": "2031-01-01"},
    ],
)
def test_an_upsert_of_another_fact_withdraws_the_verification(
    member: Caller, issuer: Caller, held: Certification, fact: dict[str, str]
) -> None:
    path = f"{OWN}/{held.uuid}/verification"
    assert issuer.post(path, {"status": "verified", "method": "telephone"}).status_code == 200
    assert member.post(OWN, PAIR).json()["data"]["verification_status"] == "verified"

    response = member.post(OWN, {**PAIR, **fact})

    assert response.json()["data"]["verification_status"] == "unverified"
    assert actions() == ["created", "verified", "changed"]


def test_unknown_and_read_only_fields_are_ignored(member: Caller) -> None:
    sent = {
        *("id", "organization_id", "user_id", "verification_status", "lifecycle_status"),
        *("validity_status", "last_verified_at", "certification_type", "other"),
    }

    response = member.post(OWN, dict.fromkeys(sent, "verified"))

    assert response.status_code == 201
    assert response.json()["data"]["verification_status"] == "unverified"


def test_text_is_stored_as_sent(member: Caller) -> None:
    sent = {"issuer_name": " Rotes Kreuz 🩹 \u202e\u05d0\u05d3 ", "serial_number": "e\u0301"}

    found = member.post(OWN, sent).json()["data"]

    assert {name: found[name] for name in sent} == sent


def test_a_record_of_another_member_is_not_the_pair_s(
    member: Caller, colleague: Caller, acme: Tenant
) -> None:
    theirs = certification(acme, colleague.user, **PAIR)
    before = stored(theirs)

    assert member.post(OWN, PAIR).status_code == 201
    assert stored(theirs) == before


def test_a_person_of_two_tenants_records_where_the_token_is_or_the_path_says(
    acme: Tenant, globex: Tenant
) -> None:
    here, there = make_member(acme, "ada"), make_member(globex, "ada", Role.ISSUER)
    caller = sign_in(there)

    by_token = caller.post(OWN, {}).json()["data"]
    by_path = caller.post("/api/v1/organizations/globex/certifications", {}).json()["data"]
    refused = caller.post(OWN, {"organization_member_id": str(here.uuid)})

    assert by_token["organization_id"] == by_path["organization_id"] == str(globex.uuid)
    assert faults(refused) == [("/organization_member_id", "unknown_member")]
