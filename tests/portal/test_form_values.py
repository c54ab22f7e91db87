"""The texts of a form become what a serializer's fields expect; JSON stays as strict as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from credentials.core.fields import FlagField, InstantField, NumberField, TextField
from credentials_portal.form_fields import Form, validated
from credentials_portal.problems import input_errors


class LengthSerializer(serializers.Serializer[Any]):
    amount = NumberField(min_value=1)
    unit = serializers.ChoiceField(["days", "years"])


class PersonSerializer(serializers.Serializer[Any]):
    name = TextField()
    is_adult = FlagField(default=True)


class BadgeSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField(read_only=True)
    name = TextField(max_length=20)
    note = TextField(allow_blank=True, required=False)
    number = NumberField(required=False, allow_null=True)
    is_public = FlagField(default=True)
    ends_at = InstantField(required=False, allow_null=True)
    tags = serializers.ListField(child=TextField(), required=False)
    sizes = serializers.ListField(child=NumberField(), required=False)
    length = LengthSerializer(required=False, allow_null=True)
    people = PersonSerializer(many=True, required=False)


BADGE = BadgeSerializer()
UPLOAD = SimpleUploadedFile("x", b"line\n" * 1000)


def checked(**fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = validated(BADGE, Form({"name": "Welder", **fields}))
    return {name: value for name, value in values.items() if name in fields}


def refused(data: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as error:
        validated(BADGE, data)
    return sorted((fault.pointer, fault.code) for fault in input_errors(error.value.detail))


STAND_FOR: dict[str, tuple[dict[str, Any], Any]] = {
    "a number": ({"number": "12"}, 12),
    "a negative number": ({"number": "-3"}, -3),
    "a number that begins with zeros": ({"number": "007"}, 7),
    "no number": ({"number": ""}, None),
    "true": ({"is_public": "true"}, True),
    "false": ({"is_public": "false"}, False),
    "an instant": ({"ends_at": "2026-01-31T09:30:00Z"}, datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
    "no instant": ({"ends_at": ""}, None),
    "a text that is blank": ({"note": ""}, ""),
    "a text like a number": ({"note": "12"}, "12"),
    "a text like a flag": ({"note": "true"}, "true"),
    "one of a list": ({"tags": "a"}, ["a"]),
    "a list": ({"tags": ["a", "12"]}, ["a", "12"]),
    "an empty list": ({"tags": ""}, []),
    "a list of numbers": ({"sizes": ["1", "2"]}, [1, 2]),
    "an object": ({"length": {"amount": "3", "unit": "days"}}, {"amount": 3, "unit": "days"}),
    "an object in JSON": (
        {"length": '{"amount": 3, "unit": "days"}'},
        {"amount": 3, "unit": "days"},
    ),
    "no object": ({"length": ""}, None),
    "a list of objects": (
        {"people": [{"name": "Ada"}, {"name": "12", "is_adult": "false"}]},
        [{"name": "Ada", "is_adult": True}, {"name": "12", "is_adult": False}],
    ),
    "a list of one object": ({"people": {"name": "Ada"}}, [{"name": "Ada", "is_adult": True}]),
}


@pytest.mark.parametrize(("fields", "expected"), STAND_FOR.values(), ids=STAND_FOR.keys())
def test_a_text_is_what_it_stands_for(fields: dict[str, Any], expected: Any) -> None:
    assert checked(**fields) == dict.fromkeys(fields, expected)


STAND_FOR_NOTHING: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a word for a number": ({"number": "many"}, [("/number", "invalid")]),
    "digits of another script": ({"number": "٣"}, [("/number", "invalid")]),
    "a number past all bounds": ({"number": "9" * 5000}, [("/number", "invalid")]),
    "a fraction": ({"number": "1.0"}, [("/number", "invalid")]),
    "a word for a flag": ({"is_public": "yes"}, [("/is_public", "invalid")]),
    "a flag in capitals": ({"is_public": "TRUE"}, [("/is_public", "invalid")]),
    "nothing for a flag": ({"is_public": ""}, [("/is_public", "invalid")]),
    "nothing for a name": ({"name": ""}, [("/name", "blank")]),
    "two names": ({"name": ["a", "b"]}, [("/name", "invalid")]),
    "an object for a name": ({"name": {"a": "b"}}, [("/name", "invalid")]),
    "two numbers": ({"number": ["1", "2"]}, [("/number", "invalid")]),
    "a text for an object": ({"length": "3"}, [("/length", "invalid")]),
    "parts of an object": (
        {"length": {"amount": "0", "unit": "days"}},
        [("/length/amount", "min_value")],
    ),
    "a number for an object": ({"length": "[3]"}, [("/length", "invalid")]),
    "texts in JSON for an object": (
        {"length": '{"amount": "3", "unit": "days"}'},
        [("/length/amount", "invalid")],
    ),
    "JSON that is cut off": ({"length": '{"amount": '}, [("/length", "invalid")]),
    "a text for a list of objects": ({"people": "Ada"}, [("/people/0", "invalid")]),
    "one blank of a list": ({"tags": ["a", ""]}, [("/tags/1", "blank")]),
}


@pytest.mark.parametrize(
    ("fields", "expected"), STAND_FOR_NOTHING.values(), ids=STAND_FOR_NOTHING.keys()
)
def test_a_text_that_stands_for_nothing_is_refused_where_it_is(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(Form({"name": "Welder", **fields})) == expected


@pytest.mark.parametrize(
    "name", ["name", "note", "number", "is_public", "ends_at", "tags", "length", "people"]
)
@pytest.mark.parametrize("value", [UPLOAD, [UPLOAD, UPLOAD]], ids=["one file", "two files"])
def test_a_file_where_none_is_expected_is_refused_there(name: str, value: Any) -> None:
    pointers = {pointer for pointer, _ in refused(Form({"name": "Welder", name: value}))}

    assert pointers
    assert all(pointer.split("/")[1] == name for pointer in pointers)
    assert len(pointers) <= 2


@pytest.mark.parametrize("value", [UPLOAD, [UPLOAD, "x"], {"a": {"b": UPLOAD}}])
def test_a_file_under_an_unknown_name_is_told_along_with_all_other_faults(value: Any) -> None:
    assert refused(Form({"name": "Welder", "uuid": UPLOAD})) == [("/uuid", "unexpected_file")]
    assert refused(Form({"name": "", "image": value, "unknown": "x"})) == [
        ("/image", "unexpected_file"),
        ("/name", "blank"),
    ]


def test_unknown_texts_are_ignored_as_in_json() -> None:
    assert validated(BADGE, Form({"name": "Welder", "uuid": "x", "other": ["y"]})) == {
        "name": "Welder",
        "is_public": True,
    }


@pytest.mark.parametrize(
    "fields",
    [{"number": "12"}, {"is_public": "true"}, {"tags": "a"}, {"ends_at": ""}, {"length": ""}],
)
def test_in_json_a_text_stands_for_nothing_else(fields: dict[str, Any]) -> None:
    assert [pointer for pointer, _ in refused({"name": "Welder", **fields})] == [
        f"/{name}" for name in fields
    ]


def test_a_form_without_a_body_says_nothing_about_flags() -> None:
    """As Django hands it over: in what it calls HTML input, a missing flag would be false."""
    partial = BadgeSerializer(partial=False, instance=None)
    partial.fields["name"].required = False

    assert validated(partial, QueryDict("")) == {"is_public": True}


VALUES = st.recursive(
    st.one_of(st.text(max_size=5), st.sampled_from(["", "true", "1", "-", "2026-01-31T09:30:00Z"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["amount", "unit", "name", "x"]), inner, max_size=3),
        st.just(UPLOAD),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*BADGE.fields, "unknown"]), VALUES, max_size=4))
def test_no_form_fails_in_any_other_way_than_by_its_faults(fields: dict[str, Any]) -> None:
    pointers = ["/name"]

    try:
        validated(BADGE, Form(fields))
    except ValidationError as error:
        pointers = [fault.pointer for fault in input_errors(error.detail)]

    assert pointers
    assert {pointer.split("/")[1] for pointer in pointers} <= {"name", *fields}
