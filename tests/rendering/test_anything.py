"""Whatever a template holds: a document is made of it, of allowed parts alone, soon and small."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.core.rendering.document import MAX_TEMPLATE_LENGTH, render
from credentials.core.rendering.nesting import MAX_DEPTH, well_nested
from credentials.core.rendering.tags import TAGS, UNSEEN, VOID
from tests.rendering.reading import Elements, assert_harmless, body_of

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "external/xss_vectors.txt").read_text().splitlines()
    if line.startswith('"')
]
# Seconds and characters, with room for a slow machine: what they hold off is minutes and GB.
MAX_SECONDS, MAX_LENGTH = 5, 1_500_000

words = st.sampled_from(
    [
        *sorted(TAGS | UNSEEN),
        *("a", "form", "script", "x", "onclick", "style", "src", "href", "class", "colspan"),
        *("javascript:", "url(", "expression(", "@import", "@media print", "position", "fixed"),
        *("color", "red", "background", "content", "{{ narrative }}", "{{narrative", "calc("),
        *("<", "</", ">", "/>", "=", '"', "'", "`", "/", "<!--", "-->", "--!>", "<!", "<?", "]]>"),
        *(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ":",
            ";",
            ",",
            "!",
            "important",
            "\\",
            "/*",
            "*/",
            "#",
            ".",
        ),
        *("&", "&lt;", "&#60", "&#x3c;", "\\3c ", "\\d800 ", "\0", "\ud800", "\u202e", " ", "\n"),
    ]
)
templates = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(words, st.text(max_size=4)), max_size=60).map("".join),
    st.sampled_from(VECTORS),
)


@settings(max_examples=400, deadline=None)
@given(html=templates, css=templates, narrative=templates)
def test_any_template_makes_a_harmless_document(html: str, css: str, narrative: str) -> None:
    document = render(html, css, {"narrative": narrative, "credential_name": narrative})

    assert_harmless(document)
    document.encode()


@settings(max_examples=300, deadline=None)
@given(html=templates)
def test_what_is_said_again_nests_well(html: str) -> None:
    open_tags: list[str] = []
    for tag, is_end in tags_of(well_nested(html)):
        if is_end:
            assert open_tags.pop() == tag
        elif tag not in VOID:
            open_tags.append(tag)
            assert len(open_tags) <= MAX_DEPTH

    assert open_tags == []


def tags_of(html: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []

    class Tags(Elements):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            found.append((tag, False))

        def handle_endtag(self, tag: str) -> None:
            found.append((tag, True))

    Tags(html)
    return found


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_each_vector_is_harmless_in_each_field(vector: str) -> None:
    values = {"narrative": vector, "recipient_name": vector, "icon_image": vector}

    assert_harmless(render(vector, vector, values))
    assert_harmless(render(f"<style>{vector}</style>", f"p {{ {vector} }}", values))
    assert_harmless(render(f"<p style=\"{vector}\" title='{vector}'>x", "", values))
    assert_harmless(render("{{ narrative }}<p {{ narrative }}><b {{narrative}}='", "", values))


def repeated(part: str, start: str = "") -> str:
    count = (MAX_TEMPLATE_LENGTH - len(start)) // len(part)
    return start + part * count


# Each once took, or would take, a parser more than its length in time or in room.
LARGE_HTML = {
    "inline elements opened anew in each paragraph": "<p>"
    + "".join(f"<b id={number}>" for number in range(3000))
    + "<p>x" * 8000,
    "the same with attributes": "<p>"
    + "".join(f"<i title='{'x' * 900}{n}'>" for n in range(40))
    + "<p>x" * 6000,
    "blocks in blocks": repeated("<div>"),
    "ends of what was never begun": repeated("</p>", "<div>" * 6000),
    "items in lists in items": repeated("<ul><li>"),
    "tables in tables": repeated("<table><tr><td>"),
    "text in tables": repeated("<table>x"),
    "ruby": repeated("<ruby><rt>"),
    "tags that never end": repeated("<b "),
    "quotes that never end": repeated("""<b a='" """),
    "attributes": "<b " + " ".join(f"a{number}=1" for number in range(9000)),
    "signs of equality": repeated("=", "<b "),
    "slashes": repeated("/", "<b"),
    "spaces": repeated(" ", "<b"),
    "comments": repeated("<!--"),
    "hyphens": repeated("-", "<!--"),
    "ends of scripts": repeated("</script", "<script>"),
    "pictures in pictures": repeated("<svg>"),
    "ampersands": repeated("&"),
    "references": repeated("&lt"),
    "spaces that do not break": repeated("\N{NO-BREAK SPACE}"),
    "unreadable": repeated("\0\x01\ud800"),
    "overrides": repeated("\u202e"),
    "style attributes": repeated('<i style="color:red">'),
    "braces in style attributes": repeated(f'<i style="{"{" * 4000}">'),
    "placeholders": repeated("{{narrative}}"),
    "placeholders in attributes": repeated("<b title={{narrative}}>"),
    "braces": repeated("{{"),
    "braces and spaces": repeated("{{ "),
}
LARGE_CSS = {
    "braces": repeated("{"),
    "rules in rules": repeated("a{"),
    "parentheses": repeated("("),
    "functions in functions": repeated("calc(", "a{width:"),
    "brackets": repeated("[", "a{grid:"),
    "media in media": repeated("@media print{"),
    "rules": repeated("a{color:red}"),
    "selectors": repeated("a,") + "{color:red}",
    "combinators": repeated("a>") + "a{color:red}",
    "declarations": repeated("color:red;", "a{"),
    "values": repeated("1 ", "a{margin:"),
    "digits": repeated("9", "a{width:"),
    "quotes": repeated('"'),
    "quotes and line ends": repeated('"\n'),
    "addresses": repeated("url("),
    "quoted addresses": repeated('url("'),
    "comments": repeated("/*"),
    "escapes": repeated("\\d800 "),
    "backslashes": repeated("\\"),
    "semicolons": repeated(";a", "a{"),
    "words": repeated("x"),
    "line ends": repeated("\n"),
    "unreadable": repeated("\0\ud800"),
    "beginnings of HTML": repeated("<!--"),
}


@pytest.mark.parametrize("name", LARGE_HTML)
def test_large_html_takes_its_time_and_no_more(name: str) -> None:
    started = time.process_time()

    document = render(LARGE_HTML[name], "", {"narrative": "<'\">" * 16_384})

    assert time.process_time() - started < MAX_SECONDS
    assert len(document) < MAX_LENGTH
    assert_harmless(document)


@pytest.mark.parametrize("name", LARGE_CSS)
def test_large_css_takes_its_time_and_no_more(name: str) -> None:
    css = LARGE_CSS[name]
    started = time.process_time()

    document = render(f'<p style="{css}">x</p>', css, {})

    assert time.process_time() - started < MAX_SECONDS
    assert len(document) < MAX_LENGTH
    assert_harmless(document)


def test_what_is_longer_than_any_template_is_cut() -> None:
    body = body_of(render("x" * 1_000_000, "y" * 1_000_000, {}))

    assert body == "x" * MAX_TEMPLATE_LENGTH
