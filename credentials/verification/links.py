"""Addresses that a public page gives away. They are made from PUBLIC_URL: paper outlives a host."""

import functools
import uuid
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from credentials.core.public import Shown

LINKEDIN = "https://www.linkedin.com/profile/add"
LINKEDIN_NAME_LENGTH = 255  # a longer one is refused there, and makes an address that few accept


def page_address(identifier: uuid.UUID) -> str:
    return f"{settings.PUBLIC_URL}/c/{identifier}"


def data_address(identifier: uuid.UUID) -> str:
    return f"{page_address(identifier)}/data"


def document_address(identifier: uuid.UUID) -> str:
    return f"{page_address(identifier)}/document"


def document_path(identifier: uuid.UUID) -> str:
    """On the host that was asked: a page may frame that one alone."""
    return urlsplit(document_address(identifier)).path


def linkedin_address(shown: Shown) -> str:
    """A form on LinkedIn, filled in for the holder."""
    fields: dict[str, object] = {
        "startTask": "CERTIFICATION_NAME",
        "name": shown.title[:LINKEDIN_NAME_LENGTH],
    }
    if shown.issuer:
        fields["organizationName"] = shown.issuer
    if shown.issued_at:
        fields |= {"issueYear": shown.issued_at.year, "issueMonth": shown.issued_at.month}
    if shown.ends_at:
        fields |= {"expirationYear": shown.ends_at.year, "expirationMonth": shown.ends_at.month}
    fields |= {"certUrl": page_address(shown.uuid), "certId": shown.uuid}
    return f"{LINKEDIN}?{urlencode(fields)}"


def website(address: str) -> str:
    """Blank unless a browser would go to a web site by it."""
    return address if address.lower().startswith(("https://", "http://")) else ""


@functools.lru_cache(maxsize=1024)
def qr_code(address: str) -> SafeString:
    """As inline SVG. Drawing one takes longer than the rest of the page."""
    # Loaded by the first page: no other process has use for it.
    import segno

    drawn = segno.make_qr(address, error="m").svg_inline(
        omitsize=True, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - paths alone; the address is not written in it
