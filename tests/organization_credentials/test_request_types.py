"""The request types that this family's documents name: five, and any other is read as JSON."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.organization_credentials.conftest import (
    ASSERTIONS,
    ISSUERS,
    LIST,
    at,
    listed,
    result,
)
from tests.portal.form_bodies import (
    BOUNDARY,
    MULTIPART,
    URL_ENCODED,
    framed,
    head,
    multipart,
    url_encoded,
)

FORMS = (URL_ENCODED, MULTIPART)
JSON_TYPES = ("application/json", "application/scim+json", "*/*")
OTHERS = (
    *("", "text/plain", "application/xml", "application/octet-stream", "application/vnd.api+json"),
    *("application/json; charset=utf-8", "APPLICATION/JSON", "multipart/mixed; boundary=x", "x"),
    *("application/json, text/plain", ";", "multipart/form-data-x", "é"),
)
TEXT = "<p>\r\n\té {{ name }} & = % + ; \u202e 🔥</p>\r\n"


def encoded(fields: list[tuple[str, str]], content_type: str) -> bytes:
    return url_encoded(fields) if content_type == URL_ENCODED else multipart(fields)


def send(
    caller: Caller, method: str, path: str, fields: list[tuple[str, str]], content_type: str
) -> Any:
    body = encoded(fields, content_type)
    return caller.request(method, path, body, content_type=content_type)


def without_marks(record: dict[str, Any]) -> dict[str, Any]:
    """What two records that were made alike have in common."""
    own = {"entity_id", "credential_id", "credential_url", "created_at", "modified_at"}
    return {name: value for name, value in record.items() if name not in own}


@pytest.mark.parametrize("content_type", [*JSON_TYPES, *OTHERS])
def test_any_type_but_a_form_s_is_read_as_json(
    admin: Caller, school: IssuerProfile, content_type: str
) -> None:
    body = orjson.dumps({"name": TEXT, "issuer": str(school.uuid), "courses": ["a"]})

    record = result(admin.post(LIST, body, content_type=content_type), 201, "Created")

    assert (record["name"], record["courses"]) == (TEXT, ["a"])


@pytest.mark.parametrize("content_type", [*JSON_TYPES, *OTHERS[:3]])
def test_what_is_no_json_is_400_whatever_its_type(
    admin: Caller, school: IssuerProfile, content_type: str
) -> None:
    for body in (b"{", b"name=x", b"", b"\xff", b"[" * 10_000, multipart([("name", "x")])):
        response = admin.post(LIST, body, content_type=content_type)

        slug = "invalid-input" if body == b"" else "malformed-body"
        assert_problem(response, 400, slug)


def everything(issuer: IssuerProfile) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The same definition, as JSON and as the fields of a form."""
    texts = {
        "name": TEXT,
        "issuer": str(issuer.uuid),
        "html_template": TEXT,
        "css_template": "h1 {\r\n}\n",
        "icon_image": "https://school.example/icon.png?a=1&b=2",
        "issuing_signal": "COURSE_PASSED",
        "issued_on": "2026-01-01T00:00:00Z",
        "credential_type": "12",
        "unknown": "x",
    }
    values = {
        "public": False,
        "revoked": True,
        "courses": ["b", "a"],
        "programs": ["true"],
        "valid_for": {"amount": 18, "duration": "months"},
        "expires_at": None,
    }
    fields = [
        *texts.items(),
        *(("public", "false"), ("revoked", "true"), ("courses", "b"), ("courses", "a")),
        *(("programs", "true"), ("valid_for[amount]", "18"), ("valid_for.duration", "months")),
        ("expires_at", ""),
    ]
    return {**texts, **values}, fields


@pytest.mark.parametrize("content_type", FORMS)
def test_a_form_makes_what_the_same_json_makes(
    admin: Caller, school: IssuerProfile, content_type: str
) -> None:
    body, fields = everything(school)

    expected = result(admin.post(LIST, body), 201, "Created")
    found = result(send(admin, "post", LIST, fields, content_type), 201, "Created")

    assert without_marks(found) == without_marks(expected)
    assert (found["html_template"], found["valid_for"]) == (TEXT, body["valid_for"])
    assert (found["courses"], found["programs"]) == (["b", "a"], ["true"])
    assert (found["public"], found["revoked"]) == (False, True)


@pytest.mark.parametrize("content_type", FORMS)
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("courses", "a")], {"courses": ["a"]}),
        ([("courses[]", "a"), ("courses[]", "b")], {"courses": ["a", "b"]}),
        ([("courses[1]", "b"), ("courses[0]", "a")], {"courses": ["a", "b"]}),
        ([("courses", "")], {"courses": []}),
        ([("valid_for", "")], {"valid_for": None}),
        ([("expires_at", "")], {"expires_at": None}),
        ([("description", "")], {"description": ""}),
        ([("public", "false")], {"public": False}),
        ([], {}),
    ],
)
def test_a_form_changes_only_what_it_names(
    admin: Caller,
    school: IssuerProfile,
    content_type: str,
    fields: list[tuple[str, str]],
    expected: dict[str, Any],
) -> None:
    body, _ = everything(school)
    before = result(admin.post(LIST, {**body, "public": True}), 201, "Created")
    path = at(before["entity_id"])

    found = result(send(admin, "put", path, fields, content_type), description="Updated")

    assert without_marks(found) == without_marks(before) | expected


def test_an_empty_form_without_a_length_changes_nothing(
    admin: Caller, welder: CredentialDefinition
) -> None:
    before = stored(welder)

    for content_type in FORMS:
        response = admin.put(at(welder.uuid), b"", content_type=content_type)
        result(response, description="Updated")

    assert stored(welder) == before


