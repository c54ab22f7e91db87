"""A credential as its organization wants it to look: a document for a frame of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from credentials.core.rendering.images import FOLDER, own_image
from credentials.core.rendering.markup import clean_markup
from credentials.core.rendering.placeholders import fill, readable
from credentials.core.rendering.styles import stylesheet

# Longer ones come from no API of ours.
MAX_TEMPLATE_LENGTH = 65_536
IMAGES = ("icon_image", "background_image", "thumbnail_image", "issuer_image")
SAMPLE: Mapping[str, str] = MappingProxyType(
    {
        "recipient_name": "Ada Lovelace",
        "credential_name": "Sample credential",
        "credential_type": "CERTIFICATE",
        "description": "What this credential is about.",
        "criteria_text": "What was done to earn it.",
        "narrative": "How it was earned.",
        "issued_on": "31 January 2026",
        "expires_on": "31 January 2029",
        "issuer_name": "Sample issuer",
        "organization_name": "Sample organization",
        "credential_id": "00000000-0000-4000-8000-000000000000",
        "credential_url": "https://credentials.example/c/00000000-0000-4000-8000-000000000000",
    }
)


def render(html_template: str, css_template: str, values: Mapping[str, str]) -> str:
    """A whole HTML document. Never raises, whatever it is given, and is bounded in size."""
    own = {name: own_image(values.get(name, "")) for name in IMAGES}
    filled = fill(readable(html_template[:MAX_TEMPLATE_LENGTH]), {**values, **own})
    context = {
        "title": readable(values.get("credential_name", "")),
        "style": trusted(stylesheet(css_template[:MAX_TEMPLATE_LENGTH])),
        "markup": trusted(clean_markup(filled)),
    }
    return render_to_string("rendering/document.html", context)


def respond(html_template: str, css_template: str, values: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(render(html_template, css_template, values), headers=headers())


def preview(
    html_template: str, css_template: str, values: Mapping[str, str] = MappingProxyType({})
) -> HttpResponse:
    """For those who write a template: a sample of it. `values` come before the samples."""
    response = respond(html_template, css_template, {**SAMPLE, **values})
    response.headers["Cache-Control"] = "no-store"
    return response


def headers() -> dict[str, str]:
    """A wall of its own: with these, even what no sanitiser saw would run and load nothing.

    Styles need `unsafe-inline`, as no digest covers a style attribute.
    """
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {settings.PUBLIC_URL}{FOLDER};"
        " sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "X-DNS-Prefetch-Control": "off",
    }


def trusted(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 - both come from their sanitiser
