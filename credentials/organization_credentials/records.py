"""How issuers, definitions and assertions read, and which of them a list is about."""

from uuid import UUID

from django.conf import settings

from credentials.core.records import Filter, Records
from credentials.organization_credentials.fields import IMAGES
from credentials.organization_credentials.models import CredentialDefinition, IssuerProfile
from credentials.organization_credentials.serializers import DefinitionSerializer, IssuerSerializer
from tenants import walls


def literal(text: str) -> str:
    """In SQL that also holds parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


PORTAL = literal(settings.PUBLIC_URL)
ORGANIZATIONS = literal(f"{settings.PUBLIC_URL}/api/v1/credentials/orgs/")
SLUG = "(select t.slug from tenants_tenant t where t.id = r.tenant_id)"


def image(column: str) -> str:
    """An uploaded one lies on this portal; any other is a link."""
    return (
        f"case when starts_with(r.{column}, {literal(IMAGES)})"
        f" then {PORTAL} || r.{column} else r.{column} end"
    )


ISSUERS = Records(
    IssuerProfile,
    IssuerSerializer,
    live="r.deleted_at is null",
    values={"image": image("image")},
)
DEFINITIONS = Records(
    CredentialDefinition,
    DefinitionSerializer,
    live="r.deleted_at is null",
    values={
        "credential_url": f"{ORGANIZATIONS} || {SLUG} || '/users/me/' || r.uuid",
        "issuer": "(select i.uuid from credentials_issuerprofile i"
        " where i.tenant_id = r.tenant_id and i.id = r.issuer_id)",
        "valid_for": "case when r.valid_for_amount is not null then json_build_object("
        "'amount', r.valid_for_amount, 'duration', r.valid_for_duration) end",
        **{
            column: image(column)
            for column in ("icon_image", "background_image", "thumbnail_image")
        },
    },
)
PUBLIC = Filter().also("r.is_public")


def searched(where: Filter, text: str) -> Filter:
    return where.containing(text, "r.name", "r.description") if text else where


def of_opportunity(where: Filter, tenant_id: int, kind: str, name: str) -> Filter:
    """The definitions that are earned in a course or program of this name."""
    found = (
        "select o.definition_id from credentials_opportunity o"
        " where o.tenant_id = %s and o.kind = %s and o.name = %s"
    )
    return where.also(f"r.id = any(array({found}))", tenant_id, kind, name)


# Until the end of the transaction it is not deleted.
ISSUER = """
select id from credentials_issuerprofile
where tenant_id = %s and uuid = %s and deleted_at is null
for key share
"""


def find_issuer(tenant_id: int, entity_id: UUID) -> int | None:
    rows = walls.read(walls.tenant(tenant_id), ISSUER, (tenant_id, entity_id))
    return rows[0][0] if rows else None
