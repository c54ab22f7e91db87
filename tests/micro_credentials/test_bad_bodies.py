"""A body that cannot be read, or not as a record, is refused whole."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import MicroCredential
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential"

VALID = json.dumps(micro_credential_body())
UNREADABLE: dict[str, bytes] = {
    "nothing but a brace": b"{",
    "cut off": VALID[:-1].encode(),
    "two documents": (VALID + VALID).encode(),
    "single quotes": VALID.replace('"', "'").encode(),
    "a trailing comma": VALID.replace("}", ",}").encode(),
    "a comment": b"/* */" + VALID.encode(),
    "not a number": b'{"title": NaN}',
    "infinite": b'{"title": Infinity}',
    "5,000 digits": b'{"title": %b}' % (b"9" * 5_000),
    "Latin-1": '{"title": "École"}'.encode("latin-1"),
    "UTF-16": VALID.encode("utf-16"),
    "overlong UTF-8": b'{"title": "\xc0\x80"}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "a lone high surrogate": rb'{"title": "\ud83d"}',
    "a lone low surrogate": rb'{"title": "x\udc00"}',
    "surrogates in the wrong order": rb'{"title": "\udc00\ud83d"}',
    "a lone surrogate in a name": rb'{"\ud83d": 1}',
    "a raw NUL": b'{"title": "a\x00b"}',
    "10,000 open brackets": b"[" * 10_000,
    "10,000 nested brackets": b"[" * 10_000 + b"]" * 10_000,
    "10,000 nested objects": b'{"title":' * 10_000 + b"1" + b"}" * 10_000,
}
# Readable, but nothing that fields can be taken from.
NOT_AN_OBJECT: dict[str, bytes] = {
    "a list": b"[" + VALID.encode() + b"]",
    "a text": b'"title"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
}


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "with a key"])
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_no_json_is_refused(
    member: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
    body: bytes,
    headers: dict[str, str],
) -> None:
    before = kept()

    for response in (
        member.post(LIST, body, headers=headers),
        member.put(f"{ONE}/{record.pk}", body, headers=headers),
        member.patch(f"{ONE}/{record.pk}", body, headers=headers),
    ):
        assert_problem(response, 400, "malformed-body")
    assert kept() == before


@pytest.mark.parametrize("body", NOT_AN_OBJECT.values(), ids=NOT_AN_OBJECT.keys())
def test_a_body_that_is_no_object_is_refused_as_a_whole(
    member: Caller, record: MicroCredential, kept: Callable[[], Any], body: bytes
) -> None:
    before = kept()

    for response in (
        member.post(LIST, body),
        member.put(f"{ONE}/{record.pk}", body),
        member.patch(f"{ONE}/{record.pk}", body),
    ):
        assert_problem(response, 400, "invalid-input")
        assert [pointer for pointer, _ in faults(response)] == [""]
    assert kept() == before


BEYOND_MEASURE = {
    "infinite": "1e999",
    "minus infinite": "-1e999",
    "400 digits": "9" * 400,
    "more than 64 bits": "18446744073709551616",
    "next to nothing": "-0.1e-999",
    "100 lists": "[" * 100 + "]" * 100,
    "300 lists": "[" * 300 + "]" * 300,
    "1,000 objects": '{"a":' * 1000 + "1" + "}" * 1000,
}


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "with a key"])
@pytest.mark.parametrize("value", BEYOND_MEASURE.values(), ids=BEYOND_MEASURE.keys())
def test_a_value_beyond_all_measure_is_refused(
    member: Caller, value: str, headers: dict[str, str]
) -> None:
    response = member.post(
        LIST, VALID.replace('"title": ', f'"title": {value}, "x": '), headers=headers
    )

    assert response.status_code == 400
    assert not MicroCredential.objects.exists()


def test_of_two_equal_keys_the_last_decides_even_when_it_is_the_faulty_one(
    member: Caller, kept: Callable[[], Any]
) -> None:
    before = kept()

    response = member.post(
        LIST, VALID.replace("{", '{"title": "Welding", ', 1)[:-1] + ', "title": 7}'
    )

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/title", "invalid")]
    assert kept() == before


@pytest.mark.parametrize("method", ["post", "put", "patch"])
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_another_content_type_is_415(
    member: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
    method: str,
    content_type: str,
) -> None:
    before = kept()
    path = LIST if method == "post" else f"{ONE}/{record.pk}"

    response = member.request(method, path, VALID.encode(), content_type=content_type)

    assert_problem(response, 415, "unsupported-media-type")
    assert kept() == before


def test_a_body_of_100_megabytes_is_413_for_everyone(
    member: Caller, anonymous: Caller, record: MicroCredential, kept: Callable[[], Any]
) -> None:
    before, body = kept(), bytes(100 * 1024 * 1024)

    for response in (
        member.post(LIST, body),
        anonymous.post(LIST, body),
        member.patch(f"{ONE}/{record.pk}", body),
    ):
        assert_problem(response, 413, "body-too-large")
    assert kept() == before


@pytest.mark.parametrize("key", ["", '""', "\u00e9", "a\tb", "k" * 256, "  "])
def test_a_malformed_idempotency_key_is_refused(
    member: Caller, kept: Callable[[], Any], key: str
) -> None:
    before = kept()

    response = member.post(LIST, micro_credential_body(), headers={"Idempotency-Key": key})

    assert_problem(response, 400, "invalid-input")
    assert kept() == before
