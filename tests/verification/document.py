"""What a browser would read in a page."""

from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "path", "circle", "img", "br"}


class Document(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        named = {name: value or "" for name, value in attrs}
        element: tuple[str, dict[str, str], list[str]] = (tag, named, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, parts in self._open:
            parts.append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [
            " ".join("".join(parts).split())
            for name, attrs, parts in self.elements
            if name == tag and attributes.items() <= attrs.items()
        ]

    def attributes(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs, _ in self.elements if name == tag]

    @property
    def title(self) -> str:
        return self.texts("title")[0]

    @property
    def heading(self) -> str:
        return self.texts("h1")[0]

    @property
    def status(self) -> str:
        return next(
            " ".join("".join(parts).split())
            for tag, attrs, parts in self.elements
            if tag == "div" and attrs.get("class", "").startswith("status ")
        )

    @property
    def facts(self) -> dict[str, str]:
        return dict(zip(self.texts("dt"), self.texts("dd"), strict=True))

    @property
    def links(self) -> dict[str, str]:
        return dict(zip(self.texts("a"), [a["href"] for a in self.attributes("a")], strict=True))

    @property
    def metas(self) -> dict[str, str]:
        """By name or property."""
        return {
            found.get("name") or found.get("property") or "charset": found.get("content", "")
            for found in self.attributes("meta")
        }
