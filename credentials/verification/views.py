"""The public page of a credential, `/c/<uuid>`, and its data.

Nobody is signed in here: everyone with the link sees the same.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString

from credentials.core.fields import rfc3339
from credentials.core.public import Shown, Status
from credentials.core.rendering.placeholders import OVERRIDES
from credentials.verification import links
from credentials.verification.finding import find
from credentials.verification.refusals import refusal
from credentials_portal import problems
from credentials_portal.etags import conditional
from credentials_portal.open_views import OpenView
from credentials_portal.problems import NotFound, PersonInactive, Problem

LONG_TITLE, LONGEST_TITLE = 90, 300
TEXTS = (
    *("title", "holder", "issuer", "organization", "reason"),
    *("description", "criteria_text", "narrative"),
)


class PublicView(OpenView):
    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        made = super().answer(request, **kwargs)
        # A cache may keep it, and must ask each time: what is revoked is so at once.
        answer = conditional(request, made, "no-cache", vary="Accept")
        # A browser takes the headers of a 304 for the kept page's, its policy too.
        for name in made.headers.keys() - {"Content-Type"}:
            answer.headers[name] = made.headers[name]
        return answer

    def headers(self) -> Mapping[str, str]:
        return headers()

    def get(self, request: HttpRequest, record: str = "") -> HttpResponse:
        """404 for what is not there, and 403 for an inactive holder's, whoever asks."""
        shown = find(record)
        if shown is None:
            raise NotFound
        if not shown.is_holder_active:
            raise PersonInactive
        return self.made(shown, timezone.now())

    def made(self, shown: Shown, now: datetime) -> HttpResponse:
        raise NotImplementedError

    def refused(self, problem: Problem) -> HttpResponse:
        words = refusal(problem.status)
        context = {**vars(words), "status": problem.status, "style": style()}
        page = render_to_string("verification/refused.html", context)
        return HttpResponse(page, status=problem.status, headers=problem.headers)


class PageView(PublicView):
    """HTML whatever is accepted: `Accept: application/json` is kept for the signed credential.

    `Vary: Accept` is sent already, so that no cache will give this page in place of that.
    """

    def made(self, shown: Shown, now: datetime) -> HttpResponse:
        shown, status = readable(shown), shown.status(now)
        context = {
            "shown": shown,
            "status": status,
            "explanation": explanation(shown, status),
            "provenance": "Kept by" if shown.is_recorded_by_holder else "Issued by",
            "verified_on": verified_on(shown),
            "length": length(shown.title),
            "now": now,
            "address": links.page_address(shown.uuid),
            "data_address": links.data_address(shown.uuid),
            "linkedin": "" if shown.revoked_at else links.linkedin_address(shown),
            "website": links.website(shown.website_url),
            "criteria": links.website(shown.criteria_url),
            "evidence": links.website(shown.evidence_url),
            "document": links.document_path(shown.uuid) if shown.has_document else "",
            "document_address": links.document_address(shown.uuid),
            "qr_code": links.qr_code(links.page_address(shown.uuid)),
            "style": style(),
        }
        page = render_to_string("verification/credential.html", context)
        return HttpResponse(page, headers=headers(frames=shown.has_document))


class DataView(PublicView):
    """Just what the page shows, for programs."""

    def made(self, shown: Shown, now: datetime) -> HttpResponse:
        data = {
            "uuid": str(shown.uuid),
            "url": links.page_address(shown.uuid),
            "kind": shown.kind,
            "title": shown.title,
            "holder": shown.holder or None,
            "issuer": shown.issuer or None,
            "organization": shown.organization,
            "recorded_by": "holder" if shown.is_recorded_by_holder else "organization",
            "issued": told(shown.issued_at),
            "valid_from": told(shown.valid_from),
            "expires": told(shown.expires_at),
            "status": shown.status(now).code,
            "verification": verification(shown),
            "revoked": told(shown.revoked_at),
            "revocation_reason": shown.reason or None,
            "description": shown.description or None,
            "criteria_text": shown.criteria_text or None,
            "criteria_url": links.website(shown.criteria_url) or None,
            "narrative": shown.narrative or None,
            "evidence_url": links.website(shown.evidence_url) or None,
            "website_url": links.website(shown.website_url) or None,
            "document_url": links.document_address(shown.uuid) if shown.has_document else None,
        }
        return HttpResponse(orjson.dumps(data), content_type="application/json")

    def refused(self, problem: Problem) -> HttpResponse:
        return problems.response(problem)


def readable(shown: Shown) -> Shown:
    return replace(shown, **{name: getattr(shown, name).translate(OVERRIDES) for name in TEXTS})


def explanation(shown: Shown, status: Status) -> str:
    match status:
        case Status.REVOKED:
            return f"on {day(shown.revoked_at)}"
        case Status.EXPIRED:
            return f"{'after' if shown.is_told_in_days else 'on'} {day(shown.ends_at)}"
        case Status.NOT_YET_VALID:
            return f"before {day(shown.valid_from)}"
    return f"until {day(shown.ends_at)}" if shown.ends_at else "without an end date"


def verified_on(shown: Shown) -> str:
    """Blank for what the organization did not verify."""
    return day(shown.verification.verified_at) if shown.verification else ""


def verification(shown: Shown) -> dict[str, str | None] | None:
    if shown.verification is None:
        return None
    return {
        "status": shown.verification.code,
        "verified_at": told(shown.verification.verified_at),
    }


def length(title: str) -> str:
    """A class by which a long title is set smaller."""
    if len(title) > LONGEST_TITLE:
        return "longest"
    return "long" if len(title) > LONG_TITLE else ""


def day(instant: datetime | None) -> str:
    return dateformat.format(instant.astimezone(UTC), "j F Y") if instant else ""


def told(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None


@functools.cache
def style() -> SafeString:
    return render_to_string("verification/style.css")


@functools.cache
def headers(*, frames: bool = False, framed: bool = False) -> dict[str, str]:
    """The style is allowed by its digest; nothing else is loaded or sent.

    A page with a document frames our own addresses; who asks for one is answered in the frame.
    """
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        + (" frame-src 'self';" if frames else "")
        + " base-uri 'none'; form-action 'none'; frame-ancestors "
        + ("'self'" if framed else "'none'")
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Vary": "Accept",
    }
