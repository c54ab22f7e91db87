"""What bodies and queries are refused for, with every fault at once; nothing is stored."""

from typing import Any

import pytest

from credentials.models import Certification
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import ORGANIZATION, OWN, TYPES
from tests.conftest import Caller

LONG = "x" * 256
TEXTS = ["external_id", "external_source", "issuer_name", "serial_number"]
BAD_TEXTS: list[tuple[Any, str]] = [
    *(("", "blank"), ("  ", "blank"), (1, "invalid"), (True, "invalid"), ([], "invalid")),
    *(({}, "invalid"), (LONG, "max_length"), ("a\0", "null_characters_not_allowed")),
]
DAYS = ["issued_on", "expires_on"]
BAD_DAYS: list[tuple[Any, str]] = [
    *(("2023-02-29", "out_of_range"), ("2023-13-01", "out_of_range")),
    *(("0000-01-01", "out_of_range"), ("2023-00-10", "out_of_range")),
    *(("23-12-25", "invalid"), ("2023-12-25T00:00:00Z", "invalid"), ("20231225", "invalid")),
    *(("2023-W52-1", "invalid"), ("2023-12-5", "invalid"), (" 2023-12-25", "invalid")),
    *(("2023-12-25\n", "invalid"), ("12/25/2023", "invalid"), ("", "invalid")),
    *(("+2023-12-25", "invalid"), ("10000-01-01", "invalid"), ("\u0662023-12-25", "invalid")),
    *(("today", "invalid"), ("infinity", "invalid"), (20231225, "invalid"), ([], "invalid")),
    *((True, "invalid"), ({}, "invalid"), ("2023\u221212\u221225", "invalid")),
]
IDS = ["organization_member_id", "certification_type_id"]
BAD_IDS: list[Any] = [
    *("", "x", 1, True, [], {}, "d2b1ad298b1c4a5db4b26f5f3a0a6a3e"),
    *("{d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e}", "urn:uuid:d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e"),
]
BAD_WORDS: list[Any] = ["Manual", "manual ", "self_reported", "", "x", 1, True, [], {}]
BAD_LIMITS = ["0", "201", "x", "-1", "1.0", " 1", "\u0661", "1e1", "9" * 20]
FILTER_WORDS = {
    "lifecycle_status": "active, archived",
    "verification_status": "unverified, pending, verified, rejected",
    "validity_status": "not_yet_valid, valid, expired",
}


def assert_refused(response: Any, expected: list[tuple[str, str]]) -> None:
    assert_problem(response, 400, "invalid-input")
    assert faults(response) == sorted(expected)
    assert Certification.objects.count() == 0


@pytest.mark.parametrize(("value", "code"), BAD_TEXTS, ids=lambda each: str(each)[:20])
def test_texts(member: Caller, value: Any, code: str) -> None:
    response = member.post(OWN, dict.fromkeys(TEXTS, value))

    assert_refused(response, [(f"/{name}", code) for name in TEXTS])


@pytest.mark.parametrize(("value", "code"), BAD_DAYS, ids=lambda each: ascii(each)[:30])
def test_days(member: Caller, value: Any, code: str) -> None:
    response = member.post(OWN, dict.fromkeys(DAYS, value))

    assert_refused(response, [(f"/{name}", code) for name in DAYS])


@pytest.mark.parametrize("value", BAD_IDS, ids=lambda each: str(each)[:20])
def test_ids(issuer: Caller, value: Any) -> None:
    response = issuer.post(ORGANIZATION, dict.fromkeys(IDS, value))

    assert_refused(response, [(f"/{name}", "invalid") for name in IDS])


@pytest.mark.parametrize("value", BAD_WORDS, ids=lambda each: str(each)[:20])
def test_sources_and_the_answer_names_them(member: Caller, value: Any) -> None:
    response = member.post(OWN, {"source": value})

    assert_refused(response, [("/source", "invalid_choice")])
    assert "manual, import, api, self-reported" in response.json()["errors"][0]["detail"]


