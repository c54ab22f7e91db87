"""Keys of integrations: made, recognised, revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from django.utils import timezone

from credentials_portal.problems import Conflict, NotFound
from credentials_portal.short_cache import ShortCache
from tenants import access, events, lookups
from tenants.access import Identity
from tenants.events import Actor
from tenants.models import ApiToken, Membership
from tenants.walls import PLATFORM, platform_work, read

# Tells a key from a JWT in a Bearer header, and lets secret scanners find leaked ones.
PREFIX = "cp_"
LAST_USE_PRECISION = timedelta(minutes=1)

_identities: ShortCache[Identity | None] = ShortCache()


def create(
    membership: Membership,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    by: Actor,
) -> tuple[ApiToken, str]:
    """A new token and its key, which is not stored and cannot be shown again.

    Raises Django's ValidationError for a blank or too long name.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        tenant_id=membership.tenant_id,
        user_id=membership.person_id,
        name=name,
        key_hash=lookups.token_key(key),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    token.clean_fields(exclude={"tenant", "user", "scopes"})
    token.save(force_insert=True)
    events.record("created", token, by=by, after={"name": name, "scopes": list(scopes)})
    return token, key


def ensure(
    membership: Membership,
    *,
    name: str,
    scopes: Sequence[str],
    valid_days: int | None,
    by: Actor,
) -> tuple[ApiToken, str | None]:
    """The live token of this name, or a new one with its key. Raises Conflict when they differ."""
    found = ApiToken.objects.filter(
        tenant_id=membership.tenant_id, name=name, revoked_at=None
    ).first()
    if found:
        _demand_same(found, membership.person_id, scopes, valid_days)
        return found, None
    expires_at = timezone.now() + timedelta(days=valid_days) if valid_days else None
    return create(membership, name=name, scopes=scopes, expires_at=expires_at, by=by)


def find(token_id: int) -> ApiToken:
    """Raises NotFound (404), naming the id: for operators, not for strangers."""
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NotFound(f"There is no API token {token_id}.")
    return token


def _demand_same(
    token: ApiToken, user_id: int, scopes: Sequence[str], valid_days: int | None
) -> None:
    days = None
    if token.expires_at:
        days = round((token.expires_at - token.created_at) / timedelta(days=1))
    differs = ""
    if token.user_id != user_id:
        differs = "belongs to another person"
    elif token.scopes != list(scopes):
        differs = f"has other scopes ({', '.join(token.scopes)})"
    elif days != valid_days:
        differs = f"was made to last {days} days" if days else "was made to last for good"
    elif token.expires_at and token.expires_at <= timezone.now():
        differs = f"expired at {token.expires_at:%Y-%m-%d %H:%M} UTC"
    if differs:
        raise Conflict(
            f"The API token {token.name!r} ({token.pk}) {differs};"
            " revoke it first, or choose another name."
        )


def revoke(token: ApiToken, *, by: Actor) -> bool:
    """False when it was revoked before."""
    now = timezone.now()
    live = ApiToken.objects.filter(tenant_id=token.tenant_id, pk=token.pk, revoked_at=None)
    if not live.update(revoked_at=now):
        return False
    events.record("revoked", token, by=by, after={"revoked_at": now.isoformat()})
    _identities.drop()
    return True


def identify(key: str) -> Identity | None:
    """The caller whose live key this is, at most 4 s old."""
    hashed = lookups.token_key(key)
    return _identities.get(hashed, lambda: _load(hashed))


def forget() -> None:
    _identities.drop()


LIVE = f"""
select k.id, k.tenant_id, k.scopes::text, u.id, u.username, u.is_superuser,
    coalesce(k.last_used_at < %s, true), {access.STANDING}
from tenants_lookup l
join tenants_apitoken k on k.tenant_id = l.tenant_id and k.id = l.object_id
join users_user u on u.id = k.user_id and u.is_active
{access.JOIN_STANDING.format("k.tenant_id")}
where l.key = %s and l.kind = 'apitoken' and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > %s)
"""


def _load(hashed: bytes) -> Identity | None:
    now, asked = timezone.now(), access.question()
    found = read(PLATFORM, LIVE, [now - LAST_USE_PRECISION, hashed, now])
    for token_id, tenant_id, granted, user_id, username, is_superuser, is_first, *standing in found:
        if is_first:
            with platform_work():
                ApiToken.objects.filter(tenant_id=tenant_id, pk=token_id).update(last_used_at=now)
        identity = Identity(
            user_id=user_id,
            username=username,
            is_superuser=is_superuser,
            tenant_id=tenant_id,
            token_id=token_id,
            token_scopes=frozenset(orjson.loads(granted)),
        )
        access.remember(identity, standing, asked)
        return identity
    return None
