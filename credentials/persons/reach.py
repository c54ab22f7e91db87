"""Which rows are a person's: those that lead to the person, found among the models, not listed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from credentials.core.models import ClaimableCredential
from credentials.models import Assertion, UserCredential
from credentials_portal.problems import NotFound
from tenants import ids
from tenants.models import Event, Membership
from users.models import User

# The history stays; what it says of the person is erased by `history`.
HISTORY = Event
# Credentials that wait for whoever bears a name, and where they keep it.
WAITING: dict[type[ClaimableCredential], str] = {
    UserCredential: "username_key",
    Assertion: "identity_key",
}
Rows = dict[type[models.Model], set[Any]]


@dataclass
class Person:
    """Somebody with an account, or only a name under which something waits (`user` is None)."""

    user: User | None
    name: str
    names: list[str] = field(default_factory=list)  # username, and address where it is theirs

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None


def find(asked: str) -> Person:
    """By uuid, username or verified address; a name that nobody bears is a person, too.

    Raises NotFound (404) for a uuid that nobody has, and for a blank, which so much is equal to.
    """
    asked = asked.strip()
    if not asked:
        raise NotFound("Nobody has a blank name: say whom, by username, verified address or uuid.")
    if (identifier := ids.as_uuid(asked)) is not None:
        user = User.objects.filter(uuid=identifier).first()
        if user is None:
            raise NotFound(f"There is nobody of the uuid {asked}.")
    else:
        user = (
            User.objects.filter(username__iexact=User.normalize_username(asked)).first()
            or User.objects.filter(email__iexact=asked).exclude(email_verified_at=None).first()
        )
    if user is None:
        return Person(None, asked, [asked])
    # What is issued to an address is its bearer's only once it is verified: so is it here.
    address = [user.email] if user.email_verified_at else []
    return Person(user, user.username, [user.username, *address])


def rows_of(person: Person) -> Rows:
    """The primary keys of what is theirs, the account itself not among them."""
    found: Rows = defaultdict(set)
    for model, keys in _named(person):
        found[model] |= keys
    start = {User: {person.user_id}} if person.user else {}
    waiting: list[tuple[type[models.Model], set[Any]]] = [*start.items(), *found.items()]
    while waiting:
        target, keys = waiting.pop()
        for model, name in _pointing_at(target):
            fresh = _keys(model, Q(**{f"{name}__in": keys})) - found[model]
            if fresh:
                found[model] |= fresh
                waiting.append((model, fresh))
    return {model: keys for model, keys in found.items() if keys}


def reached() -> set[type[models.Model]]:
    """Every model whose rows may be a person's."""
    found: set[type[models.Model]] = {Membership, *WAITING}
    waiting: list[type[models.Model]] = [User, *found]
    while waiting:
        fresh = {model for model, _ in _pointing_at(waiting.pop())} - found
        found |= fresh
        waiting += fresh
    return found


def things() -> set[type[models.Model]]:
    """All others."""
    return set(apps.get_models()) - {User, *reached()}


def _named(person: Person) -> Iterator[tuple[type[models.Model], set[Any]]]:
    upper = [name.upper() for name in person.names]
    for model, column in WAITING.items():
        yield model, _keys(model, Q(**{f"{column}__in": upper}, holder=None))
    addresses = Q()
    for name in person.names:
        addresses |= Q(email__iexact=name)
    yield Membership, _keys(Membership, addresses & Q(user=None))


def _pointing_at(target: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models(include_auto_created=True):
        if model is HISTORY:
            continue
        for each in model._meta.concrete_fields:
            if each.related_model is target and (each.many_to_one or each.one_to_one):
                yield model, each.name


def _keys(model: type[models.Model], condition: Q) -> set[Any]:
    return set(model._base_manager.filter(condition).values_list("pk", flat=True))
