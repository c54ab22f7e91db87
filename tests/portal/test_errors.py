"""Every error, of every kind, is a problem document (RFC 9457) that gives nothing away."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from credentials_portal import problems
from tests.answers import assert_problem, faults
from tests.conftest import Caller

ME = "/api/v1/users/me"
TOKEN = "/api/v1/token"
LIST = "/api/v1/user-micro-credentials"


def send(caller: Caller, body: bytes, **options: Any) -> Any:
    return caller.request("patch", ME, body, **options)


def nested(depth: int) -> bytes:
    return b'{"anything":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"first_name":}',
        b"{'first_name': 'A'}",
        b'{"first_name":"A",}',
        b'{"first_name":"A"} {}',
        b'{"first_name":NaN}',
        b'{"first_name":Infinity}',
        b'{"first_name":1e999}',
        b'{"first_name":"\\ud800"}',
        b'{"first_name":"\\udc00\\ud800"}',
        b'{"first_name":"\xed\xa0\x80"}',
        b'{"first_name":"\xff"}',
        b'{"first_name":"a\x00b"}',
        b"\xef\xbb\xbf{}",
        b" ",
        "{}".encode("utf-16"),
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        nested(101),
        b'{"state":' + b"[" * 990 + b"]" * 990 + b"}",
    ],
)
def test_a_body_that_cannot_be_read_is_400_and_changes_nothing(member: Caller, body: bytes) -> None:
    response = send(member, body)

    assert_problem(response, 400, "malformed-body")
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_nesting_counts_only_past_its_bound(member: Caller) -> None:
    assert send(member, nested(100)).status_code == 200
    # As many brackets, side by side.
    assert send(member, b'{"anything":[' + b"[]," * 500 + b"[]]}").status_code == 200


@pytest.mark.parametrize("depth", [101, 300, 900])
def test_deep_nesting_is_400_beside_an_idempotency_key_as_well(member: Caller, depth: int) -> None:
    response = member.request("post", LIST, nested(depth), headers={"Idempotency-Key": "deep"})

    assert_problem(response, 400, "malformed-body")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"5", b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_400(member: Caller, body: bytes) -> None:
    response = send(member, body)

    assert_problem(response, 400, "invalid-input")
    assert [fault["pointer"] for fault in response.json()["errors"]] == [""]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (123456789012345678901234567890, "invalid"),
        (10**18, "invalid"),
        (1.5, "invalid"),
        (True, "invalid"),
        (["A"], "invalid"),
        ({"a": 1}, "invalid"),
        (None, "null"),
        ("a\x00b", "null_characters_not_allowed"),
        ("x" * 151, "max_length"),
    ],
)
def test_a_value_of_a_wrong_kind_is_400_at_its_field(member: Caller, value: Any, code: str) -> None:
    response = member.patch(ME, {"first_name": value, "last_name": value})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/first_name", code), ("/last_name", code)]
    member.user.refresh_from_db()
    assert (member.user.first_name, member.user.last_name) == ("", "")


def test_of_duplicate_keys_the_last_wins(member: Caller) -> None:
    response = send(member, b'{"first_name":"A","first_name":"B"}')

    assert response.json()["first_name"] == "B"


def test_unknown_and_read_only_fields_are_ignored(member: Caller) -> None:
    sent = {"id": 1, "email": "x@y.example", "is_superuser": True, "color": "red", "last_name": "L"}

    response = member.patch(ME, sent)

    assert response.status_code == 200
    member.user.refresh_from_db()
    assert (member.user.last_name, member.user.email) == ("L", "member@acme.example")
    assert not member.user.is_superuser


def test_a_list_of_faults_points_into_the_body() -> None:
    detail = {"a/b": [{"c~d": ["bad"]}], "non_field_errors": ["worse"], "list": ["one", "two"]}

    found = [(fault.pointer, fault.detail) for fault in problems.input_errors(detail)]

    assert found == [
        ("/a~1b/0/c~0d", "bad"),
        ("", "worse"),
        ("/list", "one"),
        ("/list", "two"),
    ]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x"],
)
def test_another_content_type_is_415(member: Caller, content_type: str) -> None:
    response = send(member, b'{"first_name":"A"}', content_type=content_type)

    assert_problem(response, 415, "unsupported-media-type")
    member.user.refresh_from_db()
    assert member.user.first_name == ""


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=y"]
)
def test_json_is_json_however_its_type_is_spelled(member: Caller, content_type: str) -> None:
    response = send(member, b'{"first_name":"A"}', content_type=content_type)

    assert response.json()["first_name"] == "A"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "application/xml", ""])
def test_the_api_answers_json_whatever_is_accepted(member: Caller, accept: str) -> None:
    response = member.get(ME, headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("delete", ME, {"GET", "HEAD", "PATCH"}),
        ("post", ME, {"GET", "HEAD", "PATCH"}),
        ("options", ME, {"GET", "HEAD", "PATCH"}),
        ("trace", ME, {"GET", "HEAD", "PATCH"}),
        ("get", TOKEN, {"POST"}),
        ("patch", LIST, {"GET", "HEAD", "POST"}),
    ],
)
def test_another_method_is_405_and_names_those_that_are_allowed(
    member: Caller, method: str, path: str, allowed: set[str]
) -> None:
    response = Client().generic(
        method.upper(), path, headers={"Authorization": member.authorization}
    )

    assert_problem(response, 405, "method-not-allowed")
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v2/users/me",
        "/api/v1/users/me/x",
        "/api/v1/users/me//",
        "/api/v1/user-micro-credential/%00",
        "/api/v1/user-micro-credential/%ED%A0%80",
        "/api/v1/user-micro-credential/%FF",
        "/api/v1/user-micro-credential/9223372036854775808",
        "/api/v1/user-micro-credential/" + "9" * 5000,
        "/api/v1/user-micro-credential/-1",
        "/api/v1/user-micro-credential/٣",
        "/api/v1/user-micro-credential/1.0",
        "/problems/no-such-problem",
    ],
)
def test_an_address_with_nothing_behind_it_is_404(member: Caller, path: str) -> None:
    response = member.get(path)

    assert_problem(response, 404, "not-found")


@pytest.mark.parametrize("path", [ME, LIST, "/api/v1/user-micro-credential/1"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_missing_token_is_401_and_says_which_is_wanted(
    anonymous: Caller, path: str, slash: str
) -> None:
    response = anonymous.get(path + slash)

    assert_problem(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="credentials-portal"'


def test_a_host_that_is_not_ours_is_400(db: None) -> None:
    response = Client().get("/api/v1/nothing", headers={"Host": "evil.example"})

    assert_problem(response, 400, "malformed-body")


def test_every_problem_has_a_page_behind_its_type(db: None) -> None:
    kinds = {kind.slug: kind for kind in problems.known_problems()}
    assert {"not-found", "last-owner", "wrong-credentials", "invalid-token"} <= set(kinds)

    for slug, kind in kinds.items():
        page = Client().get(problems.type_uri(slug))
        assert page.status_code == 200
        assert str(kind.status) in page.content.decode()
        assert escape(kind.title) in page.content.decode()


def test_kinds_of_problems_do_not_share_a_type() -> None:
    kinds = [kind for kind in problems.known_problems() if "slug" in vars(kind)]

    assert len({kind.slug for kind in kinds}) == len(kinds)


def test_both_slash_spellings_answer_without_a_redirect(member: Caller) -> None:
    for path in (ME, LIST):
        assert member.get(path).status_code == member.get(path + "/").status_code == 200

    changed = member.patch(ME + "/", {"first_name": "A"})

    assert (changed.status_code, json.loads(changed.content)["first_name"]) == (200, "A")
