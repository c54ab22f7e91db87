"""`{{ recipient_name }}` and the rest: text, whatever it says and wherever it stands."""

import pytest

from credentials.core.rendering.document import render
from credentials.core.rendering.placeholders import MAX_FILLED_LENGTH, NAMES, fill
from tests.rendering.reading import Elements, assert_harmless, body_of

HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "x onmouseover=alert(1)",
    "javascript:alert(1)",
    "url(http://xss.example/x.png)",
    "red; background: url(//xss.example/x.png)",
    "--><script>alert(1)</script>",
    "{{ recipient_name }}",
    "script",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("_image")])
@pytest.mark.parametrize(
    "spelling", ["{{ %s }}", "{{%s}}", "{{\n\t%s\n}}", "{{\N{NO-BREAK SPACE}%s }}"]
)
def test_each_name_is_replaced_however_it_is_spaced(name: str, spelling: str) -> None:
    document = render(f"<p>[{spelling % name}]</p>", "", {name: "Ada & <Co>"})

    assert body_of(document) == "<p>[Ada &amp; &lt;Co&gt;]</p>"


def test_a_name_without_a_value_is_blank() -> None:
    assert body_of(render("<p>[{{ expires_on }}]</p>", "", {})) == "<p>[]</p>"


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ recipient_nmae }}",
        "{{ Recipient_Name }}",
        "{{ recipient_name | upper }}",
        "{{ recipient_name.user }}",
        "{% if recipient_name %}",
        "{ recipient_name }",
        "{{}}",
        "${recipient_name}",
    ],
)
def test_what_is_no_known_name_stays_as_it_is(text: str) -> None:
    document = render(f"<p>{text}</p>", "", {"recipient_name": "Ada", "nobody": "secret"})

    assert body_of(document) == f"<p>{text}</p>"


def test_a_value_is_not_searched_for_names() -> None:
    values = {"recipient_name": "{{ narrative }}", "narrative": "secret"}

    assert body_of(render("<p>{{ recipient_name }}</p>", "", values)) == "<p>{{ narrative }}</p>"


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ narrative }}</p>",
        '<p title="{{ narrative }}">x</p>',
        "<p title='{{ narrative }}'>x</p>",
        "<p title={{ narrative }}>x</p>",
        "<p {{ narrative }}>x</p>",
        '<p {{ narrative }}="x">x</p>',
        "<{{ narrative }}>x",
        "<{{ narrative }} src=//xss.example/x.js>",
        "</{{ narrative }}>",
        "<!-- {{ narrative }} --><p>x</p>",
        "<script>{{ narrative }}</script>",
        "<style>{{ narrative }}</style>",
        '<p style="{{ narrative }}">x</p>',
        '<p style="color: {{ narrative }}">x</p>',
        "<p style='font-family: \"{{ narrative }}\"'>x</p>",
        '<img src="{{ narrative }}">',
        '<img src="{{ icon_image }}{{ narrative }}">',
        '<a href="{{ narrative }}">x</a>',
        '<iframe srcdoc="{{ narrative }}"></iframe>',
    ],
)
def test_a_value_is_harmless_wherever_its_placeholder_stands(template: str, value: str) -> None:
    document = render(template, "", {"narrative": value})

    assert_harmless(document)
    assert "onmouseover" not in {
        name for _, attributes in Elements(document).found for name in attributes
    }


def test_a_value_in_a_paragraph_is_read_as_it_was_written() -> None:
    for value in HOSTILE:
        document = render("<p>{{ narrative }}</p>", "", {"narrative": value})

        assert "".join(Elements(body_of(document)).texts) == value


def test_style_sheets_have_no_placeholders() -> None:
    """They would be another one for each person, and a name could change how the rest looks."""
    css = "p::after { content: '{{ recipient_name }}' }"

    document = render("<p>x</p>", css, {"recipient_name": "Ada"})

    assert 'content: "{{ recipient_name }}"' in document
    assert "Ada" not in document


def test_no_value_turns_what_it_says_around_or_holds_what_cannot_be_read() -> None:
    filled = fill("{{ narrative }}", {"narrative": "a\u202eb\u202dc\x00d\ud800e\x1b[1m"})

    assert filled == "abc\ufffdd\ufffde\ufffd[1m"


def test_all_values_together_have_a_bound() -> None:
    """5,041 placeholders of a narrative of 65,536 quotation marks would be 2 GB."""
    values = {"narrative": '"' * 65_536, "recipient_name": "Ada"}
    template = ("{{narrative}}" * 5_041)[:65_000] + "{{recipient_name}}"

    filled = fill(template, values)

    assert len(filled) <= MAX_FILLED_LENGTH
    assert filled.endswith("Ada")


def test_one_narrative_of_the_longest_kind_is_whole() -> None:
    narrative = "Ada wrote a program. " * 3_120

    document = render(
        "<p>{{ narrative }}</p><p>{{ recipient_name }}</p>",
        "",
        {"narrative": narrative, "recipient_name": "Ada"},
    )

    assert narrative in document
    assert "<p>Ada</p>" in document
