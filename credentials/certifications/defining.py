"""Qualifications and job roles, made and changed: each with what it asks for, in one event."""

import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.utils import timezone

from credentials.certifications.models import SLUG_LENGTH, Standing
from credentials.certifications.role_models import (
    JobRole,
    JobRoleQualification,
    Listed,
    Qualification,
    Requirement,
    RequirementType,
)
from credentials.certifications.role_records import QUALIFICATION_IDS, REQUIREMENTS
from credentials_portal.problems import InputError, InvalidInput
from tenants import changes, events, walls
from tenants.events import Actor

Row = TypeVar("Row", bound=Listed)
Asked = list[Any]  # requirements or qualifications, as the API tells them
TYPES = """
select t.uuid, t.id, t.owner, t.status from credentials_certificationtype t
where t.uuid = any(%s) and t.owner in (0, %s)
"""
QUALIFICATIONS = """
select q.uuid, q.id from credentials_qualification q where q.tenant_id = %s and q.uuid = any(%s)
"""
FORGET_REQUIREMENTS = (
    "delete from credentials_requirementtype t using credentials_requirement r"
    " where t.tenant_id = %s and r.tenant_id = t.tenant_id and r.id = t.requirement_id"
    " and r.qualification_id = %s",
    "delete from credentials_requirement where tenant_id = %s and qualification_id = %s",
)
FORGET_QUALIFICATIONS = (
    "delete from credentials_jobrolequalification where tenant_id = %s and job_role_id = %s"
)


def create_qualification(
    tenant_id: int, values: dict[str, Any], faults: Sequence[InputError], *, by: Actor
) -> Qualification:
    """Raises InvalidInput (400) for `faults`, and for types that are not there."""
    asked = plain_requirements(values.pop("requirements", []))
    types, unknown = _types(tenant_id, asked, standing=[])
    refuse([*faults, *unknown])
    row = changes.create(
        _slugged(Qualification(tenant_id=tenant_id, **values)), by=by, requirements=asked
    )
    _require(row, asked, types)
    return row


def change_qualification(
    row: Qualification, values: dict[str, Any], faults: Sequence[InputError], *, by: Actor
) -> None:
    """The row must be locked. An archived type stays where it is, and comes nowhere else."""
    before = _told(row, REQUIREMENTS)
    asked = plain_requirements(values.pop("requirements")) if "requirements" in values else before
    types, unknown = _types(row.tenant_id, asked, standing=before)
    refuse([*faults, *unknown])
    if asked != before:
        walls.pipeline(*((sql, (row.tenant_id, row.pk)) for sql in FORGET_REQUIREMENTS))
        _require(row, asked, types)
    _change(row, values, {"requirements": (before, asked)}, by=by)


def create_job_role(
    tenant_id: int, values: dict[str, Any], faults: Sequence[InputError], *, by: Actor
) -> JobRole:
    """Raises InvalidInput (400) for `faults`, and for qualifications that are not there."""
    asked = [str(each) for each in values.pop("qualification_ids", [])]
    known, unknown = _qualifications(tenant_id, asked)
    refuse([*faults, *unknown])
    row = changes.create(
        _slugged(JobRole(tenant_id=tenant_id, **values)), by=by, qualification_ids=asked
    )
    _ask(row, asked, known)
    return row


def change_job_role(
    row: JobRole, values: dict[str, Any], faults: Sequence[InputError], *, by: Actor
) -> None:
    """The row must be locked."""
    before = asked = _told(row, QUALIFICATION_IDS)
    if "qualification_ids" in values:
        asked = [str(each) for each in values.pop("qualification_ids")]
    known, unknown = _qualifications(row.tenant_id, asked)
    refuse([*faults, *unknown])
    if asked != before:
        walls.pipeline((FORGET_QUALIFICATIONS, (row.tenant_id, row.pk)))
        _ask(row, asked, known)
    _change(row, values, {"qualification_ids": (before, asked)}, by=by)


def refuse(faults: Sequence[InputError]) -> None:
    if faults:
        raise InvalidInput(errors=faults)


