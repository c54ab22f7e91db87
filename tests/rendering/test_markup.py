"""What of a template's HTML is left."""

from typing import Any

import pytest

from credentials.core.rendering.markup import clean_markup
from credentials.core.rendering.nesting import well_nested

PUBLIC = "https://credentials.example.org"
IMAGE = "/images/0b5a4f6e-7c7d-4e0a-9f0e-5d1f2a3b4c5d"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC


@pytest.mark.parametrize(
    "html",
    [
        '<div class="a b" id="x" lang="fr" dir="rtl" title="t" role="note">x</div>',
        "<h1>a</h1><h2>b</h2><h6>c</h6>",
        "<p>a<br>b<wbr>c <strong>d</strong> <em>e</em> <sup>2</sup></p><hr>",
        "<ul><li>a</li><li>b</li></ul>",
        '<ol start="3" type="a"><li>a</li></ol>',
        "<dl><dt>a</dt><dd>b</dd></dl>",
        '<table><caption>c</caption><tbody><tr><th scope="row">a</th><td colspan="2">b</td></tr>'
        "</tbody></table>",
        "<header>a</header><main><section><article>b</article></section></main><footer>c</footer>",
        '<figure><figcaption>c</figcaption></figure><time datetime="2026-01-31">x</time>',
        "<blockquote>a</blockquote><pre>b  c\nd</pre><code>e</code>",
        "<ruby>a<rp>(</rp><rt>b</rt></ruby>",
        '<p style="color: red; font-size: 2em">x</p>',
        "<p>Ünïcödé, العربية, 日本語, 🦺</p>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<table><tbody><tr><td><table><tbody><tr><td>x</td></tr></tbody></table></td></tr></tbody>"
        "</table>",
    ],
)
def test_what_is_allowed_stays_as_it_is(html: str) -> None:
    assert clean_markup(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<P CLASS=a>x", '<p class="a">x</p>'),
        ('<a href="https://x.example" onclick="x()">link</a>', "link"),
        ("<font color=red>x</font>", "x"),
        ("<html><head></head><body style=color:red>x</body></html>", "x"),
        ("<!doctype html><p>x", "<p>x</p>"),
        ("a<!-- b -->c<!-->d<!--->e<!-- f", "acde"),
        ("a<?php b ?>c</ d>e<!e>f", "acef"),
        ("a<script>b</script>c<SCRIPT x>d</SCRIPT\t>e<script>f", "ace"),
        ("a<style>b{}</style>c", "ac"),
        ("a<svg><text>b</text></svg>c<math><mi>d</mi></math>e", "ace"),
        ("a<iframe src=b>c</iframe>d<object><p>e</p></object>f", "adf"),
        ("a<title>b</title>c<textarea>d</textarea>e<xmp>f</xmp>g<noscript>h</noscript>i", "acegi"),
        ("a<template><p>b</p></template>c<select><option>d</select>e<plaintext>f", "ace"),
        ("<form action=x><input><button>y</button></form>z", "yz"),
        ("<link rel=a><meta b><base c>x<embed><param><source><track>", "x"),
        ("a < b && c > d <3", "a &lt; b &amp;&amp; c &gt; d &lt;3"),
        ("a <b", "a "),
        ("<b", ""),
        ("<p title='\"'>x", '<p title="&quot;">x</p>'),
        ("<p title=a title=b>x", '<p title="a">x</p>'),
        ("<p/class=a /id=b>x", '<p class="a" id="b">x</p>'),
        ("<p class = a>x", '<p class="a">x</p>'),
        (
            "<p onclick=x data-y=z aria-label=a tabindex=1 contenteditable>x",
            '<p aria-label="a">x</p>',
        ),
        ("<td colspan=9999999 rowspan=2 width=50%>x", "x"),
        (
            "<table width=1e9><tr><td colspan=1000 width=50%>x</table>",
            '<table><tbody><tr><td width="50%">x</td></tr></tbody></table>',
        ),
        ("<p style='position:fixed;color:red'>x", '<p style="color: red">x</p>'),
        ("<p style='position:fixed'>x", "<p>x</p>"),
        ("&lt;script&gt;&#60;b&#62;", "&lt;script&gt;&lt;b&gt;"),
    ],
)
def test_what_is_not_allowed_goes(html: str, left: str) -> None:
    assert clean_markup(html) == left


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>a<div>b</div>", "<p>a</p><div>b</div>"),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        ("<p><b>a<p>b", "<p><b>a</b></p><p>b</p>"),
        ("<b><div>a</div></b>", "<b></b><div>a</div>"),
        (
            "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
            "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>",
        ),
        ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>"),
        (
            "<table><thead><tr><th>a<tbody><tr><td>b<td>c<tr><td>d</table>e",
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td><td>c</td></tr>"
            "<tr><td>d</td></tr></tbody></table>e",
        ),
        (
            "<div><table><tr><td>a</div>b</td></tr></table>c</div>d",
            "<div><table><tbody><tr><td>ab</td></tr></tbody></table>c</div>d",
        ),
        ("</p></div></b>x</table>", "x"),
        ("<div><span>a</div>b</span>", "<div><span>a</span></div>b"),
    ],
)
def test_every_element_is_closed_where_it_must_be(html: str, left: str) -> None:
    assert clean_markup(html) == left


