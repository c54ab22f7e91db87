"""HTML of any kind, said again with known tags alone, each of which is closed where it must be.

What is safe is decided after this, by nh3; here the work is bounded. A parser of HTML opens
inline elements anew in each block that was begun inside of them, so that 64 KB of unclosed
`<b id=…>` and `<p>` become gigabytes, and minutes. Of tags that nest well it opens none anew.
"""

import re

from credentials.core.rendering.tags import (
    ATTRIBUTES,
    ENDS,
    EVERYWHERE,
    INLINE,
    TABLE_PARTS,
    TAGS,
    UNSEEN,
    VOID,
)

MAX_DEPTH = 64

# Repetitions are possessive, and what never ends takes the rest along: nothing is read twice.
MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
COMMENT = re.compile(r"!--(?:-?>|.*?--!?>)", re.DOTALL)
TAG_NAME = re.compile(r"(/?)([A-Za-z][^\s/>]*+)")
ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+))?)?"""
)
TAG_END = re.compile(r"[\s/]*+>")
ANY_END = re.compile(r"[^>]*+>")
UNSEEN_ENDS = {
    name: re.compile(rf".*?</{name}(?=[\s/>])[^>]*+>", re.DOTALL | re.IGNORECASE) for name in UNSEEN
}


class Nested:
    """What was said so far, and which elements are open."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: list[str] = []

    def text(self, text: str) -> None:
        self.parts.append(text.replace("<", "&lt;"))

    def start(self, name: str, attributes: str) -> None:
        if name not in INLINE:
            self.end_inline()
        if name in ENDS:
            self.end_before(*ENDS[name])
        if name in VOID:
            self.parts.append(f"<{name}{attributes}>")
        elif len(self.open) < MAX_DEPTH:
            self.open.append(name)
            self.parts.append(f"<{name}{attributes}>")

    def end(self, name: str) -> None:
        """Nothing where it was not begun; and only parts of a table end its cells."""
        for outer in reversed(self.open):
            if outer == name:
                while self.end_last() != name:
                    pass
                return
            if outer in {"td", "th", "caption"} and name not in TABLE_PARTS:
                return

    def end_inline(self) -> None:
        """A block is in no paragraph, and in nothing that belongs in a line."""
        while self.open and (self.open[-1] in INLINE or self.open[-1] == "p"):
            self.end_last()

    def end_before(self, ended: frozenset[str], unless: frozenset[str]) -> None:
        """The next one begins only after those like it."""
        while found := next((name for name in reversed(self.open) if name in ended | unless), ""):
            if found in unless:
                return
            self.end(found)

    def end_last(self) -> str:
        name = self.open.pop()
        self.parts.append(f"</{name}>")
        return name

    def whole(self) -> str:
        while self.open:
            self.end_last()
        return "".join(self.parts)


def well_nested(html: str) -> str:
    nested, at = Nested(), 0
    while markup := MARKUP.search(html, at):
        nested.text(html[at : markup.start()])
        at = after_markup(html, markup.end(), nested)
    nested.text(html[at:])
    return nested.whole()


def after_markup(html: str, at: int, nested: Nested) -> int:
    """Where the text goes on."""
    if html.startswith("!--", at):
        return after(COMMENT, html, at)
    named = TAG_NAME.match(html, at)
    if named is None:
        return after(ANY_END, html, at)
    is_end, name = named[1], named[2].lower()
    attributes, at = read_attributes(html, named.end(), name)
    ended = TAG_END.match(html, at)
    if ended is None:
        return len(html)
    if is_end:
        nested.end(name)
    elif name in TAGS:
        nested.start(name, attributes)
    elif name in UNSEEN:
        return after(UNSEEN_ENDS[name], html, ended.end())
    return ended.end()


def read_attributes(html: str, at: int, tag: str) -> tuple[str, int]:
    """Those that the tag may have, each once, and where they end."""
    allowed = EVERYWHERE | ATTRIBUTES.get(tag, frozenset())
    found: dict[str, str] = {}
    while attribute := ATTRIBUTE.match(html, at):
        name, *values = attribute.groups()
        if name.lower() in allowed:
            value = next((value for value in values if value), "")
            found.setdefault(name.lower(), value.replace('"', "&quot;").replace("<", "&lt;"))
        at = attribute.end()
    return "".join(f' {name}="{value}"' for name, value in found.items()), at


def after(pattern: re.Pattern[str], html: str, at: int) -> int:
    """What is never ended takes the rest along, as in a browser."""
    found = pattern.match(html, at)
    return found.end() if found else len(html)
