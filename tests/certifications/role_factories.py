"""Qualifications, job roles and who has them; in platform work."""

from datetime import datetime
from typing import Any

from credentials.certifications import assigning, defining
from credentials.models import CertificationType, JobRole, JobRoleAssignment, Qualification
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tests.factories import certification, certification_type

ROLES = "/api/v1/organizations/acme/job-roles"
QUALIFICATIONS = "/api/v1/organizations/acme/qualifications"
MEMBERS = "/api/v1/organizations/acme/organization-members"


def shown(at: datetime) -> str:
    """As the database writes an instant: without zeros at its end."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}".rstrip("0").rstrip(".") + "Z"


def requirement(*kinds: CertificationType, **facts: Any) -> dict[str, Any]:
    named = [str(kind.uuid) for kind in kinds]
    return {"certification_type_ids": named, "minimum": 1, "verified_only": False, **facts}


def qualification(tenant: Tenant, *requirements: Any, title: str = "Responder") -> Qualification:
    values = {"title": title, "requirements": list(requirements)}
    with walls.tenant_work(tenant.pk):
        return defining.create_qualification(tenant.pk, values, [], by=OPERATOR)


def job_role(tenant: Tenant, *qualifications: Qualification, title: str = "Leader") -> JobRole:
    values = {"title": title, "qualification_ids": [each.uuid for each in qualifications]}
    with walls.tenant_work(tenant.pk):
        return defining.create_job_role(tenant.pk, values, [], by=OPERATOR)


def assign(member: Membership, role: JobRole, *, is_primary: bool = False) -> JobRoleAssignment:
    with walls.tenant_work(member.tenant_id):
        row = assigning.held(member.tenant_id, str(member.pk), str(role.pk))
        assigning.assign(row, is_primary=is_primary, by=OPERATOR)
    return row


def a_row_in_every_table(tenant: Tenant, member: Membership) -> None:
    """What one record, one qualification and one job role of a member come to."""
    kind = certification_type(tenant)
    certification(tenant, member.user, type=kind.uuid, external_source="hr", external_id="17")
    role = job_role(tenant, qualification(tenant, requirement(kind)))
    assign(member, role, is_primary=True)
