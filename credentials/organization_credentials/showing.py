"""What the public page of an assertion shows."""

from typing import TYPE_CHECKING, Any

from credentials.core.public import Document, Shown, holder_name, is_active

if TYPE_CHECKING:
    from credentials.organization_credentials.models import Assertion, CredentialDefinition

# What a template may name beside that which every page shows.
OF_DEFINITION = ("credential_type", "icon_image", "background_image", "thumbnail_image")


def shown(assertion: "Assertion") -> Shown:
    definition: Any = assertion.definition
    return Shown(
        uuid=assertion.uuid,
        kind="Organization credential",
        title=definition.name,
        holder=holder_name(assertion.tenant, assertion.holder, assertion.identity),
        issuer=definition.issuer.name,
        organization=assertion.tenant.name,
        issued_at=assertion.awarded_at,
        expires_at=assertion.expires_at,
        revoked_at=assertion.revoked_at,
        # Written for whoever verifies: the API tells it to everyone as well.
        reason=assertion.revocation_reason,
        is_holder_active=is_active(assertion.holder),
        description=definition.description,
        criteria_text=definition.criteria_text,
        criteria_url=definition.criteria_url,
        narrative=assertion.narrative,
        evidence_url=assertion.evidence_url,
        document=document(definition),
    )


def document(definition: "CredentialDefinition") -> Document | None:
    if not definition.html_template:
        return None
    values = {name: getattr(definition, name) for name in OF_DEFINITION}
    values["issuer_image"] = definition.issuer.image
    return Document(definition.html_template, definition.css_template, values)
