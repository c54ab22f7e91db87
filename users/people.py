"""People: found, made and changed. Events name the tenant in which the change was made."""

from typing import Any

from django.contrib.auth import password_validation
from django.db.models import Q
from django.utils import timezone

from credentials_portal.problems import Conflict, NotFound, Unauthorized
from tenants import access, api_tokens, changes, events, members
from tenants.events import Actor
from users import tokens
from users.models import User

# What the history keeps of a new person.
FACTS = (
    *("username", "email", "email_verified_at", "first_name", "last_name"),
    *("state", "is_staff", "is_superuser"),
)
# Of these a person's names are made, which `members.named` is about.
NAMING = {"username", "email", "email_verified_at"}


def get(user_id: int) -> User:
    """Raises Unauthorized (401) for a person deleted since the token was checked."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Unauthorized
    return user


def find(username: str) -> User:
    """Without regard to case. Raises NotFound (404), naming the person: for operators."""
    user = User.objects.filter(_is_named(username)).first()
    if user is None:
        raise NotFound(f"There is no person {username!r}.")
    return user


def known(username: str, email: str) -> tuple[User | None, User | None]:
    """Who has the name, and who has the address.

    Asked at once: between two questions somebody else may make the very person.
    """
    has_address = Q(email__iexact=email) & ~Q(email="")
    found = User.objects.annotate(named=_is_named(username)).filter(Q(named=True) | has_address)
    by_name = {each.named: each for each in found}
    return by_name.get(True), by_name.get(False)


def ensure(wanted: User, password: str, *, by: Actor, tenant_id: int | None) -> tuple[User, bool]:
    """The person of this username, and whether they were made just now.

    Somebody who exists keeps all they have, the password too; their address becomes verified when
    the wanted one is. Raises Conflict when what is wanted differs from what they have; a blank name
    and an absent right say nothing.
    """
    wanted.clean()
    found, holder = known(wanted.username, wanted.email)
    if found:
        _demand_same(found, wanted)
        if wanted.email_verified_at and not found.email_verified_at:
            _await_names(found.pk, tenant_id)
            found = verify_email(found, by=by)
        return found, False
    if holder:
        raise Conflict(
            f"The email address {wanted.email} belongs to {holder.username!r};"
            " give that username, or choose another address."
        )
    return create(wanted, password, by=by, tenant_id=tenant_id), True


def _is_named(username: str) -> Q:
    return Q(username__iexact=User.normalize_username(username))


def _demand_same(found: User, wanted: User) -> None:
    if wanted.email.upper() != found.email.upper():
        raise Conflict(
            f"{found.username!r} exists with the email address {found.email or '(none)'};"
            " give that address, or choose another username."
        )
    for name in ("first_name", "last_name", "is_staff", "is_superuser"):
        asked = getattr(wanted, name)
        if asked and asked != getattr(found, name):
            raise Conflict(
                f"{found.username!r} exists with another {name};"
                " leave it out, or change it in the admin."
            )


def create(person: User, password: str, *, by: Actor, tenant_id: int | None) -> User:
    """Store a new person, who becomes a member wherever they were invited.

    Raises Django's ValidationError for a bad field or a weak password.
    """
    person.clean()
    person.clean_fields(exclude={"password"})
    password_validation.validate_password(password, person)
    person.set_password(password)
    person.save(force_insert=True)
    after = {name: changes.plain(getattr(person, name)) for name in FACTS}
    note(person, "created", by=by, tenant_id=tenant_id, after=after)
    members.accept(person.pk, by=by)
    return person


def change(user_id: int, wanted: dict[str, Any], *, by: Actor, tenant_id: int | None) -> User:
    """Set names, state or rights. A changed address is unverified unless `wanted` verifies it."""
    if NAMING & wanted.keys():
        _await_names(user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    if wanted.get("email", user.email) != user.email:
        wanted = {"email_verified_at": None} | wanted
    borne = _names(user)
    if changes.change(user, wanted, by=by, tenant_id=tenant_id):
        forget()
        if _names(user) - borne:
            # Looked up again: a membership may have been made while the row was waited for.
            for place in members.places_of(user_id):
                members.named.send(User, tenant_id=place, user_id=user_id, by=by)
    return user


def verify_email(user: User, *, by: Actor) -> User:
    """The address that `user` has here is theirs; again changes nothing.

    Raises Conflict when there is none, or when the stored one is another by now.
    """
    if not user.email:
        raise Conflict(f"{user.username!r} has no email address.")
    _await_names(user.pk)
    stored = User.objects.select_for_update().get(pk=user.pk)
    if stored.email != user.email:
        raise Conflict(f"The email address of {user.username!r} is no longer {user.email}.")
    if stored.email_verified_at:
        return stored
    wanted = {"email_verified_at": timezone.now()}
    return change(user.pk, wanted, by=by, tenant_id=members.home_of(user.pk))


def _await_names(user_id: int, *also: int | None) -> None:
    """`members.names_change` wherever the person is known; `also`: where they will be."""
    members.names_change({*members.places_of(user_id), *filter(None, also)})


def _names(user: User) -> set[str]:
    return {user.username, user.email} if user.email_verified_at else {user.username}


def set_state(user: User, state: User.State, *, by: Actor) -> User:
    """For the whole portal; the history is that of the person's primary tenant."""
    return change(user.pk, {"state": state}, by=by, tenant_id=members.home_of(user.pk))


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
