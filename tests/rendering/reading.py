"""What a browser would find in a rendered document, read by other means than those that made it."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from tinycss2 import parser

from credentials.core.rendering.images import own_image
from credentials.core.rendering.properties import COUNTED, FUNCTIONS, PROPERTIES
from credentials.core.rendering.tags import ATTRIBUTES, EVERYWHERE, TAGS

FRAME = {"html", "head", "meta", "title", "style", "body"}
WORDLESS = {"whitespace", "comment"}


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    handle_comment = handle_pi = unknown_decl


def body_of(document: str) -> str:
    _, _, rest = document.partition("<body>\n")
    body, _, _ = rest.rpartition("\n</body>")
    return body


def sheet_of(document: str) -> str:
    """The template's; the first is ours."""
    styles = re.findall(r"<style>\n(.*?)\n</style>", document, re.DOTALL)
    assert len(styles) == 2
    return str(styles[1])


def assert_harmless(document: str) -> None:
    """Nothing that the allow-lists do not name, whatever it was made of."""
    every = Elements(document)
    assert [tag for tag, _ in every.found if tag in FRAME] == [
        *("html", "head", "meta", "meta", "meta", "title", "style", "style", "body")
    ]
    for tag, attributes in Elements(body_of(document)).found:
        assert tag in TAGS
        assert attributes.keys() <= EVERYWHERE | ATTRIBUTES.get(tag, frozenset())
        if "src" in attributes:
            assert own_image(attributes["src"]) == attributes["src"]
        assert_harmless_style(attributes.get("style", ""))
    assert_harmless_sheet(sheet_of(document))


def assert_harmless_style(css: str) -> None:
    for node in parser.parse_blocks_contents(css, skip_whitespace=True):
        assert node.type == "declaration"
        assert node.lower_name in PROPERTIES
        assert_harmless_tokens(node.value)
        if node.lower_name == "position":
            words = [token.lower_value for token in node.value if token.type not in WORDLESS]
            assert set(words) <= {"static", "relative", "initial", "unset"}


def assert_harmless_sheet(css: str) -> None:
    assert "<" not in css
    assert_harmless_rules(parser.parse_stylesheet(css, skip_whitespace=True))


def assert_harmless_rules(rules: Iterable[Any]) -> None:
    for rule in rules:
        if rule.type == "at-rule":
            assert rule.lower_at_keyword == "media"
            assert_harmless_rules(parser.parse_rule_list(rule.content, skip_whitespace=True))
            continue
        assert rule.type == "qualified-rule"
        for token in rule.prelude:
            assert token.type in {"whitespace", "ident", "hash", "literal", "function"}
            assert token.type != "function" or token.lower_name in COUNTED
        assert_harmless_style("".join(token.serialize() for token in rule.content))


def assert_harmless_tokens(tokens: Iterable[Any]) -> None:
    for token in tokens:
        assert token.type not in {"url", "error", "at-keyword", "{} block", "unicode-range"}
        if token.type == "function":
            assert token.lower_name in FUNCTIONS
            assert_harmless_tokens(token.arguments)
        elif token.type.endswith("block"):
            assert_harmless_tokens(token.content)
