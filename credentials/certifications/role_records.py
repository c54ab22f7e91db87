"""How qualifications, job roles and their assignments read."""

from credentials.certifications.records import MEMBER
from credentials.certifications.role_models import JobRole, JobRoleAssignment, Qualification
from credentials.certifications.role_serializers import (
    AssignmentSerializer,
    JobRoleSerializer,
    QualificationSerializer,
)
from credentials.core.records import Records

TYPE_IDS = """
(select coalesce(json_agg(t.uuid order by rt.id), '[]')
    from credentials_requirementtype rt
        join credentials_certificationtype t on t.id = rt.certification_type_id
    where rt.tenant_id = requirement.tenant_id and rt.requirement_id = requirement.id)
"""
REQUIREMENTS = f"""
(select coalesce(json_agg(json_build_object('certification_type_ids', {TYPE_IDS},
        'minimum', requirement.minimum, 'verified_only', requirement.verified_only)
        order by requirement.id), '[]')
    from credentials_requirement requirement
    where requirement.tenant_id = r.tenant_id and requirement.qualification_id = r.id)
"""
QUALIFICATION_IDS = """
(select coalesce(json_agg(q.uuid order by jq.id), '[]')
    from credentials_jobrolequalification jq
        join credentials_qualification q
            on q.tenant_id = jq.tenant_id and q.id = jq.qualification_id
    where jq.tenant_id = r.tenant_id and jq.job_role_id = r.id)
"""

QUALIFICATIONS = Records(
    Qualification, QualificationSerializer, values={"requirements": REQUIREMENTS}
)
JOB_ROLES = Records(JobRole, JobRoleSerializer, values={"qualification_ids": QUALIFICATION_IDS})
ASSIGNMENTS = Records(
    JobRoleAssignment,
    AssignmentSerializer,
    values={
        "organization_member_id": f"(select m.uuid from {MEMBER})",
        "job_role_id": "(select j.uuid from credentials_jobrole j"
        " where j.tenant_id = r.tenant_id and j.id = r.job_role_id)",
    },
)
