"""The portal's own check of a certification: against what the portal itself issued."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from credentials.certifications.checks import Claim, Verdict
from credentials.certifications.models import Certification
from credentials.core.public import Shown, Status
from credentials.verification import finding

PENDING = Certification.Verification.PENDING
REJECTED = Certification.Verification.REJECTED
VERIFIED = Certification.Verification.VERIFIED


class PortalCheck:
    """The serial number is the public uuid of a credential, and everything else agrees with it."""

    method = "portal"

    def verify(self, claim: Claim) -> Verdict:
        credential: Any = finding.found(claim.serial_number or "")
        shown: Shown | None = credential and credential.shown()
        if shown is None:
            return Verdict(PENDING, "The portal issued nothing under this serial number.")
        if shown.is_recorded_by_holder:
            # Otherwise one could vouch for oneself.
            return Verdict(PENDING, "The credential was recorded by its holder: nobody issued it.")
        if contradicted := contradiction(claim, credential.holder_id, shown):
            return Verdict(REJECTED, contradicted)
        if same(claim.type_title, shown.title):
            return Verdict(VERIFIED, "The portal issued it.")
        return Verdict(PENDING, f"The portal issued it under another title: {shown.title}"[:1000])


def contradiction(claim: Claim, holder_id: int | None, shown: Shown) -> str:
    """Blank where there is none."""
    if holder_id is None or claim.user_id != holder_id:
        return "The credential of this serial number is somebody else's."
    if shown.status(timezone.now()) is not Status.VALID or not shown.is_holder_active:
        return "The credential of this serial number is not valid."
    if not any(same(claim.issuer_name, name) for name in (shown.issuer, shown.organization)):
        return "The credential of this serial number has another issuer."
    if claim.issued_on and claim.issued_on != day(shown.issued_at):
        return "The credential of this serial number was issued on another day."
    if claim.expires_on != day(shown.ends_at):
        return "The credential of this serial number does not end on that day."
    return ""


def same(claimed: str | None, known: str) -> bool:
    return bool(known) and (claimed or "").strip().casefold() == known.strip().casefold()


def day(instant: datetime | None) -> date | None:
    return instant.astimezone(UTC).date() if instant else None
