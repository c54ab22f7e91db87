"""GET, PATCH and DELETE /certifications/{id}: who reaches it, and what changes."""

from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import OWN, PAIR, actions, membership
from tests.conftest import Caller
from tests.factories import certification, certification_type

FACTS: dict[str, Any] = {
    "external_id": "18",
    "external_source": "payroll",
    "source": "api",
    "issued_on": "2026-01-02",
    "expires_on": "2031-01-01",
    "issuer_name": "Blue Cross",
    "serial_number": "BC-18",
}
VERIFIED = ["issued_on", "expires_on", "issuer_name", "serial_number", "certification_type_id"]
CLEARED = [name for name in (*FACTS, "certification_type_id") if name != "source"]


@pytest.fixture
def path(held: Certification) -> str:
    return f"{OWN}/{held.uuid}"


def verify(issuer: Caller, path: str) -> None:
    sent = {"status": "verified", "method": "telephone"}
    assert issuer.post(f"{path}/verification", sent).status_code == 200


@pytest.mark.parametrize("name", ["pk", "uuid"])
@pytest.mark.parametrize("who", ["member", "issuer", "admin"])
def test_its_subject_and_issuers_read_it_by_either_id(
    who: str, name: str, held: Certification, request: pytest.FixtureRequest
) -> None:
    response = request.getfixturevalue(who).get(f"{OWN}/{getattr(held, name)}")

    assert response.status_code == 200
    assert list(response.json()) == ["data"]
    assert response.json()["data"]["id"] == str(held.uuid)


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_to_others_it_is_as_if_it_were_not_there(
    who: str, method: str, held: Certification, request: pytest.FixtureRequest
) -> None:
    caller, before = request.getfixturevalue(who), stored(held)
    sent = [{"serial_number": "taken"}] if method == "patch" else []

    response = caller.request(method, f"{OWN}/{held.uuid}", *sent)
    nothing = caller.request(method, f"{OWN}/{held.pk + 1}", *sent)

    assert_problem(response, 404, "not-found")
    assert response.content == nothing.content
    assert stored(held) == before


def test_each_fact_changes_alone(member: Caller, path: str) -> None:
    for name, value in FACTS.items():
        before = member.get(path).json()["data"]

        response = member.patch(path, {name: value})

        assert response.status_code == 200
        after = response.json()["data"]
        assert {key for key in after if after[key] != before[key]} == {name, "updated_at"}
        assert after[name] == value
    assert actions() == ["created", *["changed"] * len(FACTS)]


def test_null_takes_away_what_may_be_absent(member: Caller, path: str) -> None:
    found = member.patch(path, dict.fromkeys(CLEARED)).json()["data"]

    assert {found[name] for name in CLEARED} == {None}
    assert found["certification_type"] is None
    refused = member.patch(path, {"source": None})
    assert faults(refused) == [("/source", "null")]


def test_the_type_changes(member: Caller, path: str, acme: Tenant, globex: Tenant) -> None:
    for kind in (certification_type(None), certification_type(acme, slug="other")):
        found = member.patch(path, {"certification_type_id": str(kind.uuid)}).json()["data"]
        assert found["certification_type"]["id"] == str(kind.uuid)
    archived = certification_type(acme, slug="old", status="archived")
    for kind in (certification_type(globex), archived):
        response = member.patch(path, {"certification_type_id": str(kind.uuid)})
        assert faults(response) == [("/certification_type_id", "unknown_type")]


def test_a_type_that_was_archived_stays_where_it_is(
    member: Caller, path: str, kind: CertificationType
) -> None:
    CertificationType.objects.filter(pk=kind.pk).update(status="archived")

    response = member.patch(path, {"certification_type_id": str(kind.uuid), "serial_number": "1"})

    assert response.status_code == 200
    assert response.json()["data"]["certification_type"]["status"] == "archived"


