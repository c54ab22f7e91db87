"""What POST /user_credentials/ refuses, with every fault at once; nothing is stored."""

from typing import Any

import pytest

from credentials.models import Attribute, Course, Program, UserCredential
from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import program as make_program
from tests.program_credentials.conftest import body, note, of_course

PATH = "/api/v1/user_credentials/"
COURSE = {"course_id": "course-v1:Acme+W1+2026", "certificate_type": "honor"}
LONG = "x" * 256

CREDENTIALS: list[tuple[Any, list[tuple[str, str]]]] = [
    (None, [("/credential", "null")]),
    ("1", [("/credential", "invalid")]),
    ([1], [("/credential", "invalid")]),
    ({}, [("/credential", "one_certificate")]),
    ({"other": 1}, [("/credential", "one_certificate")]),
    ({"program_id": 1} | COURSE, [("/credential", "one_certificate")]),
    ({"program_id": 1, "certificate_type": "honor"}, [("/credential", "one_certificate")]),
    ({"course_id": "x"}, [("/credential/certificate_type", "required")]),
    ({"certificate_type": "honor"}, [("/credential/course_id", "required")]),
    (COURSE | {"course_id": ""}, [("/credential/course_id", "blank")]),
    (COURSE | {"course_id": 7}, [("/credential/course_id", "invalid")]),
    (COURSE | {"course_id": LONG}, [("/credential/course_id", "max_length")]),
    (COURSE | {"course_id": "a\0"}, [("/credential/course_id", "null_characters_not_allowed")]),
    (COURSE | {"certificate_type": "Honor"}, [("/credential/certificate_type", "invalid_choice")]),
    (COURSE | {"certificate_type": []}, [("/credential/certificate_type", "invalid_choice")]),
    ({"program_id": None}, [("/credential/program_id", "null")]),
    ({"program_id": "1"}, [("/credential/program_id", "invalid")]),
    ({"program_id": True}, [("/credential/program_id", "invalid")]),
    ({"program_id": 1.0}, [("/credential/program_id", "invalid")]),
    ({"program_id": [1]}, [("/credential/program_id", "invalid")]),
    ({"program_id": 0}, [("/credential/program_id", "min_value")]),
    ({"program_id": -1}, [("/credential/program_id", "min_value")]),
    ({"program_id": 2**31}, [("/credential", "unknown_certificate")]),
    ({"program_id": 2**53}, [("/credential/program_id", "max_value")]),
    ({"program_id": 2**63}, [("/credential/program_id", "max_value")]),
    ({"program_id": 2}, [("/credential", "unknown_certificate")]),
    ({"program_id": 3}, [("/credential", "inactive_certificate")]),
    ({"program_id": 4}, [("/credential", "unknown_certificate")]),
    (COURSE | {"certificate_type": "verified"}, [("/credential", "unknown_certificate")]),
    (COURSE | {"course_id": "COURSE-V1:acme+w1+2026"}, [("/credential", "unknown_certificate")]),
]
STATUSES = [
    *(" awarded", "awarded ", "\tawarded", "award", "issued", "revo\u212aed", "awarded\n"),
    *(1, True, ["awarded"], {"a": 1}),
]
ATTRIBUTES: list[tuple[Any, list[tuple[str, str]]]] = [
    (None, [("/attributes", "null")]),
    ({}, [("/attributes", "not_a_list")]),
    ("x", [("/attributes", "not_a_list")]),
    ([1], [("/attributes/0", "invalid")]),
    ([{}], [(f"/attributes/0/{name}", "required") for name in ("name", "namespace", "value")]),
    ([note(namespace="")], [("/attributes/0/namespace", "blank")]),
    ([note("x", name="  ")], [("/attributes/0/name", "blank")]),
    ([note(value="")], [("/attributes/0/value", "blank")]),
    ([note(value=LONG)], [("/attributes/0/value", "max_length")]),
    ([note() | {"value": 1}], [("/attributes/0/value", "invalid")]),
    ([note() | {"value": None}], [("/attributes/0/value", "null")]),
    ([note(value="a\0b")], [("/attributes/0/value", "null_characters_not_allowed")]),
    ([note("x", "X"), note("x", "X", "2")], [("/attributes/1", "repeated")]),
    ([note("x", "X"), note("X", "x")], [("/attributes/1", "repeated")]),
    (
        [note("grade", "Final Grade", "1"), note("GRADE", "final grade", "1")],
        [("/attributes/1", "repeated")],
    ),
    (
        [note("y", "Y", ""), note("x", "X"), note("x", "X")],
        [("/attributes/0/value", "blank"), ("/attributes/2", "repeated")],
    ),
    ([note(name="White list")], [("/attributes/0/name", "fixed_name")]),
    ([note("grade", "Grade", "0.5")], [("/attributes/0/name", "fixed_name")]),
    (
        [note("Grade", "Grade", "2")],
        [("/attributes/0/name", "fixed_name"), ("/attributes/0/value", "not_a_grade")],
    ),
    ([note("a", f"{n}") for n in range(101)], [("/attributes", "max_length")]),
    ([note("a", f"{n}") for n in range(10_000)], [("/attributes", "max_length")]),
]


