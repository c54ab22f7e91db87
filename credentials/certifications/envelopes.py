"""The family's envelopes: `{data}` around one record, `{data: [...], page}` around a list."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from credentials.core.cursors import CursorPageSerializer
from credentials.core.records import Records, respond

Serializer = type[serializers.Serializer[Any]]


def enveloped(json: bytes) -> bytes:
    return b'{"data":%b}' % json


def enveloped_sql(records: Records) -> str:
    """The same of the row `r`, where the database gives the whole answer."""
    return f"""'{{"data":' || {records.json} || '}}'"""


def respond_data(json: bytes, status: int = 200) -> HttpResponse:
    return respond(enveloped(json), status)


@cache
def one_of(serializer: Serializer) -> Serializer:
    """How the answer of one record is documented."""
    return _envelope(serializer, "Answer", data=serializer())


@cache
def list_of(serializer: Serializer) -> Serializer:
    return _envelope(serializer, "Page", data=serializer(many=True), page=CursorPageSerializer())


def _envelope(serializer: Serializer, suffix: str, **fields: Any) -> Serializer:
    name = serializer.__name__.removesuffix("Serializer") + suffix
    return type(f"{name}Serializer", (serializers.Serializer,), fields)


def page_of(*records: dict[str, Any]) -> dict[str, Any]:
    """An example of a list."""
    return {"data": [*records], "page": {"next_cursor": None, "has_more": False}}
