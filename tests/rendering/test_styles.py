"""What of a template's CSS is left."""

import pytest

from credentials.core.rendering.styles import declarations, stylesheet
from tests.rendering.reading import assert_harmless_sheet, assert_harmless_style


@pytest.mark.parametrize(
    "css",
    [
        "color: red",
        "color: #1d4e9e; background-color: rgb(1 2 3 / 50%)",
        "background: linear-gradient(135deg, #fff 0%, hsl(210 50% 90%) 100%)",
        'font: italic bold 1.2em/1.5 "Noto Serif", Georgia, serif',
        "margin: -1.5rem auto 0; padding: 0.5em 10%",
        "width: calc(100% - 2 * (1rem + 2px))",
        "font-size: clamp(1rem, 4vw, 2.5rem)",
        "display: grid; grid-template-columns: [start] repeat(2, minmax(0, 1fr)) [end]",
        'grid-template-areas: "head head" "left right"',
        "position: relative; top: -2px",
        "transform: rotate(-8deg) scale(1.1)",
        "border: 2px solid #333 !important",
        "box-shadow: 0 1px 3px rgba(0,0,0,.2)",
        "aspect-ratio: 297 / 210",
        'content: "★ "',
        "print-color-adjust: exact",
    ],
)
def test_what_is_allowed_stays_as_it_is(css: str) -> None:
    assert declarations(css) == css
    assert stylesheet(f".a {{ {css} }}") == f".a {{ {css} }}"


@pytest.mark.parametrize(
    "css",
    [
        "background: url(http://xss.example/x.png)",
        "background: url('/images/0b5a4f6e-7c7d-4e0a-9f0e-5d1f2a3b4c5d')",
        "background: URL (x)",
        "background: \\75rl(x)",
        "background: image-set('x' 1x)",
        "background: src('x')",
        "background: cross-fade(red, blue)",
        "background: element(#x)",
        "background: paint(x)",
        "color: var(--x)",
        "color: env(x)",
        "content: attr(title)",
        "content: counter(x)",
        "width: expression(alert(1))",
        "--x: red",
        "behavior: x",
        "-moz-binding: x",
        "position: fixed",
        "position: absolute",
        "position: sticky",
        "position: relative fixed",
        "pos\\69tion: \\66ixed",
        "z-index: 9",
        "animation: x 1s",
        "transition: color 1s",
        "filter: blur(9px)",
        "backdrop-filter: blur(9px)",
        "clip-path: circle(1px)",
        "mask: none",
        "cursor: none",
        "pointer-events: none",
        "src: local(x)",
        "all: initial",
        "zoom: 9",
        "color: red; }",
        "color: { red }",
        "color: @import",
        "color: red ! ie",
        "color: red !important !important",
        "width: 1e9px",
        "width: 100000px",
        "width: 1foo",
        "width: 99999999999999999999999px",
        "color: #12",
        "color: #xyzxyz",
        "color: u+26",
        "color: (red)",
        "color: red & blue",
        "color: <red>",
        "font-family: x\\3c y",
        "color:",
        ": red",
        "color red",
        "color",
        ";;;",
        "",
        "}{",
        "width: calc(calc(calc(calc(calc(calc(calc(calc(calc(1px)))))))))",
        "grid-template-columns: [url(x)]",
        "grid-template-columns: [[x]]",
    ],
)
def test_what_is_not_allowed_goes(css: str) -> None:
    left = declarations(css)

    assert left in {"", "color: red"}
    assert_harmless_style(left)
    assert_harmless_sheet(stylesheet(f"p {{ {css} }}"))


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("color: red; background: url(x); margin: 0", "color: red; margin: 0"),
        ("COLOR: RED; WIDTH: 9PX", "color: RED; width: 9px"),
        ("c\\6flor: r\\65 d", "color: red"),
        ("color: red/**/;/* x */width/**/:/**/9px", "color: red; width: 9px"),
        ("color: red; { color: blue } width: 9px", "color: red; width: 9px"),
        ("color: red; width: 9px {", "color: red"),
        ("content: 'a\\'b\\\"c\\a d'", 'content: "a\'b\\22 c\\a d"'),
        ("content: '</style>'", 'content: "\\3c /style\\3e "'),
        ("content: '\\3c/style\\3e '", 'content: "\\3c /style\\3e "'),
        ("content: 'a\\\nb'", 'content: "ab"'),
        ("color: red; content: 'a", "color: red"),
        ("content: 'a\nb; color: red", "color: red"),
        ("width: calc(1px+2px", "width: calc(1px+2px)"),
        ("color: rgb(1, 2, 3", "color: rgb(1, 2, 3)"),
    ],
)
def test_what_is_left_is_said_in_one_way(css: str, left: str) -> None:
    assert declarations(css) == left


