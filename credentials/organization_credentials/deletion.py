"""Issuers and definitions deleted, by the API and the admin alike; the row stays.

The row must be locked FOR UPDATE: who names it meanwhile holds it FOR KEY SHARE.
"""

from django.utils import timezone

from credentials.organization_credentials.models import (
    Assertion,
    CredentialDefinition,
    IssuerProfile,
)
from credentials.organization_credentials.standing import Standing, stands
from credentials_portal.problems import Conflict
from tenants import changes
from tenants.events import Actor


class HasDefinitions(Conflict):
    slug, title = "has-definitions", "The issuer has definitions"
    detail = "Credential definitions name this issuer; delete them first."


class HasLiveAssertions(Conflict):
    slug, title = "has-live-assertions", "The definition has live assertions"
    detail = (
        "Assertions of this definition are valid. Revoke them, or wait until they have expired;"
        " to end new ones, withdraw the definition."
    )


def why_kept(row: IssuerProfile | CredentialDefinition) -> Conflict | None:
    """What a delete would be refused with at this moment."""
    of_tenant = {"tenant_id": row.tenant_id}
    if isinstance(row, IssuerProfile):
        live = CredentialDefinition.objects.filter(**of_tenant, issuer_id=row.pk, deleted_at=None)
        return HasDefinitions() if live.exists() else None
    valid = stands(Standing.VALID, timezone.now())
    live_ones = Assertion.objects.filter(valid, **of_tenant, definition_id=row.pk)
    return HasLiveAssertions() if live_ones.exists() else None


def delete(row: IssuerProfile | CredentialDefinition, *, by: Actor) -> None:
    """Raises HasDefinitions or HasLiveAssertions (409)."""
    refusal = why_kept(row)
    if refusal:
        raise refusal
    changes.change(row, {"deleted_at": timezone.now()}, by=by, action="deleted")
