"""People as the portal would have made them, in a few flights: most tests begin with some.

`test_cast` holds these rows against those of the portal's own functions.
"""

import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from tenants import access, changes, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from users.models import SignIn, User
from users.tokens import SessionToken

# Whoever has a name already, or is waited for, is for the portal to make a member.
NEW_PERSON = """
insert into users_user ({names}) select {values}
where not exists (select from users_user where upper(username) = upper(%s))
    and not exists (select from tenants_membership where tenant_id = %s and user_id is null)
    and not exists (select from credentials_assertion where tenant_id = %s and holder_id is null)
    and not exists (
        select from credentials_usercredential where tenant_id = %s and holder_id is null)
returning id
"""


def new_member(
    tenant: Tenant, username: str, email: str, password: str, role: Role
) -> Membership | None:
    """Somebody unknown until now, with a verified address; None when that cannot be."""
    user = User(username=username, email=email, email_verified_at=timezone.now())
    user.password = make_password(password)
    fields, sql = _new_person()
    values = [field.get_db_prep_save(getattr(user, field.attname), connection) for field in fields]
    (made,) = walls.pipeline((sql, [*values, username, *[tenant.pk] * 3]))
    if not made:
        return None
    user.pk, user._state.adding = made[0][0], False
    access.forget()
    return changes.create(
        Membership(tenant=tenant, user=user, role=role, is_primary=True), by=OPERATOR
    )


@cache
def _new_person() -> tuple[list[Any], str]:
    fields: list[Any] = [each for each in User._meta.concrete_fields if not each.primary_key]
    names = ", ".join(field.column for field in fields)
    return fields, NEW_PERSON.format(names=names, values=", ".join(["%s"] * len(fields)))


def tokens(user_id: int, tenant_id: int) -> tuple[str, str]:
    """Access and session token, of a sign-in that nobody will want to refresh."""
    now = timezone.now()
    signed_in = SignIn(user_id=user_id, tenant_id=tenant_id)
    walls.pipeline(
        (
            "insert into users_signin (id, user_id, tenant_id, created_at, expires_at)"
            " values (%s, %s, %s, %s, %s)",
            [signed_in.pk, user_id, tenant_id, now, now + api_settings.REFRESH_TOKEN_LIFETIME],
        )
    )
    access, session = AccessToken(), SessionToken()
    for token in (access, session):
        token["sub"], token["sid"], token["tenant"] = str(user_id), str(signed_in.pk), tenant_id
    return str(access), str(session)


def browser_session(user: User) -> str:
    """The key of the session of somebody who signed in to the admin just now."""
    key, now = secrets.token_hex(16), timezone.now()
    facts = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "users.backends.PersonBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    expires = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    walls.pipeline(
        (
            "insert into django_session (session_key, session_data, expire_date)"
            " values (%s, %s, %s)",
            [key, SessionStore().encode(facts), expires],
        ),
        ("update users_user set last_login = %s where id = %s", [now, user.pk]),
    )
    user.last_login = now
    return key
