"""How assertions read, and which of them a list is about."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from credentials.core.records import Filter, Records
from credentials.organization_credentials.assertion_serializers import (
    AssertionSerializer,
    PublicAssertionSerializer,
)
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.recipients import bearer
from credentials.organization_credentials.records import literal
from tenants import walls

PUBLIC_PAGES = literal(f"{settings.PUBLIC_URL}/c/")
VALUES = {
    "credential": "(select d.uuid from credentials_credentialdefinition d"
    " where d.tenant_id = r.tenant_id and d.id = r.definition_id)",
    "recipient": "(select json_build_object('identity', r.identity, 'username', u.username, 'name',"
    " coalesce(trim(u.first_name || ' ' || u.last_name), ''))"
    " from (select) as one left join users_user u on u.id = r.holder_id)",
    "revoked": "r.status = 'revoked'",
    "public_url": f"{PUBLIC_PAGES} || r.uuid",
}
ASSERTIONS = Records(Assertion, AssertionSerializer, values=VALUES)
# Of the recipient only the name is public, by the tenant's choice: see `public_assertions`.
PUBLIC_ASSERTIONS = Records(
    Assertion,
    PublicAssertionSerializer,
    values={**VALUES, "recipient": "null::json"},
    beside={
        "identity": "r.identity",
        "settings": "(select t.settings::json from tenants_tenant t where t.id = r.tenant_id)",
        "holder": "(select row_to_json(person) from (select u.username, u.first_name, u.last_name,"
        " u.state from users_user u where u.id = r.holder_id) person)",
        "revoked_at": "r.revoked_at",
        "reason": "r.revocation_reason",
    },
)

OF_IDENTITY = """
select a.id from credentials_assertion a
where a.tenant_id = %s and a.holder_id = (select {})
union all
select a.id from credentials_assertion a
where a.tenant_id = %s and a.holder_id is null and a.identity_key = upper(%s::text)
"""


def of_holder(user_id: int) -> Filter:
    return Filter().also("r.holder_id = %s", user_id)


def of_identity(tenant_id: int, identity: str) -> Filter:
    """Held by the member of this name, or waiting for one; found by an index each."""
    found = OF_IDENTITY.format(bearer("%s", "upper(%s::text)"))
    named = (tenant_id, identity)
    return Filter().also(f"r.id = any(array({found}))", tenant_id, *named, *named, *named)


def unexpired(where: Filter, at: datetime) -> Filter:
    return where.also("(r.expires_at is null or r.expires_at > %s)", at)


ADDRESS = """
select from users_user u
where u.id = %s and u.email_verified_at is not null and upper(u.email) = upper(%s::text)
"""


def has_address(tenant_id: int, user_id: int, identity: str) -> bool:
    """Whether it is the person's verified email address."""
    return bool(walls.read(walls.tenant(tenant_id), ADDRESS, (user_id, identity)))


def definition_uuid(tenant_id: int, row_id: int) -> UUID | None:
    sql = "select uuid from credentials_credentialdefinition where tenant_id = %s and id = %s"
    rows: list[Any] = walls.read(walls.tenant(tenant_id), sql, (tenant_id, row_id))
    return rows[0][0] if rows else None