@pytest.mark.parametrize(
    "selector",
    [
        "p",
        "*",
        "html",
        ":root",
        ".a.b > #c",
        "h1 + p ~ ul li",
        "a, b,\n c",
        "p::first-letter",
        "li:first-child::before",
        "tr:nth-child(2n+1)",
        "tr:nth-child( odd )",
        "li:nth-last-of-type(-n + 3)",
        ".größe",
        ".-x",
    ],
)
def test_selectors_of_elements_classes_and_order_stay(selector: str) -> None:
    left = stylesheet(f"{selector} {{ color: red }}")

    assert left == " ".join(f"{selector} {{ color: red }}".split()).replace("( odd )", "(odd)")


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "[title]",
        '[title^="A"]',
        "p:has(b)",
        "p:not(b)",
        "p:is(b)",
        ":host",
        "::part(x)",
        "::slotted(p)",
        ":target",
        ":visited",
        "p:hover",
        "::selection",
        "::-webkit-scrollbar",
        "::view-transition",
        "p:nth-child(2 of .x)",
        "p:nth-child(+)",
        "p:nth-child(99999)",
        "p:nth-child(url(x))",
        "&",
        "p & b",
        "svg|a",
        "a || b",
        "p <b",
        "p</style>",
        ".a\\3c b",
        "#\\3c b",
        "p\\{",
        "p;q",
        "50%",
        "'x'",
        "@x",
        ".a" * 200,
    ],
)
def test_other_selectors_go_with_their_rule(selector: str) -> None:
    assert "color: red" not in stylesheet(f"{selector} {{ color: red }}")
    assert stylesheet(f"{selector} {{ color: red }} b {{ color: blue }}") in {
        "b { color: blue }",
        "",
    }


@pytest.mark.parametrize(
    "media",
    [
        "print",
        "only screen and (min-width: 40em)",
        "(max-width: 390px) and (orientation: portrait), print",
        "(prefers-color-scheme: dark)",
    ],
)
def test_media_queries_of_size_print_and_colours_stay(media: str) -> None:
    css = f"@media {media} {{ p {{ color: red }} @media print {{ b {{ color: blue }} }} }}"

    assert stylesheet(css) == f"@media {media} {{\np {{ color: red }}\n}}"


@pytest.mark.parametrize(
    "media",
    [
        "(min-width: url(x))",
        "(scripting: none)",
        "(-webkit-transform-3d)",
        "(min-width >= 1px)",
        "(400px <= width)",
        "not all and (x: y)",
        "speech",
        "((min-width: 1px))",
        "</style>",
        "()",
        "(:)",
        "(min-width:)",
    ],
)
def test_other_media_queries_go_with_their_rules(media: str) -> None:
    assert stylesheet(f"@media {media} {{ p {{ color: red }} }}") == ""


@pytest.mark.parametrize(
    "rule",
    [
        '@import "x.css";',
        "@import url(x.css);",
        "@\\69mport 'x';",
        '@charset "utf-7";',
        "@namespace x url(x);",
        "@font-face { font-family: x; src: url(x) }",
        "@supports (color: red) { p { color: red } }",
        "@container (width > 1px) { p { color: red } }",
        "@layer x { p { color: red } }",
        "@layer x;",
        "@scope (p) { p { color: red } }",
        "@keyframes x { from { color: red } }",
        "@property --x { syntax: '*'; inherits: false }",
        "@page { margin: 0 }",
        "@counter-style x { symbols: a }",
        "@media;",
        "@media print;",
        "@x { p { color: red } }",
        "@",
        "<!-- -->",
    ],
)
def test_other_rules_go(rule: str) -> None:
    assert stylesheet(rule) == ""
    assert stylesheet(f"{rule} b {{ color: blue }}") in {"b { color: blue }", ""}


def test_rules_without_anything_left_go() -> None:
    assert stylesheet("p { } b { z-index: 1 } i { color: red }") == "i { color: red }"


def test_a_style_attribute_has_a_bound() -> None:
    assert declarations("color: red;" + " " * 4085) == "color: red"
    assert declarations("color: red;" + " " * 4086) == ""


def test_a_style_sheet_has_a_bound() -> None:
    assert stylesheet("p{color:red}" * 2100).count("\n") == 1999
