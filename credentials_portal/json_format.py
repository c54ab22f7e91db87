"""JSON in and out: strict on the way in, one content type on the way out."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from credentials_portal.problems import MalformedBody

MAX_DEPTH = 100
NESTING = {dict, list}


class JsonParser(BaseParser):
    """RFC 8259. Of duplicate keys the last wins; lone surrogates and NaN are refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read()
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError from error
        # Counting is cheap, and few bodies have so many brackets.
        if body.count(b"[") + body.count(b"{") > MAX_DEPTH and is_deeper(data, MAX_DEPTH):
            raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH} levels.")
        return data


class ScimJsonParser(JsonParser):
    media_type = "application/scim+json"


class AnyTypeParser(JsonParser):
    """Where a view lists it, any other content type is JSON, and so is none."""

    media_type = "*/*"


def is_deeper(data: Any, depth: int) -> bool:
    """Level by level: recursion is what deep nesting breaks, here and further on."""
    level = [data] if type(data) in NESTING else []
    for _ in range(depth - 1):
        # Of millions of empty lists none is looked at twice.
        level = [each for each in contained(level) if each and type(each) in NESTING]
    return any(type(each) in NESTING for each in contained(level))


def contained(level: Iterable[Any]) -> Iterable[Any]:
    return chain.from_iterable(each.values() if type(each) is dict else each for each in level)


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class OnlyJson(BaseContentNegotiation):
    """The API speaks JSON whatever Accept says: a client is better served than refused."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        by_type = {parser.media_type: parser for parser in parsers}
        return by_type.get(content_type) or by_type.get(AnyTypeParser.media_type)

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
