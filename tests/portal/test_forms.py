"""What a form's bytes are read as, before any serializer sees them."""

import re
import time
import tracemalloc
from io import BytesIO
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credentials_portal.form_fields import Form
from credentials_portal.form_format import FormParser, MultipartParser, fingerprint, unquoted
from credentials_portal.problems import MalformedBody
from tenants.idempotency import payload_hash
from tests.portal.form_bodies import (
    BOUNDARY,
    MULTIPART,
    PNG,
    URL_ENCODED,
    framed,
    head,
    multipart,
    url_encoded,
)

# As UTF-8 can hold them; no NUL, which is refused.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PLAIN_NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1)


def read(body: bytes, content_type: str = MULTIPART) -> Form:
    parser = MultipartParser() if "multipart" in content_type else FormParser()
    return parser.parse(BytesIO(body), content_type)


def read_both(pairs: list[tuple[str, str]]) -> Form:
    """Of both types of form, which mean the same."""
    form = read(multipart(pairs))
    assert read(url_encoded(pairs), URL_ENCODED) == form
    return form


def test_a_field_is_a_text_and_a_repeated_one_a_list_in_its_order() -> None:
    pairs = [("name", "Welder"), ("courses", "b"), ("courses", "a"), ("courses", "b")]

    assert read_both(pairs) == {"name": "Welder", "courses": ["b", "a", "b"]}


NAMES: dict[str, tuple[list[tuple[str, str]], Any]] = {
    "brackets": ([("a[]", "x")], {"a": ["x"]}),
    "brackets, repeated": ([("a[]", "x"), ("a[]", "y")], {"a": ["x", "y"]}),
    "places": ([("a[1]", "y"), ("a[0]", "x"), ("a[10]", "z")], {"a": ["x", "y", "z"]}),
    "nested": ([("a[b]", "x"), ("a[c]", "y")], {"a": {"b": "x", "c": "y"}}),
    "dotted": ([("a.b", "x"), ("a.c", "y")], {"a": {"b": "x", "c": "y"}}),
    "both spellings": ([("a.b", "x"), ("a[c]", "y")], {"a": {"b": "x", "c": "y"}}),
    "deep": ([("a[b].c[]", "x")], {"a": {"b": {"c": ["x"]}}}),
    "objects in a list": ([("a[0][b]", "x"), ("a[1].b", "y")], {"a": [{"b": "x"}, {"b": "y"}]}),
    "a list in an object": ([("a.b", "x"), ("a.b", "y")], {"a": {"b": ["x", "y"]}}),
    "words and numbers": ([("a[0]", "x"), ("a[b]", "y")], {"a": {"0": "x", "b": "y"}}),
    "no brackets that match": ([("a[b", "x"), ("]", "y"), ("a..b", "z")], None),
    "empty": ([("", "x")], {"": "x"}),
    "an empty text": ([("a", "")], {"a": ""}),
    "nothing": ([], {}),
}


@pytest.mark.parametrize(("pairs", "expected"), NAMES.values(), ids=NAMES.keys())
def test_names_say_where_a_value_belongs(pairs: list[tuple[str, str]], expected: Any) -> None:
    if pairs == [("", "x")]:
        assert read(url_encoded(pairs), URL_ENCODED) == expected
    else:
        assert read_both(pairs) == (dict(pairs) if expected is None else expected)


@pytest.mark.parametrize(
    "names", [("a", "a[b]"), ("a[]", "a[0]"), ("a", "a[]"), ("a[]", "a[b]"), ("a[][b]", "a[][c]")]
)
def test_names_that_contradict_each_other_are_refused(names: tuple[str, str]) -> None:
    for body, content_type in (
        (multipart((name, "x") for name in names), MULTIPART),
        (url_encoded((name, "x") for name in reversed(names)), URL_ENCODED),
    ):
        with pytest.raises(MalformedBody, match="contradict"):
            read(body, content_type)


@settings(deadline=None)
@given(st.lists(st.tuples(PLAIN_NAMES, TEXTS), max_size=20))
@example([("html_template", "<p>a</p>\r\n\r\n\t<p>é 𝄞 ‮ %41 + & = ; \r \n</p>\r\n")])
def test_texts_arrive_as_they_were_sent(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, list[str]] = {}
    for name, value in pairs:
        expected.setdefault(name, []).append(value)

    form = read_both(pairs)

    found = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
    assert found == expected


