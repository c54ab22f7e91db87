from credentials.core.wallets import Catalogue, Kind, Status, Text
from credentials.organization_credentials.models import Assertion, CredentialDefinition

DEFINITION = (
    "credentials_credentialdefinition d where d.tenant_id = r.tenant_id and d.id = r.definition_id"
)
KIND = Kind(
    name="organization_credential",
    family="organization_credentials",
    model=Assertion,
    title=f"(select d.name from {DEFINITION})",
    issuer="(select i.name from credentials_issuerprofile i where i.tenant_id = r.tenant_id"
    f" and i.id = (select d.issuer_id from {DEFINITION}))",
    issued_at="r.awarded_at",
    expires_at="r.expires_at",
    statuses={
        Status.REVOKED: "r.status = 'revoked'",
        Status.EXPIRED: "r.expires_at <= now()",
    },
    awaited="r.identity",
    catalogues=(Catalogue("definition_id", CredentialDefinition, "name"),),
    text=Text("identity", only="r.holder_id is null"),
)
