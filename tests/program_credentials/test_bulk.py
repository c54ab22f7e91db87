"""POST /user_credentials/bulk/: up to 1,000 awards, each with a result of its own."""

from typing import Any

import pytest

from credentials.models import Course, Program, UserCredential
from tenants.models import Event
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.program_credentials.conftest import body, note, of_course

PATH = "/api/v1/user_credentials/bulk/"


def results(response: Any) -> list[Any]:
    assert response.status_code == 207, response.content
    found: list[Any] = response.json()["results"]
    assert [result["index"] for result in found] == list(range(len(found)))
    return found


@pytest.mark.parametrize("path", [PATH, PATH.removesuffix("/")])
def test_each_item_has_its_result_and_the_right_ones_are_done(
    issuer: Caller, program: Program, course: Course, path: str
) -> None:
    items: list[Any] = [
        body(),
        body(username="", status="x"),
        body(credential={"program_id": 9}),
        body(credential=of_course(course), attributes=[note("a", "b", "c")]),
        5,
        body(status="", attributes=[note("a", "b", "c")]),
        body(status="revoked"),
    ]

    found = results(issuer.post(path, items))

    assert [(each["status"], each.get("change")) for each in found] == [
        *((201, "created"), (400, None), (400, None), (201, "created"), (400, None)),
        *((400, None), (201, "revoked")),
    ]
    refused = {each["index"]: each["errors"] for each in found if each["status"] == 400}
    assert {
        index: sorted((error["pointer"], error["code"]) for error in errors)
        for index, errors in refused.items()
    } == {
        1: [("/1/status", "invalid_choice"), ("/1/username", "blank")],
        2: [("/2/credential", "unknown_certificate")],
        4: [("/4", "invalid")],
        5: [("/5/attributes/0", "not_for_programs"), ("/5/status", "blank")],
    }
    # Named twice, it reads as it is in the end.
    rows = {row.pk: row.status for row in UserCredential.objects.all()}
    assert {each["record"]["id"]: each["record"]["status"] for each in (found[0], found[3])} == rows
    assert list(rows.values()) == ["revoked", "awarded"]


def test_sent_again_it_changes_nothing(issuer: Caller, program: Program) -> None:
    items = [body(username=f"person {n}") for n in range(1000)]
    first = results(issuer.post(PATH, items))
    events = Event.objects.count()

    again = results(issuer.post(PATH, items))

    assert {each["change"] for each in first} == {"created"}
    assert {each["change"] for each in again} == {"unchanged"}
    assert [each["record"] for each in again] == [each["record"] for each in first]
    assert UserCredential.objects.count() == 1000
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("sent", "code"),
    [([], "length"), ([{}] * 1001, "length"), ({}, "not_a_list"), ({"items": []}, "not_a_list")],
)
def test_body_must_be_a_list_of_1_to_1000(issuer: Caller, sent: Any, code: str) -> None:
    response = issuer.post(PATH, sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("", code)]


def test_member_awards_nothing(member: Caller, program: Program) -> None:
    assert_problem(member.post(PATH, [body()]), 403, "forbidden")

    assert UserCredential.objects.count() == 0


def test_bulk_is_the_name_of_no_record(issuer: Caller) -> None:
    for method in ("get", "patch"):
        response = issuer.request(method, PATH)
        assert_problem(response, 405, "method-not-allowed")
        assert response.headers["Allow"] == "POST"
