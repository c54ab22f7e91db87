"""Keys of integrations: made, recognised, revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from credentials_portal.short_cache import ShortCache
from tenants import events, lookups
from tenants.access import Identity
from tenants.events import Actor
from tenants.models import ApiToken, Lookup, Membership
from tenants.walls import platform_work

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
    """A new token and its key, which is not stored and cannot be shown again."""
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        tenant_id=membership.tenant_id,
        user_id=membership.user_id,
        name=name,
        key_hash=lookups.token_key(key),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    events.record("created", token, by=by, after={"name": name, "scopes": list(scopes)})
    return token, key


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


def _load(hashed: bytes) -> Identity | None:
    now = timezone.now()
    with platform_work():
        found = Lookup.objects.filter(key=hashed, kind="apitoken").first()
        if found is None:
            return None
        tokens = ApiToken.objects.filter(tenant_id=found.tenant_id, pk=found.object_id)
        token = (
            tokens.select_related("user")
            .filter(revoked_at=None, user__is_active=True)
            .filter(Q(expires_at=None) | Q(expires_at__gt=now))
            .first()
        )
        if token is None:
            return None
        if token.last_used_at is None or now - token.last_used_at > LAST_USE_PRECISION:
            tokens.update(last_used_at=now)
        return Identity(
            user_id=token.user_id,
            username=token.user.get_username(),
            is_superuser=token.user.is_superuser,
            is_person_active=token.user.is_person_active,
            tenant_id=token.tenant_id,
            token_id=token.pk,
            token_scopes=frozenset(token.scopes),
        )
