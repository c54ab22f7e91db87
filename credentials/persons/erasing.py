"""A person erased: what is theirs goes, what others need of the history stays without its words."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from credentials.moving import tables
from credentials.persons import history, reach, traces
from credentials.persons.reach import Person, Rows
from credentials.storage.configured import store
from credentials.storage.keys import object_key
from credentials_portal.problems import Conflict
from tenants import events, members
from tenants.events import OPERATOR
from tenants.models import Membership, Role
from users import people
from users.models import User

ERASED_NAME = "erased-"  # and random digits


@dataclass(frozen=True)
class Plan:
    """What an erasure comes to; nothing of it is done yet."""

    person: Person
    rows: Rows
    traces: Rows
    history: history.History
    objects: list[str]  # keys of files
    left: list[str]  # what is told and not touched

    @property
    def counts(self) -> dict[str, int]:
        found = {**self.rows, **self.traces}
        named = {model._meta.db_table: len(keys) for model, keys in found.items()}
        return dict(sorted(named.items()))

    @property
    def is_anything(self) -> bool:
        return bool(self.counts or len(self.history) or not is_erased(self.person))


def plan(person: Person, advance: Callable[[int], None]) -> Plan:
    """In platform work. Raises Conflict (409) for the last owner of a tenant."""
    _lock(person)
    rows = reach.rows_of(person)
    _demand_another_owner(rows)
    return Plan(
        person,
        rows,
        traces.traces_of(person, rows),
        history.history_of(person, rows, advance),
        list(objects_of(rows)),
        [*traces.contacts_of(person), *_unproven(person)],
    )


def erase(planned: Plan) -> int:
    """In the transaction of the plan; how many events had anything to say.

    Files go last: nothing that follows can fail, but for a crash, after which it is done again.
    """
    person = planned.person
    for table, keys in _children_first({**planned.rows, **planned.traces}):
        with connection.cursor() as cursor:
            cursor.execute(f"delete from {table.name} where {table.key} = any(%s)", [list(keys)])
    erased = sum(
        len(events.erase(tenant_id, sorted(found), person=history.subject(person), by=OPERATOR))
        for tenant_id, found in planned.history.every.items()
    )
    if person.user and not is_erased(person):
        _blank(person.user)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    for key in planned.objects:
        store().delete(key)
    people.forget()
    return erased


def is_erased(person: Person) -> bool:
    """Nobody's name is, too, once nothing waits for it."""
    user = person.user
    if user is None:
        return True
    words = (user.email, user.first_name, user.last_name)
    return user.username.startswith(ERASED_NAME) and not (any(words) or user.is_active)


def objects_of(rows: Rows) -> Iterator[str]:
    """Where the files of these rows lie."""
    for model, keys in rows.items():
        if tables.Table(model).holds_files:
            stored = model._base_manager.filter(pk__in=keys).exclude(key=None)
            for tenant, key in stored.values_list("tenant__uuid", "key"):
                yield object_key(tenant, key)


def _lock(person: Person) -> None:
    """Nobody makes them a member, or gives them something, meanwhile."""
    if person.user:
        User.objects.select_for_update().get(pk=person.user.pk)
        members.names_change(members.places_of(person.user.pk))


def _demand_another_owner(rows: Rows) -> None:
    owned = Membership.objects.filter(
        pk__in=rows.get(Membership, ()), role=Role.OWNER, status=Membership.Status.ACTIVE
    )
    for each in owned.select_related("tenant"):
        others = Membership.objects.filter(
            tenant=each.tenant, role=Role.OWNER, status=Membership.Status.ACTIVE
        ).exclude(pk=each.pk)
        if not others.exists():
            raise Conflict(
                f"This is the last owner of {each.tenant.slug!r}: make somebody else an owner"
                " first, or the organization would be nobody's."
            )


def _unproven(person: Person) -> Iterator[str]:
    """What an address that nobody verified may have got may be another's."""
    user = person.user
    if user and user.email and not user.email_verified_at:
        other = reach.rows_of(Person(None, user.email, [user.email]))
        if count := sum(map(len, other.values())):
            yield (
                f"{count} records wait for {user.email}, which nobody verified as theirs;"
                " if it is, run verify_email first"
            )


def _children_first(rows: Rows) -> Iterator[tuple[tables.Table, set[Any]]]:
    by_name = {model._meta.db_table: (tables.Table(model), keys) for model, keys in rows.items()}
    for name in reversed(tables.in_order(list(by_name))):
        yield by_name[name]


def _blank(user: User) -> None:
    """The row stays: the history names it, by a number and a uuid that say nothing."""
    user.username = f"{ERASED_NAME}{secrets.token_hex(8)}"
    user.first_name = user.last_name = user.email = ""
    user.email_verified_at = user.last_login = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.state = User.State.INACTIVE
    user.set_unusable_password()
    user.save(
        update_fields=[
            *("username", "first_name", "last_name", "email", "email_verified_at", "last_login"),
            *("is_active", "is_staff", "is_superuser", "state", "password"),
        ]
    )
