"""What names a person without a key to them: sessions, failed sign-ins, logs, kept answers."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Q

from credentials.models import IssuerProfile
from credentials.persons import words
from credentials.persons.history import texts
from credentials.persons.reach import Person, Rows, things
from tenants.idempotency import StoredAnswer
from users.login import counted_as
from users.models import User

AT_ONCE = 2000
# All of them are JSON.
ANSWERS = """
select a.id from tenants_storedanswer a
    cross join lateral (select lower(convert_from(a.body, 'UTF8')) as said offset 0) body
where a.user_id = %s or {}
""".format(words.IS_IN.format(texts="%s", patterns="%s", said="body.said"))


def traces_of(person: Person, rows: Rows) -> Rows:
    """Primary keys by model; all of them can be deleted."""
    found: Rows = {
        Session: set(_sessions(person.user_id)),
        LogEntry: _log_entries(person, rows),
        StoredAnswer: _answers(person, rows),
    }
    counted = [counted_as(name) for name in texts(person)]
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        found[model] = _keys(model, _any_of("username", "iexact", counted))
    return {model: keys for model, keys in found.items() if keys}


def contacts_of(person: Person) -> list[str]:
    """Where an organization gives the person's address as its own: that is its affair, and told."""
    named = IssuerProfile.objects.filter(_any_of("email", "iexact", person.names))
    return [
        f"issuer {each.name!r} of {each.tenant.slug} gives the address as its own"
        for each in named.select_related("tenant").order_by("pk")
    ]


def _sessions(user_id: int | None) -> Iterator[str]:
    """Their content is readable to the portal alone: each is opened."""
    last = ""
    while batch := list(Session.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = batch[-1].pk
        for session in batch:
            if user_id and session.get_decoded().get("_auth_user_id") == str(user_id):
                yield session.pk


def _log_entries(person: Person, rows: Rows) -> set[Any]:
    named = _any_of("object_repr", "iregex", _whole(person)) & ~_of_kinds(things())
    about = Q(user_id=person.user_id) | named
    mine: dict[type[models.Model], Iterable[Any]] = {**rows}
    if person.user_id:
        mine[User] = [person.user_id]
    for model, keys in mine.items():
        about |= _of_kinds([model]) & Q(object_id__in=[str(key) for key in keys])
    return _keys(LogEntry, about)


def _of_kinds(kinds: Iterable[type[models.Model]]) -> Q:
    found = Q(pk__in=[])
    for model in kinds:
        app, name = model._meta.app_label, model._meta.model_name
        found |= Q(content_type__app_label=app, content_type__model=name)
    return found


def _whole(person: Person) -> list[str]:
    """Their names as words of a text: "an" is not found in "Jane"."""
    return [rf"(?<!\w){re.escape(name)}(?!\w)" for name in person.names]


def _answers(person: Person, rows: Rows) -> set[Any]:
    """Answers that are kept for a day, to requests that may be sent again."""
    named = words.wanted([*texts(person), *_uuids(rows)])
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [person.user_id, *named])
        return {key for (key,) in cursor.fetchall()}


def _uuids(rows: Rows) -> Iterator[str]:
    for model, keys in rows.items():
        if any(each.name == "uuid" for each in model._meta.concrete_fields):
            for value in model._base_manager.filter(pk__in=keys).values_list("uuid", flat=True):
                yield str(value)


def _any_of(name: str, how: str, values: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for value in values:
        condition |= Q(**{f"{name}__{how}": value})
    return condition


def _keys(model: type[models.Model], condition: Q) -> set[Any]:
    return set(model._base_manager.filter(condition).values_list("pk", flat=True))
