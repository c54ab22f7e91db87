"""Django looks for models here and nowhere deeper: each family's are imported from its folder."""

from credentials.certifications.models import Certification, CertificationType
from credentials.certifications.role_models import (
    JobRole,
    JobRoleAssignment,
    JobRoleQualification,
    Qualification,
    Requirement,
    RequirementType,
)
from credentials.diplomas.models import Diploma, DiplomaFile, DiplomaTitle
from credentials.micro_credentials.models import MicroCredential
from credentials.organization_credentials.models import (
    Assertion,
    CredentialDefinition,
    Image,
    IssuerProfile,
    Opportunity,
)
from credentials.program_credentials.models import Attribute, Course, Program, UserCredential

__all__ = [
    "Assertion",
    "Attribute",
    "Certification",
    "CertificationType",
    "Course",
    "CredentialDefinition",
    "Diploma",
    "DiplomaFile",
    "DiplomaTitle",
    "Image",
    "IssuerProfile",
    "JobRole",
    "JobRoleAssignment",
    "JobRoleQualification",
    "MicroCredential",
    "Opportunity",
    "Program",
    "Qualification",
    "Requirement",
    "RequirementType",
    "UserCredential",
]
