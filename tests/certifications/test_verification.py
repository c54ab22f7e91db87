"""POST /certifications/{id}/verification: who says what of whose record, and what is kept."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks

from credentials.certifications.checks import Claim, Verdict
from credentials.models import Certification
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import OWN, actions, membership
from tests.clock import Clock
from tests.conftest import Caller
from tests.factories import certification

HERE = "tests.certifications.test_verification"
BY_PHONE = {"method": "telephone", "note": "Asked for Ms Field"}


class Registry:
    """A check of an operator's own."""

    method = "registry"

    def verify(self, claim: Claim) -> Verdict:
        if claim.serial_number == "broken":
            raise OSError("no route to the registry")
        known = claim.serial_number == "RC-17" and claim.type_title == "First aid"
        status = "VERIFIED" if known else "REJECTED"
        return Verdict(Certification.Verification[status], "By the registry")


class Speechless:
    method = "speechless"


class Namesake(Registry):
    """The same method as another's."""


@pytest.fixture
def path(held: Certification) -> str:
    return f"{OWN}/{held.uuid}/verification"


@pytest.mark.parametrize("status", ["verified", "rejected"])
@pytest.mark.parametrize("who", ["issuer", "admin", "owner", "superuser"])
def test_an_issuer_s_word_is_kept_with_its_method_time_and_note(
    who: str,
    status: str,
    path: str,
    held: Certification,
    clock: Clock,
    request: pytest.FixtureRequest,
) -> None:
    caller: Caller = request.getfixturevalue(who)

    response = caller.post(path, {"status": status, **BY_PHONE})

    assert response.status_code == 200
    found, row = response.json()["data"], stored(held)
    assert (found["verification_status"], found["verification_method"]) == (status, "telephone")
    assert datetime.fromisoformat(found["last_verified_at"]) == row["last_verified_at"]
    assert row["verification_note"] == "Asked for Ms Field"
    event = Event.objects.latest("id")
    assert (event.action, event.object_uuid, event.actor_id) == (status, held.uuid, caller.user.pk)
    after = json.loads(event.content.content)["after"]
    assert (after["verification_method"], after["verification_note"]) == (
        "telephone",
        "Asked for Ms Field",
    )


def test_pending_has_not_been_found_out_and_leaves_the_time(path: str, issuer: Caller) -> None:
    begun = issuer.post(path, {"status": "pending", "method": "letter"}).json()["data"]
    found = issuer.post(path, {"status": "verified", "method": "letter"}).json()["data"]
    doubted = issuer.post(path, {"status": "pending", "method": "complaint"}).json()["data"]

    assert (begun["verification_status"], begun["last_verified_at"]) == ("pending", None)
    assert found["last_verified_at"] is not None
    assert doubted["last_verified_at"] == found["last_verified_at"]
    assert actions() == ["created", "pending", "verified", "pending"]


def test_verified_again_is_later(path: str, issuer: Caller, clock: Clock) -> None:
    sent = {"status": "verified", "method": "telephone"}
    first = issuer.post(path, {**sent, "note": "once"}).json()["data"]
    clock.move(timedelta(seconds=3))

    again = issuer.post(path, {**sent, "note": None}).json()["data"]

    assert again["last_verified_at"] > first["last_verified_at"]
    assert Certification.objects.get().verification_note == ""
    assert actions() == ["created", "verified", "verified"]


@pytest.mark.parametrize("who", ["issuer", "owner", "superuser"])
def test_nobody_verifies_their_own(who: str, acme: Tenant, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)
    row = certification(acme, caller.user)
    before = stored(row)

    for sent in ({"status": "verified", **BY_PHONE}, {"method": "portal"}, {}):
        assert_problem(caller.post(f"{OWN}/{row.uuid}/verification", sent), 403, "forbidden")
    assert stored(row) == before


def test_a_member_does_not_verify(path: str, member: Caller, held: Certification) -> None:
    before = stored(held)

    response = member.post(path, {"status": "verified", **BY_PHONE})

    assert_problem(response, 403, "forbidden")
    assert stored(held) == before


