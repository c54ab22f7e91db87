"""What the fields of a form make together, and what a serializer makes of their texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials_portal.problems import MalformedBody

MAX_STEPS, MAX_NAME_LENGTH = 10, 1000
# `courses`, `courses[]`, `courses[0]`, `valid_for[amount]`, `valid_for.amount`, and these combined.
NAME = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[^.\[\]]*\])*")
STEP = re.compile(r"\[\]|[^.\[\]]+")
INDEX = re.compile(r"[0-9]{1,4}")
NUMBER = re.compile(r"-?[0-9]{1,18}")
FLAGS = {"true": True, "false": False}
NEXT = "[]"


class Form(dict[str, Any]):
    """A body that was sent as a form: texts and files, in the lists and objects of their names."""


@dataclass
class Node:
    """What was sent under one name, and under names that begin with it."""

    values: list[Any] = field(default_factory=list)
    inner: dict[str, "Node"] = field(default_factory=dict)

    def below(self, step: str) -> "Node":
        return self.inner.setdefault(step, Node())

    def made(self, name: str) -> Any:
        if not self.inner:
            return self.values[0] if len(self.values) == 1 else self.values
        if self.values:
            raise contradiction(name)
        if NEXT in self.inner:
            return self.appended(name)
        if all(map(INDEX.fullmatch, self.inner)):
            return [self.inner[step].made(name) for step in sorted(self.inner, key=int)]
        return {step: node.made(name) for step, node in self.inner.items()}

    def appended(self, name: str) -> list[Any]:
        """One value is a list too: that is what the brackets say."""
        if len(self.inner) > 1 or self.inner[NEXT].inner:
            raise contradiction(name)
        return self.inner[NEXT].values


def contradiction(name: str) -> MalformedBody:
    return MalformedBody(f"The form's fields named {name[:100]} contradict each other.")


def assembled(pairs: Iterable[tuple[str, "str | UploadedFile[Any]"]]) -> Form:
    """A field that is repeated is a list, in the order in which its values were sent."""
    top = Node()
    for name, value in pairs:
        if len(name) > MAX_NAME_LENGTH:
            raise MalformedBody(f"A name in the form is longer than {MAX_NAME_LENGTH} characters.")
        steps = STEP.findall(name) if NAME.fullmatch(name) else [name]
        if len(steps) > MAX_STEPS:
            raise MalformedBody(f"The form is nested deeper than {MAX_STEPS} levels.")
        node = top
        for step in steps:
            node = node.below(step)
        node.values.append(value)
    return Form((name, node.made(name)) for name, node in top.inner.items())


def validated(serializer: serializers.BaseSerializer[Any], data: Any) -> Any:
    """What the caller sent, checked: a form's texts as what they stand for, all else as it is.

    Raises every fault at once. A file whose name is none of the fields' is one: what somebody took
    the trouble to attach is not ignored like other unknown names. So is a parameter of a query that
    came more than once and is no list: nobody knows which was meant.
    """
    if isinstance(data, QueryDict) and not data:
        data = {}  # a form without a body, in which a missing flag would count as false
    beside: dict[Any, Any] = {}
    if isinstance(data, Form):
        beside = {name: STRAY for name, value in stray_files(serializer, data)}
    elif isinstance(data, QueryDict):
        beside = dict.fromkeys(repeated(serializer, data), REPEATED)
    try:
        sent = typed(serializer, data) if isinstance(data, Form) else data
        values = serializer.run_validation(sent)
    except ValidationError as error:
        if not beside:
            raise
        faults: Any = error.detail
        raise ValidationError({**faults, **beside}) from error
    if beside:
        raise ValidationError(beside)
    return values


STRAY = [ErrorDetail("No file is expected here.", "unexpected_file")]
REPEATED = [ErrorDetail("It came more than once; send one.", "repeated")]


def repeated(serializer: Any, query: QueryDict) -> Iterable[str]:
    """Of the fields that take one value."""
    fields = getattr(serializer, "fields", {})
    single = (name for name, each in fields.items() if not isinstance(each, serializers.ListField))
    return (name for name in single if len(query.getlist(name)) > 1)


def stray_files(serializer: Any, data: Form) -> Iterable[tuple[str, Any]]:
    fields = getattr(serializer, "fields", {})
    known = {name for name, each in fields.items() if not each.read_only}
    return ((name, value) for name, value in data.items() if name not in known and has_file(value))


def has_file(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(has_file, value.values() if isinstance(value, dict) else value))
    return isinstance(value, UploadedFile)


def from_json(text: str) -> Any:
    """An object may be sent as JSON, too: by OpenAPI's rules, a form's objects are."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return found if isinstance(found, dict) else text


def typed(field: Any, value: Any) -> Any:
    """The value that a JSON body would have here; as it is where the text stands for none.

    So that serializers stay strict: in JSON, a text is no number.
    """
    many = isinstance(field, serializers.ListField | serializers.ListSerializer)
    if value == "" and not getattr(field, "allow_blank", False):
        if many:
            return []
        return None if field.allow_null else value
    # A file among them: DRF would take its lines for the items.
    if many and isinstance(value, str | dict | UploadedFile):
        value = [value]
    match field, value:
        case serializers.ListField() | serializers.ListSerializer(), list():
            return [typed(field.child, each) for each in value]
        case serializers.Serializer(), dict():
            fields = field.fields
            return {
                name: typed(fields[name], each) if name in fields else each
                for name, each in value.items()
            }
        case serializers.Serializer(), str():
            return from_json(value)
        case serializers.BooleanField(), str():
            return FLAGS.get(value, value)
        case serializers.IntegerField(), str() if NUMBER.fullmatch(value):
            return int(value)
    return value
