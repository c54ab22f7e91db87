"""Lists as {data, page: {next_cursor, has_more}}: stable while rows are added and removed.

A cursor names the last row that was given, so that the next page begins after it whatever came or
went. It is opaque and signed, together with the list, the tenant and the filters that it is of.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from rest_framework import serializers

from credentials.core.fields import CountField, TextField
from credentials.core.records import respond
from credentials_portal.problems import InputError, InvalidInput

MAX_LENGTH = 500


class CursorQuery(serializers.Serializer[Any]):
    limit = CountField(min_value=1, max_value=200, default=50)
    cursor = TextField(
        required=False, max_length=MAX_LENGTH, help_text="`next_cursor` of the page before"
    )


class CursorPageSerializer(serializers.Serializer[Any]):
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page")
    has_more = serializers.BooleanField()


@dataclass(frozen=True)
class Cursors:
    """Those of one list of one tenant, under one set of filters."""

    name: str
    tenant_id: int
    filters: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, tenant_id: int, query: Mapping[str, Any]) -> "Cursors":
        filters = {key: query[key] for key in sorted(query) if key not in {"limit", "cursor"}}
        return cls(name, tenant_id, filters)

    def make(self, *position: int) -> str:
        return _opaque(self._signer().sign(",".join(map(str, position))))

    def position(self, cursor: str | None) -> tuple[int, ...] | None:
        """Raises InvalidInput (400) for a cursor of another list, or of nobody's making."""
        if cursor is None:
            return None
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            signed = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            # Each position has one spelling: the last letter may hold bits that stand for nothing.
            if _opaque(signed) != cursor:
                raise BadSignature
            return tuple(map(int, self._signer().unsign(signed).split(",")))
        except (binascii.Error, ValueError, BadSignature):
            detail = "This cursor is not of this list and these filters."
            raise InvalidInput(errors=[InputError("/cursor", "invalid", detail)]) from None

    def _signer(self) -> Signer:
        filters = orjson.dumps(dict(self.filters), default=str).decode()
        return Signer(salt=f"cursor {self.name} {self.tenant_id} {filters}")


def _opaque(signed: str) -> str:
    return base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Part:
    """Some rows as a JSON array; the position of the last one when there are more."""

    items: bytes
    last: Sequence[int] | None


def respond_part(part: Part, cursors: Cursors) -> HttpResponse:
    following = cursors.make(*part.last) if part.last else None
    page = orjson.dumps({"next_cursor": following, "has_more": following is not None})
    return respond(b'{"data":%b,"page":%b}' % (part.items, page))
