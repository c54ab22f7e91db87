"""The document of a credential, `/c/<uuid>/document`: how its organization wants it to look.

It comes from an untrusted template, and is shown in a frame of the page.
"""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpResponse

from credentials.core.public import Shown
from credentials.core.rendering import document
from credentials.verification import links
from credentials.verification.views import PublicView, day, headers
from credentials_portal.problems import NotFound


class DocumentView(PublicView):
    def made(self, shown: Shown, now: datetime) -> HttpResponse:
        """404 for what has none. Expired, it is still what was earned: its page says so."""
        if shown.document is None or not shown.has_document:
            raise NotFound
        template = shown.document
        return document.respond(template.html_template, template.css_template, values(shown))

    def headers(self) -> Mapping[str, str]:
        """Also a refusal is shown in the frame."""
        return headers(framed=True)


def values(shown: Shown) -> dict[str, str]:
    """Of every placeholder, as the page shows it."""
    return {
        **(shown.document.values if shown.document else {}),
        "recipient_name": shown.holder,
        "credential_name": shown.title,
        "description": shown.description,
        "criteria_text": shown.criteria_text,
        "narrative": shown.narrative,
        "issued_on": day(shown.issued_at),
        "expires_on": day(shown.ends_at),
        "issuer_name": shown.issuer,
        "organization_name": shown.organization,
        "credential_id": str(shown.uuid),
        "credential_url": links.page_address(shown.uuid),
    }
