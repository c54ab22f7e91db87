"""How one record changes: by its subject or an issuer."""

import uuid
from typing import Any

from credentials.certifications import recording
from credentials.certifications.models import Certification, Standing
from credentials.certifications.record_rows import Named
from credentials.certifications.recording import PAIR, VERIFIED_FACTS, Wanted
from credentials.certifications.serializers import CertificationChangeSerializer, read
from credentials_portal.problems import InvalidInput
from tenants import changes, walls
from tenants.events import Actor

FACTS = ("source", "issued_on", "expires_on", "issuer_name", "serial_number")
TYPE = """
select t.id, t.owner, t.status from credentials_certificationtype t
where t.uuid = %s and t.owner in (0, %s)
"""


def wanted(values: dict[str, Any], *, person: int) -> Wanted:
    """What a POST asks for: of the person, unless it names a member."""
    given = {name: value for name, value in values.items() if value is not None}
    member = given.get("organization_member_id")
    named = Named(
        member=member,
        person=None if member else person,
        type=given.get("certification_type_id"),
        **{name: given[name] for name in PAIR if name in given},
    )
    return Wanted(named, {name: given[name] for name in FACTS if name in given})


def change(row: Certification, data: Any, *, by: Actor) -> None:
    """What is left out stays, null takes away. The row must be locked."""
    values, faults = read(CertificationChangeSerializer, data)
    facts = {name: values[name] for name in (*FACTS, *PAIR) if name in values}
    if "certification_type_id" in values:
        kind, owner = None, None
        if (identifier := values["certification_type_id"]) is not None:
            kind, owner, is_usable = _type(row, identifier)
            faults += [] if is_usable else [recording.UNKNOWN_TYPE]
        facts |= {"certification_type_id": kind, "type_owner": owner}
    before = {name: getattr(row, name) for name in VERIFIED_FACTS}
    faults += recording.faults_of(before | facts)
    if faults:
        raise InvalidInput(errors=faults)
    changes.change(row, facts | recording.unverified_by(before, facts), by=by)


def _type(row: Certification, identifier: uuid.UUID) -> tuple[int | None, int | None, bool]:
    """An archived type stays where it is, and comes nowhere else."""
    found = walls.read(walls.tenant(row.tenant_id), TYPE, [identifier, row.tenant_id])
    for kind, owner, status in found:
        return kind, owner, status == Standing.ACTIVE or kind == row.certification_type_id
    return None, None, False


def archive(row: Certification, *, by: Actor) -> bool:
    """False for one that was archived before. The row must be locked."""
    facts = {"lifecycle_status": Standing.ARCHIVED}
    return changes.change(row, facts, by=by, action="archived")
