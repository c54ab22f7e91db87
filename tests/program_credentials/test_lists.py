"""The three lists of awards: whose, of which program, of which course."""

from typing import Any

import pytest

from credentials.models import Course, Program, UserCredential
from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import award
from tests.factories import course as make_course
from tests.factories import program as make_program

PERSONS = "/api/v1/user_credentials/"
PROGRAMS = "/api/v1/program_credentials/"
COURSES = "/api/v1/course_credentials/"


@pytest.fixture
def courses(acme: Tenant, course: Course) -> list[Course]:
    return [course, make_course(acme, certificate_type="verified")]


@pytest.fixture
def awards(
    acme: Tenant, globex: Tenant, member: Caller, program: Program, courses: list[Course]
) -> list[UserCredential]:
    """Two of the member's, two of ada, who is no member; and one that is somebody else's."""
    award("member", make_program(globex))
    return [
        award("member", program),
        award("member", courses[0], status="revoked"),
        award("ada", program, status="revoked"),
        award("ada", courses[1]),
    ]


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    answer = response.json()
    assert list(answer) == ["count", "next", "previous", "results"]
    assert answer["count"] == len(answer["results"])
    return [record["id"] for record in answer["results"]]


def test_issuer_lists_anybodys_awards_newest_first_whatever_the_case(
    issuer: Caller, awards: list[UserCredential]
) -> None:
    mine, revoked, other, others = (row.pk for row in awards)

    assert ids(issuer.get(PERSONS, {"username": "MEMBER"})) == [revoked, mine]
    assert ids(issuer.get(PERSONS, {"username": "Ada"})) == [others, other]
    assert ids(issuer.get(PERSONS, {"username": "member", "status": "REVOKED"})) == [revoked]
    assert ids(issuer.get(PERSONS, {"username": "nobody"})) == []


def test_member_lists_their_own_and_nobody_elses(
    member: Caller, colleague: Caller, awards: list[UserCredential]
) -> None:
    assert ids(member.get(PERSONS, {"username": "Member"})) == [awards[1].pk, awards[0].pk]

    for username in ("member", "ada", "nobody"):
        assert_problem(colleague.get(PERSONS, {"username": username}), 403, "forbidden")


def test_awards_of_a_program(issuer: Caller, awards: list[UserCredential]) -> None:
    assert ids(issuer.get(PROGRAMS, {"program_id": 1})) == [awards[2].pk, awards[0].pk]
    assert ids(issuer.get(PROGRAMS, {"program_id": 1, "status": "awarded"})) == [awards[0].pk]
    assert ids(issuer.get(PROGRAMS, {"program_id": 2})) == []


def test_awards_of_a_course_and_of_one_type_of_its_certificates(
    issuer: Caller, awards: list[UserCredential], course: Course
) -> None:
    asked = {"course_id": course.course_id}

    assert ids(issuer.get(COURSES, asked)) == [awards[3].pk, awards[1].pk]
    assert ids(issuer.get(COURSES, asked | {"certificate_type": "honor"})) == [awards[1].pk]
    assert ids(issuer.get(COURSES, asked | {"status": "awarded"})) == [awards[3].pk]
    assert ids(issuer.get(COURSES, {"course_id": "other"})) == []


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [(PERSONS, "username", "a"), (PROGRAMS, "program_id", "1"), (COURSES, "course_id", "a")],
)
def test_list_needs_its_filter_and_takes_no_nonsense(
    issuer: Caller, path: str, name: str, value: str
) -> None:
    response = issuer.get(path)
    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(f"/{name}", "required")]

    for wrong in ({name: ""}, {"status": "x"}, {"limit": "0"}, {"limit": "501"}, {"offset": "-1"}):
        response = issuer.get(path, {name: value} | wrong)
        assert_problem(response, 400, "invalid-input")
        assert [pointer for pointer, _ in faults(response)] == [f"/{next(iter(wrong))}"]


@pytest.mark.parametrize("value", ["0", "-1", "1.0", "x", "1,2", str(2**63), "٣"])
def test_program_id_must_be_a_positive_number(issuer: Caller, value: str) -> None:
    response = issuer.get(PROGRAMS, {"program_id": value})

    assert_problem(response, 400, "invalid-input")
    assert [pointer for pointer, _ in faults(response)] == ["/program_id"]


@pytest.mark.parametrize("path", [PROGRAMS, COURSES])
def test_only_an_issuer_lists_by_certificate(member: Caller, path: str) -> None:
    asked = {"program_id": 1, "course_id": "x"}

    assert_problem(member.get(path, asked), 403, "forbidden")


def test_pages_link_to_each_other_on_the_host_that_was_asked(
    issuer: Caller, program: Program
) -> None:
    rows = [award(f"person {n}", program) for n in range(5)]
    pages, path = [], f"{PROGRAMS}?program_id=1&status=AWARDED&limit=2"

    while path:
        answer = issuer.get(path, headers={"Host": "localhost"}).json()
        assert answer["count"] == 5
        pages.append((answer["previous"], [record["id"] for record in answer["results"]]))
        path = answer["next"] and answer["next"].removeprefix("http://localhost")

    newest = [row.pk for row in reversed(rows)]
    assert [page for _, page in pages] == [newest[:2], newest[2:4], newest[4:]]
    assert [previous and previous.rpartition("&")[2] for previous, _ in pages] == [
        *(None, "offset=0", "offset=2")
    ]
    assert pages[1][0] == f"http://localhost{PROGRAMS}?program_id=1&status=AWARDED&limit=2&offset=0"


def test_page_has_20_unless_told_and_500_at_most(issuer: Caller, program: Program) -> None:
    for n in range(21):
        award(f"person {n}", program)

    assert len(issuer.get(PROGRAMS, {"program_id": 1}).json()["results"]) == 20
    assert len(ids(issuer.get(PROGRAMS, {"program_id": 1, "limit": 500}))) == 21
    beyond = issuer.get(PROGRAMS, {"program_id": 1, "offset": 2**62}).json()
    assert (beyond["count"], beyond["results"], beyond["next"]) == (21, [], None)
