"""Who acts, in which tenant, with which role and scopes: found here, once per request."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from credentials_portal.problems import Forbidden, MissingScope, NotFound, TenantSuspended
from credentials_portal.short_cache import Question, ShortCache
from tenants import ids, scopes
from tenants.models import SLUG, Role
from tenants.walls import PLATFORM, read


class Open(Enum):
    """What an action may name in place of a role."""

    ANYONE = "no token needed"
    SIGNED_IN = "any valid token, no tenant"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token proved the caller to be. DRF sees it as the request's user."""

    user_id: int
    username: str
    is_superuser: bool = False
    tenant_id: int | None = None  # the token's own
    session_id: str = ""
    token_id: int | None = None  # of an API token
    token_scopes: frozenset[str] | None = None

    @property
    def pk(self) -> int:
        return self.user_id

    @property
    def is_authenticated(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's standing in one tenant."""

    tenant_id: int
    role: Role
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class Access:
    identity: Identity
    tenant_id: int
    role: Role

    def has(self, role: Role) -> bool:
        return self.identity.is_superuser or self.role.rank >= role.rank

    def demand(self, role: Role) -> None:
        if not self.has(role):
            raise Forbidden(f"This needs the role {role} or above.")


_places: ShortCache[Place | None] = ShortCache()


def find_access(identity: Identity, organization: str | int | None = None) -> Access:
    """The caller's access to the organization asked for: the token's, else the primary one.

    Raises NotFound as if the tenant did not exist, TenantSuspended to its members.
    """
    wanted = identity.tenant_id if organization is None else organization
    place = _places.get(_key(identity, wanted), lambda: _load_place(identity, wanted))
    if place is None or (identity.token_id and place.tenant_id != identity.tenant_id):
        raise NotFound
    if place.is_suspended and not identity.is_superuser:
        raise TenantSuspended
    return Access(identity, place.tenant_id, place.role)


def find_access_by_slug(identity: Identity, slug: str) -> Access:
    """The same where a slug alone is meant, which may look like an id."""
    found = read(PLATFORM, "select id from tenants_tenant where slug = %s", [slug])
    if not found:
        raise NotFound
    return find_access(identity, found[0][0])


def primary_tenant(identity: Identity) -> int | None:
    """Where a person acts who names no tenant; it may be suspended."""
    place = _load_place(identity, None)
    return place.tenant_id if place else None


def access_in(identity: Identity, tenant_id: int) -> Access | None:
    """The caller's standing in a tenant that an open page is about; None for a stranger."""
    try:
        return find_access(identity, tenant_id)
    except (NotFound, TenantSuspended):
        return None


def has_scope(identity: Identity, family: str | None, *, write: bool) -> bool:
    """A person's own token has every scope."""
    granted = identity.token_scopes
    return family is None or granted is None or scopes.allows(granted, family, write=write)


def demand_scope(identity: Identity, family: str | None, *, write: bool) -> None:
    if not has_scope(identity, family, write=write):
        needed = f"{family}:{'write' if write else 'read'}"
        raise MissingScope(f"The API token lacks the scope {needed}.")


def forget() -> None:
    """After a change of a role, membership or tenant: in this process at once, elsewhere in 4 s."""
    _places.drop()


def _key(identity: Identity, wanted: str | int | None) -> tuple[Any, ...]:
    return identity.user_id, identity.is_superuser, wanted


# For who looks up `u` and a token's tenant: the standing there comes along, and is not asked again.
STANDING = "m.role, t.status = 'suspended'"
JOIN_STANDING = """
left join tenants_membership m on m.user_id = u.id and m.tenant_id = {} and m.status = 'active'
left join tenants_tenant t on t.id = m.tenant_id
"""


def question() -> Question:
    return _places.question()


def remember(identity: Identity, standing: Sequence[Any], asked: Question) -> None:
    """The STANDING of somebody who was just looked up, in their token's tenant."""
    role, is_suspended = standing
    if role and identity.tenant_id:
        place = Place(identity.tenant_id, Role(role), is_suspended)
        _places.put(_key(identity, identity.tenant_id), place, asked)


# In SQL and one round trip: every caller waits for these once in a few seconds.
OF_MEMBER = """
select t.id, m.role, t.status = 'suspended'
from tenants_membership m join tenants_tenant t on t.id = m.tenant_id
where m.user_id = %s and m.status = 'active' and {}
"""
OF_SUPERUSER = "select t.id, 'owner', t.status = 'suspended' from tenants_tenant t where {}"


def _load_place(identity: Identity, wanted: str | int | None) -> Place | None:
    condition, value = ("m.is_primary", []) if wanted is None else _named(wanted)
    found = read(PLATFORM, OF_MEMBER.format(condition), [identity.user_id, *value])
    if not found and identity.is_superuser and wanted is not None:
        found = read(PLATFORM, OF_SUPERUSER.format(condition), value)
    for tenant_id, role, is_suspended in found:
        return Place(tenant_id, Role(role), is_suspended)
    return None


def _named(wanted: str | int) -> tuple[str, list[Any]]:
    """The condition for a tenant's id, uuid or slug. A slug may be all digits: first the id."""
    if isinstance(wanted, int):
        return "t.id = %s", [wanted]
    if (number := ids.as_integer(wanted)) is not None:
        return "t.id = %s", [number]
    if (form := ids.as_uuid(wanted)) is not None:
        return "t.uuid = %s", [form]
    if not re.fullmatch(SLUG, wanted):
        raise NotFound
    return "t.slug = %s", [wanted]
