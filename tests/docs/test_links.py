"""Whoever follows a link of the documentation arrives."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, FENCE

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", *DOCS.rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = FENCE.sub("", page.read_text())
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_documentation_arrives(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_of_the_guides_is_in_its_index() -> None:
    for folder, index in (("operations", DOCS / "operations.md"), ("api", DOCS / "api/README.md")):
        linked = {
            (index.parent / link).resolve()
            for link in LINK.findall(index.read_text())
            if not link.startswith("http")
        }
        assert set((DOCS / folder).glob("*.md")) - {index} <= linked