def test_a_file_has_its_content_and_neither_the_sender_s_name_nor_type() -> None:
    content = bytes(range(256)) + b"\r\n--" + b"\r\n"

    form = read(multipart([("icon_image", content), ("name", "x")]))

    upload = form["icon_image"]
    assert (form["name"], upload.read(), upload.size) == ("x", content, len(content))
    assert (upload.name, upload.content_type) == ("upload", "text/plain")


def test_a_file_input_in_which_nothing_was_chosen_is_not_there() -> None:
    part = b'Content-Disposition: form-data; name="icon_image"; filename=""\r\n\r\n'

    assert read(framed(part)) == {}
    assert read(framed(part + PNG))["icon_image"].read() == PNG


def test_what_stands_around_the_parts_is_no_part() -> None:
    body = b"preamble\r\n" + multipart([("a", "x")]) + framed(head("b", "y"))

    assert read(body) == {"a": "x"}


@pytest.mark.parametrize("boundary", ['"a b"', "x", "'()+_,-./:=?'"])
@pytest.mark.parametrize(
    "prefix", ["multipart/form-data; boundary=", "Multipart/Form-Data;Boundary="]
)
def test_every_boundary_that_the_standard_allows_is_found(boundary: str, prefix: str) -> None:
    quoted = boundary if boundary.startswith('"') else f'"{boundary}"'
    body = multipart([("a", "x")]).replace(BOUNDARY.encode(), boundary.strip('"').encode())

    assert read(body, prefix.replace("M", "m") + quoted) == {"a": "x"}


WHOLE = multipart([("a", "x"), ("b", PNG)])
PART = head("a", "x")
MALFORMED: dict[str, tuple[bytes, str]] = {
    "no boundary named": (WHOLE, "multipart/form-data"),
    "an empty boundary": (WHOLE, "multipart/form-data; boundary="),
    "a boundary past its length": (WHOLE, f"multipart/form-data; boundary={'x' * 71}"),
    "a boundary beyond ASCII": (WHOLE, "multipart/form-data; boundary=é"),
    "a charset of the whole": (WHOLE, f"{MULTIPART}; charset=utf-16"),
    "an unknown charset": (b"a=x", f"{URL_ENCODED}; charset=\0"),
    "a charset that unpacks": (b"a=x", f"{URL_ENCODED}; charset=bz2_codec"),
    "another boundary": (WHOLE, "multipart/form-data; boundary=other"),
    "JSON": (b'{"a": "x"}', MULTIPART),
    "a bare line end": (WHOLE.replace(b"\r\n", b"\n"), MULTIPART),
    "a part without a blank line": (framed(b"Content-Disposition: form-data"), MULTIPART),
    "a part without a name": (framed(b"Content-Disposition: form-data\r\n\r\nx"), MULTIPART),
    "a part with an empty name": (framed(PART.replace(b'"a"', b'""')), MULTIPART),
    "a part without a header": (framed(b"\r\nx"), MULTIPART),
    "a header without a colon": (framed(b"Content-Disposition\r\n" + PART), MULTIPART),
    "an attachment": (framed(PART.replace(b"form-data", b"attachment")), MULTIPART),
    "base64": (framed(b"Content-Transfer-Encoding: base64\r\n" + PART), MULTIPART),
    "a part's charset": (framed(b"Content-Type: a/b; charset=latin1\r\n" + PART), MULTIPART),
    "a boundary that goes on": (
        WHOLE.replace(b"\r\n\r\nx", b"\r\n\r\nx\r\n--" + BOUNDARY.encode() + b"y"),
        MULTIPART,
    ),
    "Latin-1 in a text": (framed(PART + b"\xe9"), MULTIPART),
    "Latin-1 in a name": (framed(PART.replace(b'"a"', b'"\xe9"')), MULTIPART),
    "UTF-16": (framed(PART + "é".encode("utf-16")), MULTIPART),
    "a surrogate": (b"a=%ED%A0%80", URL_ENCODED),
    "Latin-1, escaped": (b"a=%E9", URL_ENCODED),
    "Latin-1, bare": (b"a=\xe9", URL_ENCODED),
    "a NUL": (b"a=x%00", URL_ENCODED),
    "a NUL in a name": (b"a%00=x", URL_ENCODED),
    "a NUL in a part": (framed(PART + b"\0"), MULTIPART),
    "a lone percent": (b"a=100%", URL_ENCODED),
    "no hexadecimal digits": (b"a=%zz", URL_ENCODED),
    "2,001 fields": (b"a=x&" * 2000 + b"a=x", URL_ENCODED),
    "a million separators": (b"&" * 1_000_000, URL_ENCODED),
    "2,001 parts": (multipart([("a", "x")] * 2001), MULTIPART),
    "100,000 boundaries": (f"--{BOUNDARY}\r\n".encode() * 100_000, MULTIPART),
    "11 files": (multipart([("a", PNG)] * 11), MULTIPART),
    "11 levels": (b"a[b][c][d][e][f][g][h][i][j][k]=x", URL_ENCODED),
    "100,000 levels": (b"a" + b"[b]" * 100_000 + b"=x", URL_ENCODED),
}


