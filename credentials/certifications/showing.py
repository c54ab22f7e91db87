"""What the public page of a certification shows."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from credentials.core.public import Shown, Verification, holder_name, is_active

if TYPE_CHECKING:
    from credentials.certifications.models import Certification


def shown(record: "Certification") -> Shown | None:
    """None for what was archived, found untrue, or is of somebody who has not come.

    Who issued it is what the record says: the organization kept it, and at most verified it.
    """
    if record.lifecycle_status != "active" or record.verification_status == "rejected":
        return None
    if record.membership.is_awaited:
        return None
    issuer, kind = record.issuer_name or "", record.certification_type
    is_verified = record.verification_status == "verified"
    return Shown(
        uuid=record.uuid,
        kind="Certification",
        title=kind.title if kind else issuer or "Certification",
        holder=holder_name(record.tenant, record.membership.user),
        issuer=issuer,
        organization=record.tenant.name,
        issued_at=start(record.issued_on),
        valid_from=start(record.issued_on),
        expires_at=end(record.expires_on),
        is_told_in_days=True,
        is_recorded_by_holder=True,
        verification=Verification(record.last_verified_at if is_verified else None),
        is_holder_active=is_active(record.membership.user),
    )


def start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, UTC) if day else None


def end(day: date | None) -> datetime | None:
    """When the day is over; the last day of the calendar is not quite."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start(day and day + timedelta(days=1))
