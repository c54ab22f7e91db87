"""HTML that holds nothing but what `tags` allows."""

import re

import nh3

from credentials.core.rendering.images import own_image
from credentials.core.rendering.nesting import well_nested
from credentials.core.rendering.styles import declarations
from credentials.core.rendering.tags import ATTRIBUTES, EVERYWHERE, TAGS, UNSEEN

# A cell across a million rows would hold up the browser.
SPAN = re.compile(r"\d{1,2}")
NUMBER = re.compile(r"\d{1,4}|\d{1,3}%")


def clean_markup(html: str) -> str:
    return CLEANER.clean(well_nested(html))


def attribute(tag: str, name: str, value: str) -> str | None:
    """Never raises: what nh3 then did with the attribute would be nh3's choice."""
    match name:
        case "style":
            return declarations(value) or None
        case "src":
            return own_image(value.strip()) or None
        case "colspan" | "rowspan" | "span":
            return value if SPAN.fullmatch(value) else None
        case "height" | "start" | "width":
            return value if NUMBER.fullmatch(value) else None
    return value


CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(UNSEEN),
    attributes={
        "*": set(EVERYWHERE),
        **{tag: set(allowed) for tag, allowed in ATTRIBUTES.items()},
    },
    attribute_filter=attribute,
    strip_comments=True,
    link_rel=None,
    url_schemes={"http", "https"},
)
