"""The document and its headers."""

from typing import Any

import pytest

from credentials.core.rendering.document import headers, preview, render, respond
from credentials.core.rendering.placeholders import NAMES
from tests.rendering.reading import Elements, body_of

IMAGE = "/images/0b5a4f6e-7c7d-4e0a-9f0e-5d1f2a3b4c5d"
IMAGES = pytest.mark.parametrize(
    "name", ["icon_image", "background_image", "thumbnail_image", "issuer_image"]
)


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.PUBLIC_URL = "https://credentials.example.org"


def test_document_is_named_for_the_credential() -> None:
    html = render("<p>x</p>", "", {"credential_name": "</title><script>alert(1)</script>"})

    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in html
    assert "script" not in {tag for tag, _ in Elements(html).found}


def test_the_template_s_styles_come_after_the_document_s_own() -> None:
    html = render("<p>x</p>", "body { background: #eee }", {})

    assert html.index("background: #fff") < html.index("body { background: #eee }")


@IMAGES
@pytest.mark.parametrize("value", [IMAGE, f"https://credentials.example.org{IMAGE}"])
def test_an_image_that_was_uploaded_here_is_shown(name: str, value: str) -> None:
    html = render(f'<img src="{{{{ {name} }}}}" alt="">', "", {name: value})

    assert body_of(html) == f'<img src="https://credentials.example.org{IMAGE}" alt="">'


@IMAGES
def test_an_image_from_elsewhere_is_not_even_named(name: str) -> None:
    template = f'<img src="{{{{ {name} }}}}" alt=""><p>{{{{ {name} }}}}</p>'

    html = render(template, "", {name: "https://elsewhere.example/x.png"})

    assert body_of(html) == '<img alt=""><p></p>'


def test_policy_runs_nothing_and_loads_nothing_but_uploaded_images() -> None:
    found = headers()
    directives = found.pop("Content-Security-Policy").split("; ")
    policy = {name: value for name, _, value in (each.partition(" ") for each in directives)}

    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "https://credentials.example.org/images/",
        "sandbox": "",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    assert found == {
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "X-DNS-Prefetch-Control": "off",
    }


def test_preview_fills_in_samples_and_what_it_is_given_and_is_not_kept() -> None:
    template = "".join(f"<p>{{{{ {name} }}}}</p>" for name in NAMES)

    response = preview(template, "p { color: red }", {"credential_name": "Welder"})

    body = body_of(response.content.decode())
    assert "{{" not in body
    assert "<p>Welder</p>" in body
    assert body.count("<p></p>") == 4  # images: there are none to show
    assert "p { color: red }" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert headers().items() <= dict(response.headers).items()


def test_preview_and_document_are_made_in_the_same_way() -> None:
    values = dict.fromkeys(NAMES, "x")

    assert preview("<b>{{ recipient_name }}", "", values).content == (
        respond("<b>{{ recipient_name }}", "", values).content
    )