@pytest.mark.parametrize("who", ["member", "issuer"])
@pytest.mark.parametrize("name", VERIFIED)
@pytest.mark.parametrize("cleared", [False, True])
def test_another_value_of_what_was_verified_is_not(
    who: str, name: str, cleared: bool, path: str, acme: Tenant, request: pytest.FixtureRequest
) -> None:
    verify(request.getfixturevalue("issuer"), path)
    kind = certification_type(acme, slug="other")
    value = None if cleared else {**FACTS, "certification_type_id": str(kind.uuid)}[name]

    response = request.getfixturevalue(who).patch(path, {name: value})

    assert response.json()["data"]["verification_status"] == "unverified"
    content = Event.objects.filter(action="changed").latest("id").content.content
    assert '"verification_status":"unverified"' in content
    assert '"verification_status":"verified"' in content


@pytest.mark.parametrize("sent", [{"source": "api"}, {"external_id": "9"}, {}, {"issued_on": None}])
def test_what_says_nothing_new_leaves_the_verification(
    sent: dict[str, Any], path: str, held: Certification, issuer: Caller, member: Caller
) -> None:
    verify(issuer, path)
    same = {"issued_on": "2026-01-01"} if sent == {"issued_on": None} else sent

    response = member.patch(path, same)

    assert response.json()["data"]["verification_status"] == "verified"


def test_the_same_again_writes_nothing(member: Caller, path: str, held: Certification) -> None:
    before = stored(held)
    shown = member.get(path).json()["data"]

    response = member.patch(path, shown)

    assert response.status_code == 200
    assert stored(held) == before
    assert actions() == ["created"]


def test_whose_it_is_does_not_change(
    issuer: Caller, path: str, held: Certification, colleague: Caller
) -> None:
    theirs = str(membership(colleague).uuid)

    response = issuer.patch(path, {"organization_member_id": theirs, "lifecycle_status": "x"})

    assert response.status_code == 200
    assert stored(held)["membership_id"] == held.membership_id


@pytest.mark.parametrize("sent", [{"expires_on": "2025-12-31"}, {"issued_on": "2030-01-02"}])
def test_the_last_day_is_not_before_the_first(
    member: Caller, path: str, held: Certification, sent: dict[str, str]
) -> None:
    before = stored(held)

    response = member.patch(path, sent | {"source": "x"})

    assert faults(response) == [("/expires_on", "before_issued_on"), ("/source", "invalid_choice")]
    assert stored(held) == before


def test_another_record_s_pair_is_409(member: Caller, path: str, acme: Tenant) -> None:
    other = certification(acme, member.user, external_source="hr", external_id="18")
    before = stored(other)

    response = member.patch(f"{OWN}/{other.pk}", PAIR)

    assert_problem(response, 409, "conflict")
    assert "external_source" in response.json()["detail"]
    assert stored(other) == before


def test_if_match_names_the_record_as_it_was_read(
    member: Caller, path: str, held: Certification
) -> None:
    tag = {"If-Match": member.get(path).headers["ETag"]}
    member.patch(path, {"serial_number": "1"}, headers=tag)
    before = stored(held)

    assert_problem(member.patch(path, FACTS, headers=tag), 412, "precondition-failed")
    assert_problem(member.delete(path, headers=tag), 412, "precondition-failed")
    assert before["serial_number"] == "1"
    assert stored(held) == before


@pytest.mark.parametrize("who", ["member", "issuer"])
def test_delete_archives_and_again_changes_nothing(
    who: str, path: str, held: Certification, request: pytest.FixtureRequest
) -> None:
    caller = request.getfixturevalue(who)

    first, after, again = caller.delete(path), stored(held), caller.delete(path)

    assert (first.status_code, first.content, again.status_code) == (204, b"", 204)
    assert after["lifecycle_status"] == "archived"
    assert stored(held) == after
    assert actions() == ["created", "archived"]
    assert caller.get(path).json()["data"]["lifecycle_status"] == "archived"


@pytest.mark.parametrize("method", ["put", "post"])
def test_it_takes_no_other_method(member: Caller, path: str, method: str) -> None:
    response = member.request(method, path, {})

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, PATCH, DELETE"
