"""Whatever is sent, the answer is a problem document and nothing is left behind."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import MicroCredential
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential"

ABSENT = "(absent)"
MILLION = 1_000_000
OFFSETLESS = "2024-03-01T09:00:00"
URL_10000 = "https://school.example/" + "x" * 9_977

# What is wrong with one field, and the code of the fault that its pointer gets.
FIELDS: dict[str, list[tuple[Any, str]]] = {
    "title": [
        (ABSENT, "required"),
        (None, "null"),
        ("", "blank"),
        (" \t\u3000\n", "blank"),
        (7, "invalid"),
        (True, "invalid"),
        (["Welding"], "invalid"),
        ({"en": "Welding"}, "invalid"),
        ("x" * 1001, "max_length"),
        ("x" * MILLION, "max_length"),
        ("a\x00b", "null_characters_not_allowed"),
    ],
    "issued": [
        (ABSENT, "required"),
        (None, "null"),
        ("", "invalid"),
        (1709283600, "invalid"),
        (True, "invalid"),
        ([], "invalid"),
        ({}, "invalid"),
        ("today", "invalid"),
        ("2024-03-01", "invalid"),
        (OFFSETLESS, "invalid"),
        (f"{OFFSETLESS}Zulu", "invalid"),
        (f"{OFFSETLESS}+0100", "invalid"),
        (f"{OFFSETLESS}+1", "invalid"),
        (f" {OFFSETLESS}Z", "invalid"),
        (f"{OFFSETLESS}Z\n", "invalid"),
        (f"{OFFSETLESS}\x00Z", "invalid"),
        (f"{OFFSETLESS}.Z", "invalid"),
        (f"{OFFSETLESS}.1234567890Z", "invalid"),
        ("2024-03-01 09:00:00Z", "invalid"),
        ("2024-W09-5T09:00:00Z", "invalid"),
        ("٢٠٢٤-03-01T09:00:00Z", "invalid"),
        ("+2024-03-01T09:00:00Z", "invalid"),
        ("10000-01-01T00:00:00Z", "invalid"),
        ("9" * MILLION, "invalid"),
        (f"{OFFSETLESS}+24:00", "invalid"),
        (f"{OFFSETLESS}+10:60", "invalid"),
        ("2023-02-29T00:00:00Z", "out_of_range"),
        ("2024-02-30T00:00:00Z", "out_of_range"),
        ("2024-13-01T00:00:00Z", "out_of_range"),
        ("2024-00-01T00:00:00Z", "out_of_range"),
        ("2024-03-01T24:00:00Z", "out_of_range"),
        ("2024-03-01T09:60:00Z", "out_of_range"),
        ("2016-12-31T23:59:60Z", "out_of_range"),
        ("0000-01-01T00:00:00Z", "out_of_range"),
        ("0001-01-01T00:00:00+00:01", "out_of_range"),
        ("9999-12-31T23:59:59-00:01", "out_of_range"),
    ],
    "website_url": [
        (None, "null"),
        (" ", "invalid_url"),
        (7, "invalid"),
        (["https://school.example"], "invalid"),
        ("javascript:alert(1)", "invalid_url"),
        ("JavaScript://school.example/%0aalert(1)", "invalid_url"),
        ("java\nscript://school.example", "invalid_url"),
        ("data:text/html,x", "invalid_url"),
        ("ftp://school.example", "invalid_url"),
        ("//school.example", "invalid_url"),
        ("school.example", "invalid_url"),
        ("https://", "invalid_url"),
        ("https://[::1", "invalid_url"),
        ("https://school.example:99999999", "invalid_url"),
        ("https://school.example/a b", "invalid_url"),
        (" https://school.example", "invalid_url"),
        ("https://school.example\n", "invalid_url"),
        ("https://school.example/\x00", "null_characters_not_allowed"),
        (URL_10000, "invalid_url"),
    ],
}
FIELDS["expires"] = FIELDS["issued"]
FAULTY = [
    pytest.param(field, value, code, id=f"{field}-{str(value)[:30]!a}-{code}")
    for field, values in FIELDS.items()
    for value, code in values
]


@pytest.mark.parametrize(("field", "value", "code"), FAULTY)
def test_a_faulty_field_is_refused_at_its_pointer_however_it_is_written(
    member: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
    field: str,
    value: Any,
    code: str,
) -> None:
    body = micro_credential_body(**{field: value})
    if value == ABSENT:
        del body[field]
    before = kept()

    answers = [member.post(LIST, body), member.put(f"{ONE}/{record.pk}", body)]
    if value != ABSENT:
        answers.append(member.patch(f"{ONE}/{record.pk}", {field: value}))

    for response in answers:
        assert_problem(response, 400, "invalid-input")
        assert faults(response) == [(f"/{field}", code)]
        assert len(response.content) < 2_000
    assert kept() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/expires", "required"), ("/issued", "required"), ("/title", "required")]),
        (
            {"title": " ", "issued": "", "expires": None, "website_url": "x"},
            [
                *(("/expires", "null"), ("/issued", "invalid")),
                *(("/title", "blank"), ("/website_url", "invalid_url")),
            ],
        ),
        (
            micro_credential_body(title=7, issued="2025-01-01T00:00:00Z", expires=OFFSETLESS),
            [("/expires", "invalid"), ("/title", "invalid")],
        ),
        (
            micro_credential_body(expires="2024-03-01T08:59:59Z"),
            [("/expires", "dates_out_of_order")],
        ),
        # The same day on the wall, two hours earlier in the world.
        (
            micro_credential_body(expires="2024-03-01T10:00:00+03:00"),
            [("/expires", "dates_out_of_order")],
        ),
    ],
)
def test_every_fault_is_named_at_once(
    member: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
    body: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    before = kept()

    for response in (member.post(LIST, body), member.put(f"{ONE}/{record.pk}", body)):
        assert_problem(response, 400, "invalid-input")
        assert faults(response) == expected
        assert all(fault["detail"] for fault in response.json()["errors"])
    assert kept() == before


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
@pytest.mark.parametrize("name", [2**63, 2**64, "9" * 4_000, "-1", uuid.UUID(int=0)])
def test_an_id_that_cannot_be_is_404_by_every_method(
    member: Caller, record: MicroCredential, kept: Callable[[], Any], method: str, name: object
) -> None:
    before = kept()

    response = member.request(method, f"{ONE}/{name}", *_body(method))

    assert_problem(response, 404, "not-found")
    assert kept() == before


def _body(method: str) -> list[Any]:
    return [micro_credential_body()] if method in {"put", "patch"} else []
