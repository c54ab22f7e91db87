"""The history: who did what to which object, when and from where. Append-only."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.conf import settings
from django.db import models
from django.utils import timezone

from tenants import walls
from tenants.flights import Statement
from tenants.ids import new_uuid
from tenants.ownership import TenantOwned


@dataclass(frozen=True)
class Actor:
    """Who acts, from where, and why. Commands and migrations act as nobody in particular."""

    kind: str = "operator"
    user_id: int | None = None
    token_id: int | None = None
    address: str = ""
    request_id: str = ""
    reason: str = ""  # kept with the new facts of each event


OPERATOR = Actor()


class Event(TenantOwned):
    """One change. Its personal content lies apart, so that erasing a person keeps the history."""

    class ActorKind(models.TextChoices):
        USER = "user"
        API_TOKEN = "api_token"  # noqa: S105 - a kind, not a secret
        OPERATOR = "operator"

    occurred_at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    object_uuid = models.UUIDField()
    actor_kind = models.CharField(max_length=16, choices=ActorKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    api_token_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    content_hash = models.BinaryField(max_length=32)
    # Of all columns above (see `sealing.ROW_HASH`); a trigger computes it, whoever writes.
    row_hash = models.BinaryField(max_length=32, editable=False)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["tenant", "object_kind", "object_id", "id"], name="tenants_event_of_object"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_kind} {self.action}"


class EventContent(models.Model):
    """What `erase` blanks. `SHA-256(salt + content)` is the event's `content_hash`."""

    # One key, of event and tenant together, says what these two would (see the migration).
    event = models.OneToOneField(
        Event, models.PROTECT, primary_key=True, related_name="content", db_constraint=False
    )
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    salt = models.BinaryField(max_length=16)
    # Text, not jsonb: the hash covers these very bytes.
    content = models.TextField()
    # The event that tells of it; a key with the tenant is in the migration.
    erased_by = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


# About the row in `made`, when there is one; to be followed by the statement's end.
INSERT = """
event as (
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, actor_id, api_token_id, request_id, content_hash)
    select %s, %s, %s, %s, %s, made.id, %s, %s, %s, %s, %s, %s from made
    returning id, tenant_id
), content as (
    insert into tenants_eventcontent (event_id, tenant_id, salt, content)
    select id, tenant_id, %s, %s from event
)
"""


def record(action: str, subject: models.Model, *, by: Actor, **content: Any) -> int:
    """Write one event in the caller's transaction; the arguments are those of `values`."""
    (((event_id,),),) = walls.pipeline(statement(action, subject, by=by, **content))
    return int(event_id)


def statement(action: str, subject: models.Model, *, by: Actor, **content: Any) -> Statement:
    parameters = values(action, subject, by=by, **content)
    sql = f"with made as (select %s::bigint as id), {INSERT} select id from event"
    return sql, [subject.pk, *parameters]


def values(
    action: str,
    subject: models.Model,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    tenant_id: int | None = None,
) -> tuple[Any, ...]:
    """The parameters of INSERT; `before` and `after` are JSON-ready fields."""
    salt = secrets.token_bytes(16)
    content = _content(by, before, after)
    return (
        tenant_id or subject.tenant_id,  # type: ignore[attr-defined]
        new_uuid(),
        timezone.now(),
        action,
        subject._meta.model_name,
        subject.uuid,  # type: ignore[attr-defined]
        by.kind,
        by.user_id,
        by.token_id,
        by.request_id,
        _hash(salt, content),
        salt,
        content.decode(),
    )


@dataclass(frozen=True)
class Entry:
    """What happened to one row of many."""

    action: str
    object_uuid: uuid.UUID
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


# In the order of the entries. Each row must exist by now: an entry without one writes nothing.
INSERT_MANY = """
with entry as (
    select * from unnest(%s::text[], %s::uuid[], %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[])
        with ordinality as entry (action, object_uuid, uuid, content_hash, salt, content, place)
), event as (
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, actor_id, api_token_id, request_id, content_hash)
    select r.tenant_id, entry.uuid, %s, entry.action, %s, r.id, r.uuid, %s, %s, %s, %s,
        entry.content_hash
    from entry cross join lateral (
        select tenant_id, id, uuid from {table}
        where tenant_id = %s and uuid = entry.object_uuid limit 1) r
    order by entry.place
    returning id, tenant_id, uuid
)
insert into tenants_eventcontent (event_id, tenant_id, salt, content)
select event.id, event.tenant_id, entry.salt, convert_from(entry.content, 'UTF8')
from event join entry using (uuid)
"""


def recording(
    model: type[models.Model], tenant_id: int, entries: Sequence[Entry], *, by: Actor
) -> tuple[str, Sequence[Any]]:
    """The statement that writes an event for each entry, about rows of one model and tenant."""
    salts = [secrets.token_bytes(16) for _ in entries]
    contents = [_content(by, entry.before, entry.after) for entry in entries]
    return INSERT_MANY.format(table=model._meta.db_table), (
        [entry.action for entry in entries],
        [entry.object_uuid for entry in entries],
        [new_uuid() for _ in entries],
        [_hash(salt, content) for salt, content in zip(salts, contents, strict=True)],
        salts,
        contents,
        timezone.now(),
        model._meta.model_name,
        by.kind,
        by.user_id,
        by.token_id,
        by.request_id,
        tenant_id,
    )


def _content(by: Actor, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bytes:
    if by.reason:
        after = {**(after or {}), "reason": by.reason}
    fields = {"address": by.address, "before": before, "after": after}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _hash(salt: bytes, content: bytes) -> bytes:
    return hashlib.sha256(salt + content).digest()


ERASED = "contents_erased"
ERASED_AT_ONCE = 5000
# What an erasure tells of itself holds ids alone, and is what proves the blanks to be meant.
ERASABLE = f"""
select c.event_id from tenants_eventcontent c join tenants_event e on e.id = c.event_id
where c.tenant_id = %s and c.event_id = any(%s::bigint[]) and c.erased_by_id is null
    and e.action <> '{ERASED}'
order by c.event_id
for update of c
"""
BLANK = """
update tenants_eventcontent set salt = '', content = '', erased_by_id = %s
where tenant_id = %s and event_id = any(%s::bigint[])
"""


def erase(
    tenant_id: int, event_ids: Sequence[int], *, person: models.Model, by: Actor
) -> list[int]:
    """Blank the personal content (address, before, after) of these events of one tenant.

    To be called in platform work; the one way to do it that the database lets through. The events
    stay, and their chain still verifies: one more event, about the person, names what was blanked.
    Returns the ids of those that were not blank before, so that calling again does no harm.
    """
    erased: list[int] = []
    for start in range(0, len(event_ids), ERASED_AT_ONCE):
        asked = list(event_ids[start : start + ERASED_AT_ONCE])
        (rows,) = walls.pipeline((ERASABLE, (tenant_id, asked)))
        if found := [event_id for (event_id,) in rows]:
            quiet = replace(by, address="", reason="")
            facts = {"tenant_id": tenant_id, "after": {"events": found}}
            erasure_id = record(ERASED, person, by=quiet, **facts)
            walls.pipeline((BLANK, (erasure_id, tenant_id, found)))
            erased += found
    return erased
