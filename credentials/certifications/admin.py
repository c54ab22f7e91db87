"""Certifications, their types, qualifications and job roles in the admin."""

from credentials.certifications.admin_pages.job_roles import AssignmentAdmin, JobRoleAdmin
from credentials.certifications.admin_pages.qualifications import QualificationAdmin
from credentials.certifications.admin_pages.records import CertificationAdmin
from credentials.certifications.admin_pages.types import CertificationTypeAdmin

__all__ = [
    "AssignmentAdmin",
    "CertificationAdmin",
    "CertificationTypeAdmin",
    "JobRoleAdmin",
    "QualificationAdmin",
]
