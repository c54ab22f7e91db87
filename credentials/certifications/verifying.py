"""Whether a record is true: said by an issuer, or found by a check."""

from typing import Any

from django.utils import timezone

from credentials.certifications import checks
from credentials.certifications.checks import Claim, Verdict
from credentials.certifications.models import Certification
from credentials_portal.problems import InputError, InvalidInput
from tenants import changes
from tenants.events import Actor

PENDING = Certification.Verification.PENDING


def verdict(row: Certification, user_id: int | None, sent: dict[str, Any]) -> Verdict:
    """Raises InvalidInput (400) where it is unclear whose word it shall be."""
    check = checks.known().get(sent["method"])
    if (check is None) == ("status" not in sent):
        raise InvalidInput(errors=[_unclear(is_check=check is not None)])
    note = sent.get("note") or ""
    if check is None:
        return Verdict(Certification.Verification(sent["status"]), note)
    found = checks.verdict(check, claim(row, user_id))
    return Verdict(found.status, note or found.note)


def _unclear(*, is_check: bool) -> InputError:
    if is_check:
        return InputError("/status", "found_by_check", "This method finds the status by itself.")
    methods = ", ".join(sorted(checks.known()))
    detail = f"Say what was found, or name a check that finds it as the method: {methods}."
    return InputError("/status", "required", detail)


def claim(row: Certification, user_id: int | None) -> Claim:
    return Claim(
        user_id=user_id,
        type_title=row.certification_type.title if row.certification_type else None,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        issuer_name=row.issuer_name,
        serial_number=row.serial_number,
    )


def verify(row: Certification, found: Verdict, method: str, *, by: Actor) -> None:
    """The row must be locked. What is pending has not been found out: its last time stays."""
    facts: dict[str, Any] = {
        "verification_status": found.status,
        "verification_method": method,
        "verification_note": found.note,
    }
    if found.status != PENDING:
        facts["last_verified_at"] = timezone.now()
    changes.change(row, facts, by=by, action=str(found.status))