def test_the_last_day_is_not_before_the_first(member: Caller) -> None:
    response = member.post(OWN, {"issued_on": "2026-01-02", "expires_on": "2026-01-01"})

    assert_refused(response, [("/expires_on", "before_issued_on")])
    same_day = {"issued_on": "2026-01-02", "expires_on": "2026-01-02"}
    assert member.post(OWN, same_day).status_code == 201


@pytest.mark.parametrize("day", ["0001-01-01", "2024-02-29", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_taken(member: Caller, day: str) -> None:
    found = member.post(OWN, {"issued_on": day, "expires_on": day}).json()["data"]

    assert (found["issued_on"], found["expires_on"]) == (day, day)


def test_all_faults_come_at_once(issuer: Caller) -> None:
    """Those of the form, and those that only the tenant's own rows tell."""
    stranger = "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e"
    sent = {
        "organization_member_id": stranger,
        "certification_type_id": stranger,
        "source": "x",
        "issued_on": "2026-01-02",
        "expires_on": "2026-01-01",
        "issuer_name": 1,
    }

    assert_refused(
        issuer.post(ORGANIZATION, sent),
        [
            ("/organization_member_id", "unknown_member"),
            ("/certification_type_id", "unknown_type"),
            ("/source", "invalid_choice"),
            ("/expires_on", "before_issued_on"),
            ("/issuer_name", "invalid"),
        ],
    )


@pytest.mark.parametrize("sent", ["[]", "[1]", '"x"', "1", "null", "true"])
@pytest.mark.parametrize("path", [OWN, ORGANIZATION, f"{OWN}/{{}}", f"{OWN}/{{}}/verification"])
def test_a_body_must_be_an_object(
    issuer: Caller, held: Certification, path: str, sent: str
) -> None:
    before = stored(held)
    method = "patch" if path == f"{OWN}/{{}}" else "post"

    response = issuer.request(method, path.format(held.uuid), sent)

    assert response.status_code == 400
    assert stored(held) == before
    assert Certification.objects.count() == 1


@pytest.mark.parametrize("limit", BAD_LIMITS)
@pytest.mark.parametrize("path", [OWN, ORGANIZATION, TYPES])
def test_limits(issuer: Caller, path: str, limit: str) -> None:
    response = issuer.get(path, {"limit": limit})

    assert_problem(response, 400, "invalid-input")
    assert [pointer for pointer, _ in faults(response)] == ["/limit"]


@pytest.mark.parametrize("limit", [1, 200])
def test_limits_that_are_taken(member: Caller, limit: int) -> None:
    assert member.get(OWN, {"limit": limit}).status_code == 200


@pytest.mark.parametrize(("name", "words"), FILTER_WORDS.items())
@pytest.mark.parametrize("path", [OWN, ORGANIZATION])
def test_words_of_filters_are_named(issuer: Caller, path: str, name: str, words: str) -> None:
    response = issuer.get(path, {name: "x"})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(f"/{name}", "invalid_choice")]
    assert words in response.json()["errors"][0]["detail"]


def test_all_faults_of_a_query_come_at_once(member: Caller) -> None:
    days = {"expires_before": "2023-02-29", "expires_after": "23-12-25"}
    ids = {"certification_type_id": "x", "organization_member_id": "1"}

    response = member.get(OWN, {**days, **ids, "limit": 0, "external_id": LONG})

    assert faults(response) == [
        ("/certification_type_id", "invalid"),
        ("/expires_after", "invalid"),
        ("/expires_before", "out_of_range"),
        ("/external_id", "max_length"),
        ("/limit", "min_value"),
        ("/organization_member_id", "invalid"),
    ]


@pytest.mark.parametrize("record", ["x", "0", "-1", "1.0", "9" * 30, "d2b1ad298b1c4a5db4b26f5f3a"])
def test_a_path_that_names_nothing_is_404(issuer: Caller, record: str) -> None:
    for method, tail in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/verification")):
        assert_problem(issuer.request(method, f"{OWN}/{record}{tail}"), 404, "not-found")
