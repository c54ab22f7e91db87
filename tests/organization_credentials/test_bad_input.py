"""Whatever is sent of a definition, the answer is a problem and nothing is left behind."""

import json
from typing import Any

import pytest

from credentials.models import CredentialDefinition, IssuerProfile
from tenants.models import Event
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.organization_credentials.conftest import LIST, UNKNOWN, at

OFFSETLESS = "2024-03-01T09:00:00"
LONG = "x" * 65_537
MEGABYTES = "<p>" * (5 * 1024 * 1024 // 3)

TEXTS = ("description", "html_template", "css_template", "criteria_text")
LINKS = ("icon_image", "background_image", "thumbnail_image", "criteria_url")
DATES, NAMES, FLAGS = ("issued_on", "expires_at"), ("courses", "programs"), ("public", "revoked")

# What is wrong with one field, and the code of the fault that its pointer gets.
WRONG: list[tuple[str, Any, str]] = [
    *(("name", value, "blank") for value in ("", " \t\u3000\n")),
    ("name", 7, "invalid"),
    ("name", ["Welder"], "invalid"),
    ("name", "x" * 1001, "max_length"),
    ("name", "a\0b", "null_characters_not_allowed"),
    *(("credential_type", value, "blank") for value in ("", " ")),
    ("credential_type", 5, "invalid"),
    ("credential_type", "x" * 256, "max_length"),
    *((name, value, "invalid") for name in TEXTS for value in (5, True)),
    *((name, {"en": "x"}, "invalid") for name in TEXTS),
    *((name, value, "max_length") for name in TEXTS for value in (LONG, "🔥" * 65_537)),
    *((name, "a\0b", "null_characters_not_allowed") for name in TEXTS),
    *((name, 5, "invalid") for name in LINKS),
    *(
        (name, value, "invalid_url")
        for name in LINKS
        for value in (
            *(" ", "x", "javascript:alert(1)", "data:image/png;base64,", "//school.example/x"),
            *("ftp://school.example", "/images/" + UNKNOWN, "https://", "https://a b.example"),
            *("https://school.example/" + "x" * 2048, "https://school.example/\n"),
        )
    ),
    *(("issuing_signal", value, "invalid_choice") for value in ("x", " ", "course_passed")),
    *(("issuing_signal", 0, "invalid_choice"), ("issuing_signal", [], "invalid_choice")),
    *((name, value, "invalid") for name in FLAGS for value in ("true", "")),
    *((name, value, "invalid") for name in FLAGS for value in (0, 1)),
    *((name, "x", "not_a_list") for name in NAMES),
    *((name, {}, "not_a_list") for name in NAMES),
    *((name, [f"{n}" for n in range(101)], "max_length") for name in NAMES),
    *((name, value, "invalid") for name in DATES for value in ("", "today", OFFSETLESS)),
    *((name, 1709283600, "invalid") for name in DATES),
    *((name, "2024-02-30T00:00:00Z", "out_of_range") for name in DATES),
    *((name, "9999-12-31T23:59:59-00:01", "out_of_range") for name in DATES),
    ("valid_for", "1 month", "invalid"),
    ("valid_for", [1, "months"], "invalid"),
]
# The same inside `valid_for`.
VALIDITY: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    *(
        ({"amount": amount, "duration": "days"}, [("/valid_for/amount", code)])
        for amount, code in (
            *((0, "min_value"), (-1, "min_value"), (5001, "max_value"), (2**63, "max_value")),
            *((1.5, "invalid"), (10**30, "invalid"), ("1", "invalid"), (None, "null")),
            (True, "invalid"),
        )
    ),
    *(
        ({"amount": 1, "duration": duration}, [("/valid_for/duration", code)])
        for duration, code in (("hours", "invalid_choice"), ("", "invalid_choice"), (None, "null"))
    ),
    (
        {"amount": "x", "duration": "x"},
        [("/valid_for/amount", "invalid"), ("/valid_for/duration", "invalid_choice")],
    ),
]


