"""CSS that holds nothing but what `properties` allows."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from tinycss2 import parser

from credentials.core.rendering.placeholders import readable
from credentials.core.rendering.properties import PROPERTIES, WORDS
from credentials.core.rendering.selectors import media_said, selector_said
from credentials.core.rendering.values import Refused, said

MAX_RULES = 2000
MAX_DECLARATIONS_LENGTH = 4096  # of a style attribute


@functools.lru_cache(maxsize=32)
def stylesheet(css: str) -> str:
    """Kept: it is the same for everyone who earned the credential, and slow to read."""
    return rules_said(parse(parser.parse_stylesheet, readable(css)))


def declarations(css: str) -> str:
    """Of a style attribute."""
    if len(css) > MAX_DECLARATIONS_LENGTH:
        return ""
    return declarations_said(parse(parser.parse_blocks_contents, readable(css)))


def parse(parts_of: Callable[..., list[Any]], css: Any) -> list[Any]:
    """Of a text, or of what was parsed of it already."""
    try:
        return parts_of(css, skip_whitespace=True)
    except ValueError:
        # Escaped surrogates, and numbers of more digits than Python reads.
        return []


def rules_said(rules: list[Any], *, inside: bool = False) -> str:
    found = (rule_said(rule, inside=inside) for rule in rules[:MAX_RULES])
    return "\n".join(rule for rule in found if rule)


def rule_said(rule: Any, *, inside: bool) -> str:
    """Blank unless all of its prelude is allowed, and something of its content."""
    try:
        if rule.type == "qualified-rule":
            said = declarations_said(parse(parser.parse_blocks_contents, rule.content))
            return f"{selector_said(rule.prelude)} {{ {said} }}" if said else ""
        if rule.type == "at-rule" and rule.lower_at_keyword == "media" and not inside:
            said = rules_said(parse(parser.parse_rule_list, rule.content or []), inside=True)
            return f"@media {media_said(rule.prelude)} {{\n{said}\n}}" if said else ""
    except Refused:
        pass
    return ""


def declarations_said(nodes: Iterable[Any]) -> str:
    found = (declaration_said(node) for node in nodes if node.type == "declaration")
    return "; ".join(declaration for declaration in found if declaration)


def declaration_said(node: Any) -> str:
    """Blank if any part of it is not allowed."""
    name = node.lower_name
    if name not in PROPERTIES:
        return ""
    try:
        value = said(node.value)
    except Refused:
        return ""
    if not value or (name in WORDS and value.lower() not in WORDS[name]):
        return ""
    return f"{name}: {value}{' !important' if node.important else ''}"
