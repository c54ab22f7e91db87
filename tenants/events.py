"""The history: who did what to which object, when and from where. Append-only."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from tenants.ownership import TenantOwned


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where. Commands and migrations act as nobody in particular."""

    kind: str = "operator"
    user_id: int | None = None
    token_id: int | None = None
    address: str = ""
    request_id: str = ""


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
    """What erasure deletes. `SHA-256(salt + content)` is the event's `content_hash`."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="content")
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+", db_index=False)
    salt = models.BinaryField(max_length=16)
    # Text, not jsonb: the hash covers these very bytes.
    content = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


# To be followed by the statement's end: what is in `made` may be what the event is about.
INSERT = """
event as (
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, actor_id, api_token_id, request_id, content_hash)
    values (%s, %s, %s, %s, %s, {object_id}, %s, %s, %s, %s, %s, %s)
    returning id, tenant_id
), content as (
    insert into tenants_eventcontent (event_id, tenant_id, salt, content)
    select id, tenant_id, %s, %s from event
)
"""


def record(
    action: str,
    subject: models.Model,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    tenant_id: int | None = None,
) -> None:
    """Write one event in the caller's transaction; `before` and `after` are JSON-ready fields."""
    parameters = values(action, subject, by=by, before=before, after=after, tenant_id=tenant_id)
    with connection.cursor() as cursor:
        cursor.execute(f"with {INSERT.format(object_id=int(subject.pk))} select", parameters)


def values(
    action: str,
    subject: models.Model,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    tenant_id: int | None = None,
) -> tuple[Any, ...]:
    """The parameters of INSERT."""
    salt = secrets.token_bytes(16)
    content = orjson.dumps(
        {"address": by.address, "before": before, "after": after}, option=orjson.OPT_SORT_KEYS
    )
    return (
        tenant_id or subject.tenant_id,  # type: ignore[attr-defined]
        uuid.uuid4(),
        timezone.now(),
        action,
        subject._meta.model_name,
        subject.uuid,  # type: ignore[attr-defined]
        by.kind,
        by.user_id,
        by.token_id,
        by.request_id,
        hashlib.sha256(salt + content).digest(),
        salt,
        content.decode(),
    )