@pytest.mark.parametrize("source", [IMAGE, PUBLIC + IMAGE, f" {IMAGE} "])
def test_an_image_that_was_uploaded_here_is_shown(source: str) -> None:
    html = f'<img src="{source}" alt="a seal" width="80" height="80">'

    assert clean_markup(html) == (
        f'<img src="{PUBLIC}{IMAGE}" alt="a seal" width="80" height="80">'
    )


@pytest.mark.parametrize(
    "source",
    [
        "https://elsewhere.example/x.png",
        "//elsewhere.example/x.png",
        f"https://elsewhere.example{IMAGE}",
        f"{PUBLIC}.elsewhere.example{IMAGE}",
        f"{PUBLIC}@elsewhere.example{IMAGE}",
        f"//elsewhere.example{IMAGE}",
        f"{PUBLIC}{PUBLIC}{IMAGE}",
        f"{IMAGE}?who=ada",
        f"{IMAGE}#x",
        f"{IMAGE}/../../admin/logout/",
        "/images/../admin/logout/",
        "/images/x",
        "images/0b5a4f6e-7c7d-4e0a-9f0e-5d1f2a3b4c5d",
        "\\\\elsewhere.example\\x",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "blob:x",
        "",
    ],
)
def test_no_other_image_is_asked_for(source: str) -> None:
    assert clean_markup(f'<img src="{source}" alt="x">') == '<img alt="x">'


@pytest.mark.parametrize(
    "attribute", ["srcset", "lowsrc", "background", "poster", "data", "longdesc"]
)
def test_no_other_attribute_names_an_image(attribute: str) -> None:
    assert clean_markup(f'<img {attribute}="{PUBLIC}{IMAGE}">') == "<img>"


@pytest.mark.parametrize(
    ("start", "part", "tag"),
    [
        ("<ul>", "<li>x", "li"),
        ("<dl>", "<dt>x<dd>y", "dt"),
        ("<dl>", "<dt>x<dd>y", "dd"),
        ("<table><tr>", "<td>x", "td"),
        ("<table><tr>", "<th>x", "th"),
        ("<table>", "<tr><td>x", "tr"),
        ("<table>", "<tbody><tr><td>x", "tbody"),
        ("", "<p>x", "p"),
    ],
)
def test_elements_that_need_no_end_are_beside_each_other_however_many(
    start: str, part: str, tag: str
) -> None:
    """In each other they would go too deep."""
    assert clean_markup(start + part * 200).count(f"<{tag}>") == 200


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<<!-- -->b>x", "&lt;b>x"),
        ("<</p>script>x", "&lt;script>x"),
        ("<b onclick=x title=y title=z>", '<b title="y"></b>'),
        ("<B TITLE='\"<'>", '<b title="&quot;&lt;"></b>'),
        ("<x>a</x><b>", "a<b></b>"),
    ],
)
def test_a_parser_is_given_nothing_but_known_tags_and_attributes(html: str, said: str) -> None:
    assert well_nested(html) == said