def plain_requirements(requirements: Sequence[Mapping[str, Any]]) -> Asked:
    return [
        {
            "certification_type_ids": [str(each) for each in one["certification_type_ids"]],
            "minimum": one["minimum"],
            "verified_only": one["verified_only"],
        }
        for one in requirements
    ]


def slug_of(title: str, identifier: uuid.UUID) -> str:
    """Of a title without any Latin letter or digit, the end of the uuid."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return "-".join(words)[:SLUG_LENGTH].strip("-") or identifier.hex[-12:]


def _slugged(row: Row) -> Row:
    row.slug = row.slug or slug_of(row.title, row.uuid)
    return row


def _told(row: Listed, expression: str) -> Asked:
    table = row._meta.db_table
    sql = f"select {expression} from {table} r where r.tenant_id = %s and r.id = %s"
    found: Asked = walls.pipeline((sql, (row.tenant_id, row.pk)))[0][0][0]
    return found


def _change(
    row: Listed, values: Mapping[str, Any], lists: Mapping[str, tuple[Asked, Asked]], *, by: Actor
) -> None:
    """Its columns, and the event of them and of the lists that differ."""
    differing = {name: value for name, value in values.items() if value != getattr(row, name)}
    lists = {name: each for name, each in lists.items() if each[0] != each[1]}
    if not differing and not lists:
        return
    before = {name: getattr(row, name) for name in differing}
    for name, value in differing.items():
        setattr(row, name, value)
    row.modified_at = timezone.now()
    row.save(update_fields=[*differing, "modified_at"])
    before |= {name: old for name, (old, _) in lists.items()}
    after = differing | {name: new for name, (_, new) in lists.items()}
    events.record("changed", row, by=by, before=before, after=after)


def _named(asked: Asked) -> Iterator[tuple[str, str]]:
    """The types of requirements, and where each stands."""
    for place, one in enumerate(asked):
        for index, identifier in enumerate(one["certification_type_ids"]):
            yield f"/requirements/{place}/certification_type_ids/{index}", identifier


def _types(
    tenant_id: int, asked: Asked, standing: Asked
) -> tuple[dict[str, tuple[int, int]], list[InputError]]:
    """Id and owner of each, and what is not there."""
    named, kept = list(_named(asked)), {identifier for _, identifier in _named(standing)}
    sought = list({identifier for _, identifier in named})
    known = {
        str(identifier): (number, owner)
        for identifier, number, owner, status in walls.pipeline((TYPES, (sought, tenant_id)))[0]
        if status == Standing.ACTIVE or str(identifier) in kept
    }
    detail = "There is no such active certification type."
    unknown = [
        InputError(pointer, "unknown_type", detail)
        for pointer, identifier in named
        if identifier not in known
    ]
    return known, unknown


def _require(row: Qualification, asked: Asked, types: Mapping[str, tuple[int, int]]) -> None:
    rows = Requirement.objects.bulk_create(
        Requirement(
            tenant_id=row.tenant_id,
            qualification=row,
            minimum=one["minimum"],
            verified_only=one["verified_only"],
        )
        for one in asked
    )
    RequirementType.objects.bulk_create(
        RequirementType(
            tenant_id=row.tenant_id,
            requirement=requirement,
            certification_type_id=types[identifier][0],
            type_owner=types[identifier][1],
        )
        for requirement, one in zip(rows, asked, strict=True)
        for identifier in one["certification_type_ids"]
    )


def _qualifications(tenant_id: int, asked: Asked) -> tuple[dict[str, int], list[InputError]]:
    found = walls.pipeline((QUALIFICATIONS, (tenant_id, asked)))[0]
    known = {str(identifier): number for identifier, number in found}
    detail = "Your organization has no such qualification."
    unknown = [
        InputError(f"/qualification_ids/{place}", "unknown_qualification", detail)
        for place, identifier in enumerate(asked)
        if identifier not in known
    ]
    return known, unknown


def _ask(row: JobRole, asked: Asked, known: Mapping[str, int]) -> None:
    JobRoleQualification.objects.bulk_create(
        JobRoleQualification(
            tenant_id=row.tenant_id, job_role=row, qualification_id=known[identifier]
        )
        for identifier in asked
    )
