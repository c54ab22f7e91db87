"""Lists as {count, next, previous, results}, by limit and offset."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from credentials.core.fields import CountField
from credentials.core.records import respond
from tenants.ids import MAX_INTEGER


class PageQuery(serializers.Serializer[Any]):
    limit = CountField(min_value=1, max_value=500, default=20)
    offset = CountField(min_value=0, max_value=MAX_INTEGER, default=0)


class PageSerializer(serializers.Serializer[Any]):
    """Families add their `results`."""

    count = serializers.IntegerField(min_value=0, help_text="of all that match, on every page")
    next = serializers.CharField(allow_null=True, help_text="the address of the next page")
    previous = serializers.CharField(allow_null=True, help_text="the address of the page before")


def respond_page(request: Request, query: dict[str, Any], count: int, items: bytes) -> HttpResponse:
    limit, offset = query["limit"], query["offset"]
    end, before = offset + limit, max(0, offset - limit)
    following = link(request, limit=limit, offset=end) if end < count else None
    previous = link(request, limit=limit, offset=before) if offset else None
    links = orjson.dumps({"next": following, "previous": previous})[1:-1]
    return respond(b'{"count":%d,%b,"results":%b}' % (count, links, items))


def link(request: Request, **changed: int) -> str:
    """On the host that was asked, not on PUBLIC_URL: a client comes back by the way it came.

    Inside a private network that way may be another than the public one. The host is one of
    ALLOWED_HOSTS; whoever else is named gets no answer at all.
    """
    query = request.query_params.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
