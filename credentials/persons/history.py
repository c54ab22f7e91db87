"""What the history says of a person: which events, found in one pass over all of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from credentials.persons import words
from credentials.persons.reach import Person, Rows, reached
from tenants.events import ERASED
from tenants.models import Membership
from tenants.ownership import TenantOwned
from users.models import User

AT_ONCE = 50_000
# What events call whose something is.
PERSON_WORDS, MEMBER_WORDS = ("user_id", "holder_id"), ("membership_id",)
MATCH = """
select * from (
    select e.tenant_id, e.id, e.object_kind, e.object_id, e.actor_id = %(user)s as is_caused,
        (e.object_kind, e.object_id) in (
            select * from unnest(%(kinds)s::text[], %(ids)s::bigint[])) as is_of_theirs,
        c.content ~ %(pattern)s
        or {is_named} as is_telling
    from tenants_event e join tenants_eventcontent c on c.event_id = e.id
    where e.id > %(after)s and e.id <= %(last)s and c.content <> '' and e.action <> %(erased)s
) e where e.is_caused or e.is_of_theirs or e.is_telling
""".format(
    is_named=words.IS_IN.format(texts="%(texts)s", patterns="%(patterns)s", said="lower(c.content)")
)
OF_OBJECTS = """
select e.tenant_id, e.id from tenants_event e join tenants_eventcontent c on c.event_id = e.id
where (e.object_kind, e.object_id) in (select * from unnest(%s::text[], %s::bigint[]))
    and c.content <> ''
"""
Found = dict[int, set[int]]  # tenant → events
Objects = set[tuple[str, int]]


@dataclass
class History:
    """Events about somebody, and those about others that they caused; erased ones are neither."""

    about: Found = field(default_factory=lambda: defaultdict(set))
    caused: Found = field(default_factory=lambda: defaultdict(set))

    def __len__(self) -> int:
        return sum(len(each) for found in (self.about, self.caused) for each in found.values())

    @property
    def every(self) -> Found:
        tenants = sorted({*self.about, *self.caused})
        return {
            tenant: self.about.get(tenant, set()) | self.caused.get(tenant, set())
            for tenant in tenants
        }


def last_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from tenants_event")
        return int(cursor.fetchone()[0])


def history_of(person: Person, rows: Rows, advance: Callable[[int], None]) -> History:
    """Also about what was theirs and is gone: its events tell whose it was."""
    objects, found, gone = _objects(person, rows), History(), set()
    kinds = {model._meta.model_name for model in reached() if issubclass(model, TenantOwned)}
    for match in _matches(person, rows, objects, advance):
        tenant_id, event_id, kind, object_id, _, is_of_theirs, is_telling = match
        is_about = is_of_theirs or is_telling
        (found.about if is_about else found.caused)[tenant_id].add(event_id)
        if is_telling and kind in kinds and (kind, object_id) not in objects:
            gone.add((kind, object_id))
    for tenant_id, event_id in _of_objects(gone - _there(gone)):
        found.about[tenant_id].add(event_id)
        found.caused[tenant_id].discard(event_id)
    return found


def _objects(person: Person, rows: Rows) -> Objects:
    own = {("user", person.user_id)} if person.user_id else set()
    return own | {
        (str(model._meta.model_name), key)
        for model, keys in rows.items()
        if issubclass(model, TenantOwned)
        for key in keys
    }


def _matches(
    person: Person, rows: Rows, objects: Objects, advance: Callable[[int], None]
) -> Iterator[Any]:
    quoted, patterns = words.wanted(texts(person))
    parameters = {
        "user": person.user_id,
        "kinds": [kind for kind, _ in objects],
        "ids": [number for _, number in objects],
        "pattern": _pattern(person, rows),
        "erased": ERASED,
        "texts": quoted,
        "patterns": patterns,
    }
    after, end = 0, last_id()
    with connection.cursor() as cursor:
        while after < end:
            cursor.execute(MATCH, {**parameters, "after": after, "last": after + AT_ONCE})
            yield from cursor.fetchall()
            advance(min(AT_ONCE, end - after))
            after += AT_ONCE


def texts(person: Person) -> list[str]:
    """By which they are known wherever somebody wrote of them; also an address not verified."""
    user = person.user
    if user is None:
        return person.names
    return [text for text in (user.username, user.email, str(user.uuid)) if text]


def _pattern(person: Person, rows: Rows) -> str:
    """A regular expression of JSON; one that matches nothing when there is nobody."""
    parts = []
    if person.user_id:
        parts.append(rf'"({"|".join(PERSON_WORDS)})":{person.user_id}[,}}]')
    if members := sorted(rows.get(Membership, ())):
        numbers = "|".join(map(str, members))
        parts.append(rf'"({"|".join(MEMBER_WORDS)})":({numbers})[,}}]')
    return "|".join(parts) or "$."


def _there(objects: Objects) -> Objects:
    """Those that are somebody's, and so, as they are not among the rows, another's."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, number in objects:
        by_kind[kind].add(number)
    known = {str(model._meta.model_name): model for model in reached()}
    return {
        (kind, number)
        for kind, numbers in by_kind.items()
        for number in known[kind]._base_manager.filter(pk__in=numbers).values_list("pk", flat=True)
    }


def _of_objects(objects: Objects) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(OF_OBJECTS, [[kind for kind, _ in objects], [each for _, each in objects]])
        yield from cursor.fetchall()


def subject(person: Person) -> User:
    """Whom an erasure's own event is about: for a name without an account, nobody's number."""
    return person.user or User(pk=0, uuid="00000000-0000-0000-0000-000000000000")
