"""Serializer fields that take what the contract says and nothing that merely resembles it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants import ids

WEB_ADDRESS = URLValidator(schemes=["http", "https"])
DIGITS = re.compile(r"-?[0-9]+")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


class TextField(serializers.CharField):
    """Text as sent: trimmed of nothing, made from nothing else. Only white space is blank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and not data.strip() and not self.allow_blank:
            self.fail("blank")
        return super().run_validation(data)

    def run_validators(self, value: Any) -> None:
        """A text past its length is looked at no further: there may be megabytes of it."""
        if self.max_length is not None and len(value) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        super().run_validators(value)


class CountField(serializers.IntegerField):
    """A whole number in a query: ASCII digits, nothing else that Python reads as one."""

    def to_internal_value(self, data: Any) -> int:
        if not DIGITS.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class NumberField(serializers.IntegerField):
    """A whole number in a body: a JSON number, not a text or a boolean that resembles one."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """A JSON boolean; no word or number for one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class AnyCaseField(TextField):
    """One of a few words, in any letter case; nothing around it."""

    def __init__(self, words: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.words = list(words)
        told = f"Write one of these, in any case: {', '.join(self.words)}."
        self.error_messages |= dict.fromkeys(("invalid_choice", "required", "null", "blank"), told)

    def to_internal_value(self, data: Any) -> str:
        # ASCII first: letters of other scripts become these in lower case.
        word = data.lower() if isinstance(data, str) and data.isascii() else None
        if word not in self.words:
            self.fail("invalid_choice")
        return str(word)


class WebAddressField(TextField):
    """An http or https address."""

    default_error_messages = {"invalid_url": "Write an http or https URL."}

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        try:
            WEB_ADDRESS(address)
        except ValidationError:
            self.fail("invalid_url")
        return address


def rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, Any, str, Any]):
    """An RFC 3339 timestamp with its offset, in the years 0001 to 9999 of UTC."""

    default_error_messages = {
        "invalid": "Write an RFC 3339 timestamp with an offset, like 2026-01-31T09:30:00Z.",
        "out_of_range": "There is no such instant in the years 0001 to 9999 (UTC).",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not RFC3339.fullmatch(data):
            self.fail("invalid")
        try:
            return datetime.fromisoformat(data.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("out_of_range")

    def to_representation(self, value: datetime) -> str:
        return rfc3339(value)


class SecondField(InstantField):
    """An instant that is told to the second, as YYYY-MM-DDTHH:MM:SSZ."""

    def to_representation(self, value: datetime) -> str:
        return super().to_representation(value.replace(microsecond=0))


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, Any, str, Any]):
    """A day as YYYY-MM-DD: no other spelling of ISO 8601, and no time."""

    default_error_messages = {
        "invalid": "Write a day as YYYY-MM-DD, like 2026-01-31.",
        "out_of_range": "There is no such day.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("invalid")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("out_of_range")

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field(OpenApiTypes.UUID)
class IdField(serializers.Field[UUID, Any, str, Any]):
    """A record's uuid, with its hyphens."""

    default_error_messages = {
        "invalid": "Write a uuid, like d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e.",
    }

    def to_internal_value(self, data: Any) -> UUID:
        found = ids.as_uuid(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        return found

    def to_representation(self, value: UUID) -> str:
        return str(value)


class WordField(serializers.ChoiceField):
    """One of a few words, spelled so; a refusal names them."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        words = list(words)
        super().__init__(words, **options)
        self.error_messages["invalid_choice"] = f"Write one of these: {', '.join(words)}."

    def to_internal_value(self, data: Any) -> str:
        # A number or boolean is no word, whatever its text would be.
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))