def test_a_stranger_s_record_is_not_there(path: str, outsider: Caller) -> None:
    assert_problem(outsider.post(path, {"status": "verified", **BY_PHONE}), 404, "not-found")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, [("/method", "required")]),
        ({"status": "verified"}, [("/method", "required")]),
        ({"method": "telephone"}, [("/status", "required")]),
        ({"status": "unverified", "method": "x"}, [("/status", "invalid_choice")]),
        ({"status": "Verified", "method": "x"}, [("/status", "invalid_choice")]),
        ({"status": None, "method": "x"}, [("/status", "null")]),
        ({"status": "verified", "method": None}, [("/method", "null")]),
        ({"status": "verified", "method": " "}, [("/method", "blank")]),
        ({"status": "verified", "method": "x" * 256}, [("/method", "max_length")]),
        ({"status": "verified", "method": "x", "note": "x" * 1001}, [("/note", "max_length")]),
        ({"status": "verified", "method": "portal"}, [("/status", "found_by_check")]),
        (
            {"status": 1, "method": 1, "note": 1},
            [("/method", "invalid"), ("/note", "invalid"), ("/status", "invalid_choice")],
        ),
    ],
    ids=str,
)
def test_bad_input(
    path: str,
    issuer: Caller,
    held: Certification,
    sent: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    before = stored(held)

    response = issuer.post(path, sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    if expected == [("/status", "invalid_choice")]:
        assert "pending, verified, rejected" in response.json()["errors"][0]["detail"]
    assert stored(held) == before


def test_without_a_status_the_checks_are_named(path: str, issuer: Caller) -> None:
    response = issuer.post(path, {"method": "telephone"})

    assert "portal" in response.json()["errors"][0]["detail"]


def test_a_key_replays_the_verification(path: str, issuer: Caller) -> None:
    send = {"data": {"status": "verified", **BY_PHONE}, "headers": {"Idempotency-Key": "k"}}
    first, again = issuer.post(path, **send), issuer.post(path, **send)

    assert (again.status_code, again.content) == (200, first.content)
    assert actions() == ["created", "verified"]


@pytest.mark.parametrize(("serial", "status"), [("RC-17", "verified"), ("RC-18", "rejected")])
def test_a_check_of_the_settings_finds_the_status(
    path: str, issuer: Caller, held: Certification, settings: Any, serial: str, status: str
) -> None:
    settings.CERTIFICATION_CHECKS = [f"{HERE}.Registry"]
    Certification.objects.filter(pk=held.pk).update(serial_number=serial)

    found = issuer.post(path, {"method": "registry"}).json()["data"]

    assert (found["verification_status"], found["verification_method"]) == (status, "registry")
    assert Certification.objects.get().verification_note == "By the registry"
    # No longer a check, it is a word like any other.
    sent = {"method": "portal", "status": "verified"}
    assert issuer.post(path, sent).status_code == 200


def test_a_check_that_fails_finds_nothing(
    path: str, issuer: Caller, held: Certification, settings: Any
) -> None:
    settings.CERTIFICATION_CHECKS = [f"{HERE}.Registry"]
    Certification.objects.filter(pk=held.pk).update(serial_number="broken")
    before = stored(held)

    response = issuer.post(path, {"method": "registry"})

    assert_problem(response, 503, "unavailable")
    assert b"no route" not in response.content
    assert stored(held) == before
    assert actions() == ["created"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Registry"], []),
        (["Missing"], ["credentials.E010"]),
        (["Speechless"], ["credentials.E010"]),
        (["Registry", "Namesake"], ["credentials.E011"]),
    ],
)
def test_a_wrong_setting_stops_the_portal(
    settings: Any, names: list[str], found: list[str]
) -> None:
    settings.CERTIFICATION_CHECKS = [f"{HERE}.{name}" for name in names]

    assert [str(each.id) for each in run_checks() if "E01" in str(each.id)] == found


def test_it_is_of_the_caller_s_tenant_alone(
    issuer: Caller, path: str, held: Certification, outsider: Caller, globex: Tenant
) -> None:
    theirs = certification(globex, outsider.user)
    before = stored(theirs)

    response = issuer.post(f"{OWN}/{theirs.uuid}/verification", {"status": "verified", **BY_PHONE})

    assert_problem(response, 404, "not-found")
    assert stored(theirs) == before
    assert membership(outsider).tenant_id == globex.pk
