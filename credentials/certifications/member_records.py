"""How organizations, their members and the caller read."""

from typing import Any

import orjson

from credentials.certifications.member_serializers import (
    OrganizationMemberSerializer,
    OrganizationSerializer,
)
from credentials.core import batches
from credentials.core.records import Filter, Records
from tenants import access, scopes, walls
from tenants.access import Identity
from tenants.models import Membership, Tenant

# Of a person's organizations, and of the members that they may read about.
MOST = 1000
NAME = (
    "coalesce(nullif(trim(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, ''))), ''),"
    " u.username)"
)
# Who was invited and has not come is shown as they were invited: whether an account has that
# address, and whose it is, is not the organization's business until then.
PERSON = "users_user u where u.id = r.user_id and r.status <> 'pending'"

ORGANIZATIONS = Records(Tenant, OrganizationSerializer, whose="r.id = %s")
MEMBERS = Records(
    Membership,
    OrganizationMemberSerializer,
    values={
        "organization_id": "(select t.uuid from tenants_tenant t where t.id = r.tenant_id)",
        "user_id": f"(select u.uuid from {PERSON})",
        "display_name": f"coalesce((select {NAME} from {PERSON}), nullif(r.display_name, ''))",
        "email": f"coalesce((select nullif(u.email, '') from {PERSON}), nullif(r.email, ''))",
    },
)

OF_PERSON = """
r.id in (select m.tenant_id from tenants_membership m where m.user_id = %s and m.status = 'active')
"""
CALLER = f"""
with mine as materialized (
    select m.id, m.uuid, m.tenant_id, m.role, m.status, m.is_primary,
        t.uuid as organization_id, t.name, t.status as standing
    from tenants_membership m join tenants_tenant t on t.id = m.tenant_id
    where m.user_id = %(user)s and m.status = 'active'
        and (%(tenant)s::bigint is null or m.tenant_id = %(tenant)s)
    order by m.id desc limit {MOST}
), readable as (
    select uuid, id, true as is_own from mine where standing = 'active'
    union all
    select other.uuid, other.id, false
    from mine cross join lateral (
        select m.uuid, m.id from tenants_membership m
        where m.tenant_id = mine.tenant_id and m.id <> mine.id
        order by m.id desc limit {MOST}) other
    where mine.standing = 'active' and mine.role <> 'member'
), listed as (
    select uuid, id, is_own from readable where %(reads)s
    order by is_own desc, id desc limit {MOST}
)
select json_build_object(
    'user', json_build_object(
        'id', u.uuid, 'email', nullif(u.email, ''), 'display_name', {NAME}),
    'scopes', %(scopes)s::json,
    'organizations', (select coalesce(json_agg(json_build_object(
        'id', organization_id, 'name', name, 'status', standing) order by id desc), '[]')
        from mine),
    'organization_memberships', (select coalesce(json_agg(json_build_object(
        'id', uuid, 'organization_id', organization_id, 'role', role, 'status', status,
        'is_primary', is_primary) order by id desc), '[]') from mine),
    'accessible_member_ids', (select coalesce(
        json_agg(uuid order by is_own desc, id desc), '[]') from listed))::text
from users_user u where u.id = %(user)s
"""


def of_caller(identity: Identity) -> Filter:
    """The organizations of which the caller is a member; an API token is of one."""
    mine = Filter().also(OF_PERSON, identity.user_id)
    return mine.also("r.id = %s", identity.tenant_id) if identity.token_id else mine


def members_where(query: dict[str, Any]) -> Filter:
    where = Filter()
    for name in ("role", "status"):
        if name in query:
            where = where.also(f"r.{name} = %s", query[name])
    return where


def read_caller(identity: Identity) -> bytes | None:
    """The answer of GET /me, in one statement; None for a person who is deleted."""
    granted = scopes.ALL if identity.token_scopes is None else identity.token_scopes
    parameters = {
        "user": identity.user_id,
        "tenant": identity.tenant_id if identity.token_id else None,
        "scopes": orjson.dumps(sorted(granted)).decode(),
        "reads": access.has_scope(identity, "certification_records", write=False),
    }
    rows = walls.read(walls.PLATFORM, *batches.statement(CALLER, parameters))
    return rows[0][0].encode() if rows else None
