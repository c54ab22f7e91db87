"""`{{ recipient_name }}` in a template: literal text that is replaced by text."""

import html
import re
from collections.abc import Mapping

NAMES = (
    "recipient_name",
    "credential_name",
    "credential_type",
    "description",
    "criteria_text",
    "narrative",
    "issued_on",
    "expires_on",
    "issuer_name",
    "organization_name",
    "credential_id",
    "credential_url",
    "icon_image",
    "background_image",
    "thumbnail_image",
    "issuer_image",
)
PLACEHOLDER = re.compile(r"\{\{\s{0,9}([a-z_]{1,40})\s{0,9}\}\}")
# Of all values together: 5,000 placeholders of one long narrative are no document.
MAX_FILLED_LENGTH = 131_072
# Neither HTML nor UTF-8 has them; PostgreSQL stores no NUL, and a file may hold the others.
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
# Characters that would show what follows backwards: a name could read as another.
OVERRIDES = str.maketrans("", "", "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Known names by their escaped values, as far as the room for values goes.

    Unknown ones stay as they are: the author of a misspelt name sees it.
    """
    escaped = {name: html.escape(readable(values.get(name, ""))) for name in NAMES}
    room = MAX_FILLED_LENGTH

    def value(found: re.Match[str]) -> str:
        nonlocal room
        text = escaped.get(found[1], found[0])
        if len(text) > room:
            return ""
        room -= len(text)
        return text

    return PLACEHOLDER.sub(value, template)


def readable(text: str) -> str:
    return UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text).translate(OVERRIDES)
