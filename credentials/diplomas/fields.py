"""Serializer fields of this family: camelCase names, milliseconds, titles, names of files."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from credentials.core.fields import InstantField, NumberField, TextField
from credentials.diplomas.models import TEXT_LENGTH
from credentials_portal.problems import InputError

UNKNOWN_TITLE = InputError("/titleId", "unknown_title", "Your organization has no such title.")
# What a number of JavaScript holds exactly.
MAX_NUMBER = 2**53 - 1
NOT_A_NUMBER = f"Write an integer from -{MAX_NUMBER} to {MAX_NUMBER}, or me."
# The documented pattern, to the letter.
OBTAINED_AT = (
    r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-"
    r"(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z))$"
)
OBTAINED = re.compile(OBTAINED_AT, re.ASCII)
# They turn the text around them, so that `gpj.exe` reads as `exe.jpg`.
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


class CamelCaseSerializer(serializers.Serializer[Any]):
    """Says `title_id` here and `titleId` to callers; the former is where it comes from."""

    def get_fields(self) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for name, field in super().get_fields().items():
            told = camel_case(name)
            if told != name and field.source is None:
                field.source = name
            named[told] = field
        return named


def camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


class MillisecondField(InstantField):
    """An instant as YYYY-MM-DDTHH:MM:SS.mmmZ."""

    def to_representation(self, value: datetime) -> str:
        told = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return told.replace("+00:00", "Z")


@extend_schema_field({"type": "string", "pattern": OBTAINED_AT})
class ObtainedField(MillisecondField):
    default_error_messages = {
        "invalid": "Write a UTC instant that there was or will be, like 2026-01-31T09:30:00.000Z.",
        "out_of_range": "There is no year 0000.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        # The whole text: in Python, `$` would let a line end follow.
        if not isinstance(data, str) or not OBTAINED.fullmatch(data):
            self.fail("invalid")
        if data.startswith("0000"):
            self.fail("out_of_range")
        moment, _, fraction = data.removesuffix("Z").partition(".")
        microseconds = int(fraction[:6].ljust(6, "0"))
        return datetime.fromisoformat(moment).replace(microsecond=microseconds, tzinfo=UTC)


@extend_schema_field(OpenApiTypes.INT64)
class TitleField(NumberField):
    """A title of the tenant by its id; `context["find_title"]` says whether it is there.

    Without it, what is written with the title has to find out.
    """

    default_error_messages = {UNKNOWN_TITLE.code: UNKNOWN_TITLE.detail}

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=-MAX_NUMBER, max_value=MAX_NUMBER, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        find_title = self.context.get("find_title")
        if find_title and not find_title(value):
            self.fail(UNKNOWN_TITLE.code)
        return value


class FileNameField(TextField):
    """What a file is called: never a path, nor a name that reads otherwise than it is."""

    default_error_messages = {
        "path": "Write a name without a path.",
        "dots": "Write a name that is more than dots.",
        "invisible": "Write a name without control characters or turned text.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=TEXT_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if "/" in name or "\\" in name:
            self.fail("path")
        if not name.strip(". "):
            self.fail("dots")
        if any(each in TURNING or unicodedata.category(each) in INVISIBLE for each in name):
            self.fail("invisible")
        return name


# Control characters, line and paragraph separators.
INVISIBLE = {"Cc", "Zl", "Zp"}
