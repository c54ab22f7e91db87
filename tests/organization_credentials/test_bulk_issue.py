"""POST …/{entity_id}/assertions/bulk/: up to 1,000 recipients of one definition."""

from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition
from tenants.models import Event
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.organization_credentials.conftest import at


def issue(caller: Caller, of: CredentialDefinition, users: Any, end: str = "bulk/") -> Any:
    return caller.post(at(of.uuid, "assertions", end), {"users": users})


@pytest.mark.parametrize("end", ["bulk", "bulk/"])
def test_all_are_issued_in_their_order(
    issuer: Caller, member: Caller, welder: CredentialDefinition, end: str
) -> None:
    response = issue(issuer, welder, ["zoe", "member", "ada@school.example"], end)

    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["issued", "skipped"]
    assert [each["recipient"] for each in answer["issued"]] == [
        {"identity": "zoe", "username": None, "name": ""},
        {"identity": "member", "username": "member", "name": ""},
        {"identity": "ada@school.example", "username": None, "name": ""},
    ]
    assert answer["skipped"] == []
    (mine,) = [each for each in answer["issued"] if each["recipient"]["username"]]
    assert member.get(at("assertions", mine["entity_id"])).json()["result"] == mine


def test_who_holds_it_already_and_who_is_named_again_is_skipped(
    issuer: Caller, welder: CredentialDefinition, held: Assertion
) -> None:
    response = issue(issuer, welder, ["member@acme.example", "ada", "ADA"])

    assert response.status_code == 207
    detail = "The recipient holds a live assertion of this definition."
    assert response.json()["skipped"] == [
        {"identity": identity, "code": "already_issued", "detail": detail}
        for identity in ("member@acme.example", "ADA")
    ]
    assert [each["recipient"]["identity"] for each in response.json()["issued"]] == ["ada"]


def test_thousand_sent_again_are_all_skipped(issuer: Caller, welder: CredentialDefinition) -> None:
    users = [f"person {n}" for n in range(1000)]
    first = issue(issuer, welder, users)
    events = Event.objects.count()

    again = issue(issuer, welder, users)

    assert (first.status_code, again.status_code) == (200, 207)
    assert len(first.json()["issued"]) == len(again.json()["skipped"]) == 1000
    assert again.json()["issued"] == []
    assert {each["code"] for each in again.json()["skipped"]} == {"already_issued"}
    assert (Assertion.objects.count(), Event.objects.count()) == (1000, events)


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (None, [("/users", "null")]),
        ([], [("/users", "empty")]),
        ("ada", [("/users", "not_a_list")]),
        ({"0": "ada"}, [("/users", "not_a_list")]),
        (["a"] * 1001, [("/users", "max_length")]),
        (
            ["ada", "", 5, "x" * 256, None, "a\0", ["ada"]],
            [
                ("/users/1", "blank"),
                ("/users/2", "invalid"),
                ("/users/3", "max_length"),
                ("/users/4", "null"),
                ("/users/5", "null_characters_not_allowed"),
                ("/users/6", "invalid"),
            ],
        ),
    ],
)
def test_one_bad_name_and_nothing_is_issued(
    issuer: Caller, welder: CredentialDefinition, users: Any, expected: list[tuple[str, str]]
) -> None:
    response = issue(issuer, welder, users)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert not Assertion.objects.exists()


def test_member_issues_nothing(member: Caller, welder: CredentialDefinition) -> None:
    assert_problem(issue(member, welder, ["member"]), 403, "forbidden")

    assert not Assertion.objects.exists()
