"""Access, refresh and session tokens, and the rules of refresh rotation."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import Token

from credentials_portal.problems import Unauthorized
from credentials_portal.short_cache import ShortCache
from tenants import access, walls
from tenants.access import Identity
from users.models import SignIn, User

# A lost answer or a second tab replays a token at once; a thief does so later.
REPLAY_GRACE = timedelta(seconds=10)
TOKENS_KEPT = 5000


class Keys(TokenBackend):
    """Signs with the key of today, and knows what those before it signed."""

    def decode(self, token: Token, verify: bool = True) -> dict[str, Any]:
        try:
            return super().decode(token, verify)
        except TokenBackendError:
            for former in self._former():
                with suppress(TokenBackendError):
                    return former.decode(token, verify)
            raise

    @staticmethod
    def _former() -> Iterator[TokenBackend]:
        for key in settings.FORMER_JWT_SIGNING_KEYS:
            yield TokenBackend(
                api_settings.ALGORITHM,
                key,
                audience=api_settings.AUDIENCE,
                issuer=api_settings.ISSUER,
            )


class OwnToken(Token):
    _token_backend = Keys(
        api_settings.ALGORITHM,
        api_settings.SIGNING_KEY,
        audience=api_settings.AUDIENCE,
        issuer=api_settings.ISSUER,
    )


class AccessToken(OwnToken):
    """Says who calls."""

    token_type = "access"  # noqa: S105
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME


class SessionToken(OwnToken):
    """Says for which tenant a person acts; sent beside an access token."""

    token_type = "session"  # noqa: S105
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME


class RotatingToken(OwnToken):
    """A refresh token, good for one use."""

    token_type = "refresh"  # noqa: S105
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


class InvalidToken(Unauthorized):
    slug, title = "invalid-token", "The token is not valid"
    detail = "The token is malformed, expired, ended, or of the wrong kind."


_identities: ShortCache[Identity | None] = ShortCache()


def sign_in(user: User, tenant_id: int | None) -> dict[str, Any]:
    """The answer to a correct password."""
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME
    session = SignIn.objects.create(
        user=user, tenant_id=tenant_id, expires_at=timezone.now() + lifetime
    )
    return _issue(session)


def refresh(encoded: str) -> dict[str, Any]:
    """Trade a refresh token for new tokens, once.

    Raises InvalidToken (401). A used token that comes back after REPLAY_GRACE was stolen: the
    sign-in ends, with every token that descends from it.
    """
    token = _decode(RotatingToken, encoded)
    with transaction.atomic():
        session = SignIn.objects.select_for_update().filter(pk=token["sid"]).first()
        answer = None
        if session and _is_live(session):
            used = BlacklistedToken.objects.filter(token__jti=token["jti"]).first()
            if used is None:
                _use_up(token)
                answer = _issue(session)
            elif timezone.now() - used.blacklisted_at > REPLAY_GRACE:
                end(session)
    # Refused only now: raising inside would undo the end of the sign-in.
    if answer is None:
        raise InvalidToken
    return answer


def logout(encoded: str) -> None:
    """End the sign-in to which this refresh token belongs; again is no error."""
    token = _decode(RotatingToken, encoded)
    with transaction.atomic():
        session = SignIn.objects.select_for_update().filter(pk=token["sid"]).first()
        if session:
            end(session)


def end(session: SignIn) -> None:
    if session.ended_at is None:
        session.ended_at = timezone.now()
        session.save(update_fields=["ended_at"])
    _identities.drop()


def end_all(user_id: int, *, except_for: str = "") -> None:
    """End a person's sign-ins, as after a changed password."""
    live = SignIn.objects.filter(user_id=user_id, ended_at=None)
    if except_for:
        live = live.exclude(pk=except_for)
    live.update(ended_at=timezone.now())
    _identities.drop()


def identify(encoded: str) -> Identity:
    """The caller behind an access token, at most 4 s old. Raises InvalidToken (401)."""
    return _identify(_checked(AccessToken, encoded))


def identify_session(encoded: str, caller: Identity) -> int | None:
    """The tenant of a session token, which must be the caller's own. Raises InvalidToken (401)."""
    token = _checked(SessionToken, encoded)
    if _identify(token).user_id != caller.user_id:
        raise InvalidToken("The session token belongs to another person.")
    return token["tenant"]  # type: ignore[no-any-return]


def forget() -> None:
    _identities.drop()


def _identify(token: Token) -> Identity:
    sid = token["sid"]
    identity = _identities.get(sid, lambda: _load(sid))
    if identity is None:
        raise InvalidToken
    return identity


# In SQL: every caller waits for this once in a few seconds, and the ORM takes ten times as long.
LIVE = f"""
select u.id, u.username, u.is_superuser, s.tenant_id, {access.STANDING}
from users_signin s join users_user u on u.id = s.user_id
{access.JOIN_STANDING.format("s.tenant_id")}
where s.id = %s and s.ended_at is null and s.expires_at > %s and u.is_active
"""


def _load(sid: str) -> Identity | None:
    asked = access.question()
    found = walls.read(walls.PLATFORM, LIVE, [sid, timezone.now()])
    for user_id, username, is_superuser, tenant_id, *standing in found:
        identity = Identity(
            user_id=user_id,
            username=username,
            is_superuser=is_superuser,
            tenant_id=tenant_id,
            session_id=sid,
        )
        access.remember(identity, standing, asked)
        return identity
    return None


def _is_live(session: SignIn) -> bool:
    return (
        session.ended_at is None and session.expires_at > timezone.now() and session.user.is_active
    )


def _issue(session: SignIn) -> dict[str, Any]:
    tokens = {}
    for name, kind in (
        ("access", AccessToken),
        ("refresh", RotatingToken),
        ("session", SessionToken),
    ):
        token = kind()
        token["sub"] = str(session.user_id)
        token["sid"] = str(session.pk)
        token["tenant"] = session.tenant_id
        tokens[name] = token
    _outstanding(tokens["refresh"])
    SignIn.objects.filter(pk=session.pk).update(
        expires_at=timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME
    )
    return {
        **{name: str(token) for name, token in tokens.items()},
        "token_type": "Bearer",
        "expires_in": int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    }


def _outstanding(token: Token) -> OutstandingToken:
    """Known by its id alone: a database that is read by a stranger gives away no token."""
    row: OutstandingToken = OutstandingToken.objects.create(
        jti=token["jti"],
        token="",
        user_id=int(token["sub"]),
        created_at=token.current_time,
        expires_at=token.current_time + api_settings.REFRESH_TOKEN_LIFETIME,
    )
    return row


def _use_up(token: Token) -> None:
    outstanding = OutstandingToken.objects.filter(jti=token["jti"]).first() or _outstanding(token)
    BlacklistedToken.objects.create(token=outstanding)


def _checked(kind: type[Token], encoded: str) -> Token:
    token = _decoded(kind, encoded)
    if token["exp"] <= timezone.now().timestamp():
        raise InvalidToken
    return token


def _decode(kind: type[Token], encoded: str) -> Token:
    try:
        token = kind(cast("Any", encoded))
        uuid.UUID(token["sid"])
        int(token["sub"])
    except (TokenError, KeyError, TypeError, ValueError, AttributeError):
        raise InvalidToken from None
    return token


# A signature that was right stays right; the token's end is compared with the clock at each use.
_decoded = cast("Callable[[type[Token], str], Token]", lru_cache(TOKENS_KEPT)(_decode))