WRONG: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {
    "two names": ([("name", "a"), ("name", "b")], [("/name", "invalid")]),
    "a word for a flag": ([("public", "yes")], [("/public", "invalid")]),
    "a word for a number": (
        [("valid_for[amount]", "x"), ("valid_for[duration]", "days")],
        [("/valid_for/amount", "invalid")],
    ),
    "half of an object": ([("valid_for.amount", "1")], [("/valid_for/duration", "required")]),
    "a text for an object": ([("valid_for", "1 year")], [("/valid_for", "invalid")]),
    "a name twice": ([("courses", "a")] * 2, [("/courses/1", "repeated")]),
    "several at once": (
        [("name", ""), ("expires_at", "soon"), ("icon_image", "x")],
        [("/expires_at", "invalid"), ("/icon_image", "invalid_url"), ("/name", "blank")],
    ),
}


@pytest.mark.parametrize("content_type", FORMS)
@pytest.mark.parametrize(("fields", "expected"), WRONG.values(), ids=WRONG.keys())
def test_every_fault_of_a_form_is_told_at_its_name(
    admin: Caller,
    welder: CredentialDefinition,
    content_type: str,
    fields: list[tuple[str, str]],
    expected: list[tuple[str, str]],
) -> None:
    before = stored(welder)

    response = send(admin, "put", at(welder.uuid), fields, content_type)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert stored(welder) == before


@pytest.mark.parametrize("content_type", FORMS)
def test_assertions_are_made_and_revoked_by_forms(
    admin: Caller,
    member: Caller,
    colleague: Caller,
    welder: CredentialDefinition,
    content_type: str,
) -> None:
    one, bulk = at(welder.uuid, "assertions", ""), at(welder.uuid, "assertions", "bulk", "")

    nested = [("recipient[identity]", "member"), ("narrative", TEXT)]
    made = result(send(admin, "post", one, nested, content_type), 201, "Created")
    users = [("users", "colleague"), ("users", "new@acme.example")]
    many = send(admin, "post", bulk, users, content_type)
    revoked = [("revoked", "true"), ("revocation_reason", TEXT)]
    path = at("assertions", made["entity_id"])
    changed = result(send(admin, "put", path, revoked, content_type), description="Updated")

    assert made["narrative"] == TEXT
    assert (many.status_code, len(many.json()["issued"])) == (200, 2)
    assert (changed["revoked"], changed["revocation_reason"]) == (True, TEXT)
    assert len(listed(member.get(f"{ASSERTIONS}?include_revoked=true"))) == 1


@pytest.mark.parametrize("content_type", FORMS)
def test_a_thousand_names_fit_a_form(
    issuer: Caller, welder: CredentialDefinition, content_type: str
) -> None:
    users = [("users", f"person-{place}@acme.example") for place in range(1001)]
    path = at(welder.uuid, "assertions", "bulk", "")

    assert send(issuer, "post", path, users[:1000], content_type).status_code == 200
    response = send(issuer, "post", path, users, content_type)

    assert faults(response) == [("/users", "max_length")]
    assert Assertion.objects.count() == 1000


MALFORMED: dict[str, tuple[bytes, str]] = {
    "truncated": (multipart([("name", "x")])[:-8], MULTIPART),
    "no boundary": (multipart([("name", "x")]), "multipart/form-data"),
    "another charset": (b"name=x", f"{URL_ENCODED}; charset=latin-1"),
    "bad UTF-8": (b"name=%ff", URL_ENCODED),
    "UTF-16": (framed(head("html_template", "") + "<p>".encode("utf-16")), MULTIPART),
    "a NUL": (b"name=%00", URL_ENCODED),
    "too many fields": (b"a=&" * 2001, URL_ENCODED),
    "JSON": (b'{"name": "x"}', MULTIPART),
}


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "with a key"])
@pytest.mark.parametrize(("body", "content_type"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_form_that_cannot_be_read_is_refused_whole(
    admin: Caller,
    welder: CredentialDefinition,
    body: bytes,
    content_type: str,
    headers: dict[str, str],
) -> None:
    before = stored(welder)

    for method, path in (("post", LIST), ("post", ISSUERS), ("put", at(welder.uuid))):
        response = admin.request(method, path, body, content_type=content_type, headers=headers)
        assert_problem(response, 400, "malformed-body")
        assert "JSON" not in response.json()["detail"]

    assert stored(welder) == before
    assert CredentialDefinition.objects.count() == IssuerProfile.objects.count() == 1


PIECES = st.sampled_from(
    [
        *(b"name=x", b"&", b"=", b"%", b"%00", b"courses[]=", b"valid_for.amount=1", b"\xff"),
        *(f"--{BOUNDARY}\r\n".encode(), f"--{BOUNDARY}--".encode(), b"\r\n\r\n", b"{", b'"'),
        *(head("icon_image", b"GIF89a"), head("name", "x"), head("courses[0]", b"\0"), b"]"),
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES, max_size=8).map(b"".join), st.sampled_from([*FORMS, "*/*", "x"]))
def test_no_body_of_any_type_is_a_fault_of_ours(
    admin: Caller, welder: CredentialDefinition, body: bytes, content_type: str
) -> None:
    response = admin.put(at(welder.uuid), body, content_type=content_type)

    assert response.status_code in {200, 400}


def test_other_families_still_take_json_alone(member: Caller) -> None:
    for content_type in (*FORMS, "*/*", "text/plain"):
        response = member.post("/api/v1/user-micro-credentials", b"{}", content_type=content_type)

        assert_problem(response, 415, "unsupported-media-type")
