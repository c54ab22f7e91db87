"""What the OpenAPI document says of fields; apart from them, for only who makes it needs this."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from credentials.core.fields import AnyCaseField, TextField, WebAddressField


class TextSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """What the OpenAPI document says of texts that are sent."""

    target_class = TextField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if isinstance(self.target, AnyCaseField):
            if direction == "response":
                return {"type": "string", "enum": self.target.words}
            return {"type": "string", "pattern": any_case(self.target.words)}
        if direction == "request" and isinstance(self.target, WebAddressField):
            return {"type": "string", "pattern": r"^https?://\S+$"}
        if direction == "request" and not self.target.allow_blank:
            return {"type": "string", "pattern": r"\S"}
        return {"type": "string"}


def any_case(words: Iterable[str]) -> str:
    """A pattern; JSON Schema knows no flag for it."""
    spelled = ("".join(f"[{each}{each.upper()}]" for each in word) for word in words)
    return f"^({'|'.join(spelled)})$"