@pytest.fixture(autouse=True)
def _catalogue(program: Program, course: Course, acme: Tenant, globex: Tenant) -> None:
    make_program(acme, program_id=3, is_active=False)
    make_program(globex, program_id=4)


def assert_refused(response: Any, expected: list[tuple[str, str]]) -> None:
    assert_problem(response, 400, "invalid-input")
    assert faults(response) == sorted(expected)
    assert UserCredential.objects.count() == Attribute.objects.count() == 0


@pytest.mark.parametrize(("credential", "expected"), CREDENTIALS, ids=lambda value: str(value)[:60])
def test_credential_must_be_one_active_certificate_of_the_tenant(
    issuer: Caller, credential: Any, expected: list[tuple[str, str]]
) -> None:
    assert_refused(issuer.post(PATH, body(credential=credential)), expected)


@pytest.mark.parametrize("status", STATUSES)
def test_status_must_be_a_known_word_and_the_answer_names_them(issuer: Caller, status: Any) -> None:
    response = issuer.post(PATH, body(status=status))

    assert_refused(response, [("/status", "invalid_choice")])
    assert "awarded, revoked" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(("attributes", "expected"), ATTRIBUTES, ids=lambda value: str(value)[:60])
def test_attributes_must_be_right_each_and_together(
    issuer: Caller, course: Course, attributes: Any, expected: list[tuple[str, str]]
) -> None:
    sent = body(credential=of_course(course), attributes=attributes)

    assert_refused(issuer.post(PATH, sent), expected)


@pytest.mark.parametrize(
    ("username", "code"),
    [
        *(("", "blank"), ("  ", "blank"), ("\u00a0", "blank"), (None, "null"), (1, "invalid")),
        *((LONG, "max_length"), ("a\0", "null_characters_not_allowed"), (["ada"], "invalid")),
        # Its form in accounts is 18 times as long.
        ("\ufdfa" * 15, "max_length"),
    ],
)
def test_username_must_be_a_text_that_fits(issuer: Caller, username: Any, code: str) -> None:
    assert_refused(issuer.post(PATH, body(username=username)), [("/username", code)])


@pytest.mark.parametrize(
    "value",
    ["1.01", "-0", "2", "85", "0,85", "1e-1", "NaN", "0.", "\u0660.\u0665", " 0.5", "1.1", "+1"],
)
def test_grade_is_a_number_from_0_to_1(issuer: Caller, course: Course, value: str) -> None:
    sent = body(credential=of_course(course), attributes=[note("grade", "Final Grade", value)])

    assert_refused(issuer.post(PATH, sent), [("/attributes/0/value", "not_a_grade")])


@pytest.mark.parametrize("value", ["0", "1", "0.0", "1.00", "0.85", ".5"])
def test_grades_that_are_taken(issuer: Caller, course: Course, value: str) -> None:
    sent = body(credential=of_course(course), attributes=[note("grade", "Final Grade", value)])

    assert issuer.post(PATH, sent).status_code == 201


@pytest.mark.parametrize("sent", [[], [1], "x", 1, None, True])
def test_body_must_be_an_object(issuer: Caller, sent: Any) -> None:
    response = issuer.post(PATH, "null" if sent is None else sent)

    assert response.status_code == 400
    assert UserCredential.objects.count() == 0


def test_all_faults_come_at_once(issuer: Caller) -> None:
    """The form of each field and the tenant's own rules."""
    sent = {
        "status": "x",
        "credential": {"program_id": 3},
        "attributes": [note(), note("grade", "Final Grade", "0.5"), note("x", "X", "")],
    }

    assert_refused(
        issuer.post(PATH, sent),
        [
            ("/attributes/1", "not_for_programs"),
            ("/attributes/2/value", "blank"),
            ("/credential", "inactive_certificate"),
            ("/status", "invalid_choice"),
            ("/username", "required"),
        ],
    )
    assert_refused(
        issuer.post(PATH, {}),
        [(f"/{name}", "required") for name in ("credential", "status", "username")],
    )


def test_a_hundred_attributes_are_taken(issuer: Caller, course: Course) -> None:
    many = [note("a", f"{n}") for n in range(100)]

    response = issuer.post(PATH, body(credential=of_course(course), attributes=many))

    assert response.json()["attributes"] == many