def refused(admin: Caller, method: str, welder: CredentialDefinition, body: Any) -> Any:
    """A 400 that leaves everything as it was."""
    before, events = stored(welder), Event.objects.count()
    if method == "post":
        issuer: Any = welder.issuer
        body = {"name": "W", "issuer": str(issuer.uuid)} | body
    response = admin.request(method, LIST if method == "post" else at(welder.uuid), body)
    assert_problem(response, 400, "invalid-input")
    assert (stored(welder), Event.objects.count()) == (before, events)
    assert CredentialDefinition.objects.count() == 1
    return response


@pytest.mark.parametrize("method", ["post", "put"])
def test_every_field_must_be_right(
    admin: Caller, welder: CredentialDefinition, method: str
) -> None:
    for name, value, code in WRONG:
        response = refused(admin, method, welder, {name: value})

        found = {code for pointer, code in faults(response) if pointer == f"/{name}"}
        assert code in found, (name, value)


@pytest.mark.parametrize("method", ["post", "put"])
def test_validity_must_be_right(admin: Caller, welder: CredentialDefinition, method: str) -> None:
    for value, expected in VALIDITY:
        assert faults(refused(admin, method, welder, {"valid_for": value})) == expected, value


@pytest.mark.parametrize("issuer", [None, "", 7, "nonsense", [UNKNOWN], {"uuid": UNKNOWN}])
def test_issuer_of_a_new_one_is_a_uuid(admin: Caller, school: IssuerProfile, issuer: Any) -> None:
    response = admin.post(LIST, {"name": "W", "issuer": issuer})

    code = "null" if issuer is None else "invalid"
    assert faults(response) == [("/issuer", code)]
    assert faults(admin.post(LIST, {"name": "W"})) == [("/issuer", "required")]


@pytest.mark.parametrize("field", ["html_template", "css_template"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_template_of_5_megabytes_is_told_its_limit(
    admin: Caller, welder: CredentialDefinition, method: str, field: str
) -> None:
    response = refused(admin, method, welder, {field: MEGABYTES})

    assert faults(response) == [(f"/{field}", "max_length")]
    assert len(response.content) < 1000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_body_that_is_not_utf_8_cannot_be_read(
    admin: Caller, welder: CredentialDefinition, encoding: str
) -> None:
    before = stored(welder)
    body = json.dumps({"html_template": "<p>é</p>"}, ensure_ascii=False).encode(encoding)

    assert_problem(admin.put(at(welder.uuid), body), 400, "malformed-body")

    assert stored(welder) == before


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"5",
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b"[" * 9999,
    ],
)
@pytest.mark.parametrize("method", ["post", "put"])
def test_body_must_be_an_object(
    admin: Caller, welder: CredentialDefinition, method: str, body: bytes
) -> None:
    before = stored(welder)

    response = admin.request(method, LIST if method == "post" else at(welder.uuid), body)

    assert response.status_code == 400
    assert response.json()["type"] in {"/problems/malformed-body", "/problems/invalid-input"}
    assert stored(welder) == before


def test_all_faults_are_told_at_once(admin: Caller, welder: CredentialDefinition) -> None:
    body = {
        "issuer": UNKNOWN,
        "name": None,
        "public": "yes",
        "courses": ["a", "b", "a", 5],
        "valid_for": {"amount": 0},
        "issued_on": "soon",
        "icon_image": "x",
    }

    assert faults(refused(admin, "post", welder, body)) == [
        ("/courses/2", "repeated"),
        ("/courses/3", "invalid"),
        ("/icon_image", "invalid_url"),
        ("/issued_on", "invalid"),
        ("/issuer", "unknown_issuer"),
        ("/name", "null"),
        ("/public", "invalid"),
        ("/valid_for/amount", "min_value"),
        ("/valid_for/duration", "required"),
    ]
