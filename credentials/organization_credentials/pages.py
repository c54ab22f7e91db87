"""The envelopes of this family: one record with a status, and lists by pages."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from credentials.core.fields import CountField
from credentials.core.pages import link
from credentials.core.records import respond
from credentials_portal.problems import NotFound
from tenants.ids import MAX_INTEGER

MAX_PAGE_SIZE = 100


class PageQuery(serializers.Serializer[Any]):
    page = CountField(min_value=1, max_value=MAX_INTEGER // MAX_PAGE_SIZE, default=1)
    page_size = CountField(
        min_value=1, default=10, help_text=f"more than {MAX_PAGE_SIZE} is taken as {MAX_PAGE_SIZE}"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["page_size"] = min(attrs["page_size"], MAX_PAGE_SIZE)
        return attrs


def respond_page(request: Request, query: dict[str, Any], count: int, items: bytes) -> HttpResponse:
    """Raises NotFound (404) past the last page; of an empty list there is a first one."""
    number, last = query["page"], max(1, -(-count // query["page_size"]))
    if number > last:
        raise NotFound("There is no such page.")
    links = orjson.dumps(
        {
            "next": link(request, page=number + 1) if number < last else None,
            "previous": link(request, page=number - 1) if number > 1 else None,
        }
    )[1:-1]
    return respond(
        enveloped(
            b'{%b,"count":%d,"data":%b,"num_pages":%d,"page_number":%d,"max_page_size":%d}'
            % (links, count, items, last, number, MAX_PAGE_SIZE)
        )
    )


def enveloped(result: bytes, description: str = "Ok") -> bytes:
    status = orjson.dumps({"success": True, "description": description})
    return b'{"status":%b,"result":%b}' % (status, result)


def respond_one(record: bytes, description: str = "Ok", status: int = 200) -> HttpResponse:
    return respond(enveloped(record, description), status)
