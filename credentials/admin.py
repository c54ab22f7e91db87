"""Django looks for admin classes here and nowhere deeper: each family's are in its folder."""

from credentials.certifications.admin import CertificationAdmin
from credentials.diplomas.admin import DiplomaAdmin
from credentials.micro_credentials.admin import MicroCredentialAdmin
from credentials.organization_credentials.admin import AssertionAdmin
from credentials.program_credentials.admin import UserCredentialAdmin
from credentials.wallet.admin import MemberAdmin, PersonAdmin

__all__ = [
    "AssertionAdmin",
    "CertificationAdmin",
    "DiplomaAdmin",
    "MemberAdmin",
    "MicroCredentialAdmin",
    "PersonAdmin",
    "UserCredentialAdmin",
]
