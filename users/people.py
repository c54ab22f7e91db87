"""People: found, made and changed. Events name the tenant in which the change was made."""

from typing import Any

from credentials_portal.problems import Unauthorized
from tenants import access, api_tokens, events
from tenants.events import Actor
from users import tokens
from users.models import User


def get(user_id: int) -> User:
    """Raises Unauthorized (401) for a person deleted since the token was checked."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Unauthorized
    return user


def change(user_id: int, changes: dict[str, Any], *, by: Actor, tenant_id: int | None) -> User:
    """Set names or state. The event keeps the old and the new value of what changed."""
    user = User.objects.select_for_update().get(pk=user_id)
    before = {name: getattr(user, name) for name in changes}
    after = {name: value for name, value in changes.items() if value != before[name]}
    if after:
        for name, value in after.items():
            setattr(user, name, value)
        user.save(update_fields=list(after))
        note(user, "changed", by=by, tenant_id=tenant_id, before=before, after=after)
        forget()
    return user


def set_password(user: User, password: str, *, keep_sign_in: str = "") -> None:
    """A new password ends every other sign-in of the person."""
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens.end_all(user.pk, except_for=keep_sign_in)


def note(user: User, action: str, *, by: Actor, tenant_id: int | None, **content: Any) -> None:
    """A person outside every tenant has no tenant's history to write in."""
    if tenant_id is not None:
        events.record(action, user, tenant_id=tenant_id, by=by, **content)


def forget() -> None:
    """After a change of what tokens are checked against."""
    tokens.forget()
    api_tokens.forget()
    access.forget()