@pytest.mark.parametrize(("body", "content_type"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_form_that_cannot_be_read_is_refused_whole(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedBody) as refused:
        read(body, content_type)

    assert len(refused.value.detail) < 200
    assert "JSON" not in refused.value.detail


@pytest.mark.parametrize("end", range(len(WHOLE) - len("\r\n--\r\n") + 1))
def test_a_form_that_was_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(MalformedBody):
        read(WHOLE[:end])


HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                *(f"--{BOUNDARY}".encode(), b"--", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0"),
                *(
                    b"Content-Disposition: form-data",
                    b"; name=",
                    b'"a"',
                    b"; filename=",
                    b'"',
                    b"\\",
                ),
                *(
                    b"*=",
                    b"utf-8''",
                    b"unicode_escape''%5Cud800",
                    b"*0=",
                    b";",
                    b":",
                    b" ",
                    b"\xff",
                ),
                *(b"Content-Type: ", b"charset=", b"utf-8", b"hex", b"a", b"[", b"]", b".", b"0"),
            ]
        ),
        max_size=30,
    ).map(b"".join),
)


@settings(deadline=None)
@given(HOSTILE, st.booleans())
def test_no_bytes_fail_in_any_other_way(body: bytes, is_framed: bool) -> None:
    for sent, content_type in (
        (framed(body) if is_framed else body, MULTIPART),
        (body, URL_ENCODED),
    ):
        try:
            form = read(sent, content_type)
        except MalformedBody:
            continue
        assert payload_hash(form)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_content_type_fails_in_any_other_way(told: str) -> None:
    for prefix in ("multipart/form-data;", "multipart/form-data; boundary=", "a/b; charset="):
        try:
            read(WHOLE, prefix + told)
        except MalformedBody:
            continue


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text("%+=&4eé1zE2AC", max_size=12).map(str.encode)))
def test_percent_signs_are_read_as_the_standard_library_does(raw: bytes) -> None:
    try:
        expected: str | None = unquote_plus(raw.decode(), errors="strict")
    except UnicodeDecodeError:
        expected = None
    if expected is None or "\0" in expected or re.search(rb"%(?![0-9A-Fa-f]{2})", raw):
        with pytest.raises(MalformedBody):
            unquoted(raw)
    else:
        assert unquoted(raw) == expected


@pytest.mark.parametrize("unit", [b"%41", b"%41aa", b"a", b"%E2%82%AC"])
def test_eight_megabytes_take_little_time_and_room(unit: bytes) -> None:
    body = b"html_template=" + unit * (8_000_000 // len(unit))
    started = time.process_time()
    read(body, URL_ENCODED)
    seconds = time.process_time() - started

    tracemalloc.start()
    read(body, URL_ENCODED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert seconds < 1
    assert peak < 6 * len(body)


def test_files_count_by_their_content_when_payloads_are_compared() -> None:
    def payload(content: bytes) -> bytes:
        return payload_hash(read(multipart([("name", "x"), ("icon_image", content)])))

    assert payload(PNG) == payload(PNG) != payload(PNG + b"x")


def test_a_file_can_be_read_after_it_was_compared() -> None:
    form = read(multipart([("icon_image", PNG)]))

    payload_hash(form)

    assert form["icon_image"].read() == PNG
    with pytest.raises(TypeError):
        fingerprint(object())
