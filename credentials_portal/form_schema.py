"""How the OpenAPI document says that a form spells what is no text."""

from typing import Any

from rest_framework import serializers

from credentials_portal.form_format import MULTIPART, URL_ENCODED

FORMS = (URL_ENCODED, MULTIPART)
REPEATED = {"style": "form", "explode": True}  # courses=a&courses=b
IN_BRACKETS = {"style": "deepObject", "explode": True}  # valid_for[amount]=2


def encoding(serializer: Any, media_type: str) -> dict[str, Any]:
    """Of each field that needs one; a field that takes files names their types."""
    found: dict[str, Any] = {}
    for name, field in getattr(serializer, "fields", {}).items():
        if field.read_only:
            continue
        if isinstance(field, serializers.ListField | serializers.ListSerializer):
            found[name] = REPEATED
        elif isinstance(field, serializers.Serializer):
            found[name] = IN_BRACKETS
        elif media_type == MULTIPART and (types := getattr(field, "file_types", ())):
            found[name] = {"contentType": ", ".join(["text/plain", *types])}
    return found
