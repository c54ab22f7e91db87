"""Django looks for models here and nowhere deeper: each family's are imported from its folder."""

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
    "Course",
    "CredentialDefinition",
    "Image",
    "IssuerProfile",
    "MicroCredential",
    "Opportunity",
    "Program",
    "UserCredential",
]
