"""POST …/signals/: a course or program was completed, and what waits for that is issued."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import definition
from tests.organization_credentials.conftest import SIGNALS

PASSED: dict[str, Any] = {"signal": "COURSE_PASSED", "course": "c+1", "username": "member"}


@pytest.fixture
def passed(acme: Tenant) -> CredentialDefinition:
    return definition(acme, issuing_signal="COURSE_PASSED", courses=["c+1"], programs=["p"])


def send(caller: Caller, **change: Any) -> Any:
    body = PASSED | change
    response = caller.post(SIGNALS, {name: body[name] for name in body if body[name] != "(absent)"})
    assert response.status_code == 200, response.content
    answer = response.json()
    assert list(answer) == ["issued", "skipped"]
    return answer


def test_every_definition_that_matches_is_issued(
    issuer: Caller, member: Caller, acme: Tenant, globex: Tenant, passed: CredentialDefinition
) -> None:
    also = definition(
        acme, issuing_signal="COURSE_PASSED", courses=["other", "c+1"], is_public=False
    )
    now, day = timezone.now(), timedelta(days=1)
    for other in (
        {"issuing_signal": "COURSE_COMPLETED"},
        {"issuing_signal": ""},
        {"courses": ["C+1"]},
        {"courses": ["c+1 "]},
        {"courses": [], "programs": ["c+1"]},
        {"revoked": True},
        {"issued_on": now + day},
        {"expires_at": now - day},
        {"deleted_at": now},
    ):
        definition(acme, **({"issuing_signal": "COURSE_PASSED", "courses": ["c+1"]} | other))
    definition(globex, issuing_signal="COURSE_PASSED", courses=["c+1"])

    answer = send(issuer)

    assert {each["credential"] for each in answer["issued"]} == {str(passed.uuid), str(also.uuid)}
    assert {each["recipient"]["username"] for each in answer["issued"]} == {"member"}
    assert answer["skipped"] == []
    assert Assertion.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"course": "(absent)", "program": "p"}, {"course": None, "program": "p"}, {"program": None}],
)
def test_course_or_program_is_named(
    issuer: Caller, passed: CredentialDefinition, change: dict[str, Any]
) -> None:
    assert [each["credential"] for each in send(issuer, **change)["issued"]] == [str(passed.uuid)]


@pytest.mark.parametrize("change", [{"course": "p"}, {"course": "x" * 255}, {"course": "'; --"}])
def test_signal_that_matches_nothing_issues_nothing(
    issuer: Caller, passed: CredentialDefinition, change: dict[str, Any]
) -> None:
    events = Event.objects.count()

    assert send(issuer, **change) == {"issued": [], "skipped": []}

    assert (Assertion.objects.count(), Event.objects.count()) == (0, events)


@pytest.mark.parametrize("end", ["live", "revoked"])
def test_signal_that_comes_again_issues_nothing_even_after_a_revocation(
    issuer: Caller, member: Caller, passed: CredentialDefinition, end: str
) -> None:
    send(issuer)
    if end == "revoked":
        lifecycle.move(Assertion.objects.get(), "revoked", by=OPERATOR, reason="Mistaken")
    events = Event.objects.count()

    answer = send(issuer, username="Member@acme.example")

    assert answer == {
        "issued": [],
        "skipped": [
            {
                "credential": str(passed.uuid),
                "identity": "Member@acme.example",
                "code": "already_issued",
                "detail": answer["skipped"][0]["detail"],
            }
        ],
    }
    assert (Assertion.objects.count(), Event.objects.count()) == (1, events)


def test_recipient_may_be_nobody_yet(issuer: Caller, passed: CredentialDefinition) -> None:
    (record,) = send(issuer, username="ada@school.example")["issued"]

    assert record["recipient"] == {
        "identity": "ada@school.example",
        "username": None,
        "name": "",
    }


def test_more_than_a_thousand_definitions_may_match(issuer: Caller, acme: Tenant) -> None:
    first = definition(acme, issuing_signal="COURSE_PASSED", courses=["c+1"])
    CredentialDefinition.objects.bulk_create(
        CredentialDefinition(
            tenant_id=acme.pk,
            issuer_id=first.issuer_id,
            name=f"{n}",
            issuing_signal="COURSE_PASSED",
            courses=["c+1"],
        )
        for n in range(1000)
    )

    assert len(send(issuer)["issued"]) == 1001
    assert len(send(issuer)["skipped"]) == 1001


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {},
            [
                *(("/course", "one_of"), ("/program", "one_of")),
                *(("/signal", "required"), ("/username", "required")),
            ],
        ),
        (PASSED | {"program": "p"}, [("/course", "one_of"), ("/program", "one_of")]),
        (PASSED | {"course": None}, [("/course", "one_of"), ("/program", "one_of")]),
        (PASSED | {"course": "", "program": "p"}, [("/course", "blank"), ("/program", "one_of")]),
        (PASSED | {"course": "x" * 256}, [("/course", "max_length")]),
        (PASSED | {"course": ["c"]}, [("/course", "invalid")]),
        (PASSED | {"course": "a\0"}, [("/course", "null_characters_not_allowed")]),
        *(
            (PASSED | {"signal": signal}, [("/signal", code)])
            for signal, code in (
                *(("COURSE_FAILED", "invalid_choice"), ("course_passed", "invalid_choice")),
                *((7, "invalid_choice"), (["COURSE_PASSED"], "invalid_choice"), (None, "null")),
                ("", "invalid_choice"),
            )
        ),
        (PASSED | {"username": ""}, [("/username", "blank")]),
        (PASSED | {"username": 5}, [("/username", "invalid")]),
        (PASSED | {"username": "x" * 256}, [("/username", "max_length")]),
        ([PASSED], [("", "invalid")]),
    ],
)
def test_every_fault_is_told_at_once_and_nothing_is_issued(
    issuer: Caller,
    passed: CredentialDefinition,
    body: Any,
    expected: list[tuple[str, str]],
) -> None:
    response = issuer.post(SIGNALS, body)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    told = [
        each["detail"] for each in response.json()["errors"] if each["code"] == "invalid_choice"
    ]
    assert all("COURSE_COMPLETED, COURSE_PASSED" in each for each in told)
    assert not Assertion.objects.exists()


def test_member_sends_none(member: Caller, passed: CredentialDefinition) -> None:
    assert_problem(member.post(SIGNALS, PASSED), 403, "forbidden")

    assert not Assertion.objects.exists()
