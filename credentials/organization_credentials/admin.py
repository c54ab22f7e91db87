"""Issuers, definitions and assertions in the admin."""

from credentials.organization_credentials.admin_pages.assertions import AssertionAdmin
from credentials.organization_credentials.admin_pages.definitions import (
    DefinitionAdmin,
    IssuerAdmin,
)

__all__ = ["AssertionAdmin", "DefinitionAdmin", "IssuerAdmin"]
