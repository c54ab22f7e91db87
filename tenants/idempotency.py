"""Idempotency-Key: the same request sent twice is done once and answered twice.

A transaction-level advisory lock holds the key while the first request runs; key, row, event and
answer commit together, so a crash leaves either all of them or none.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import models
from django.http import HttpResponse
from django.utils import timezone

from credentials_portal.form_format import fingerprint
from credentials_portal.problems import InProgress, InputError, InvalidInput, KeyReused
from tenants.flights import Rows, Statement

KEY = re.compile(r"[\x20-\x7e]{1,255}")
MAX_OPERATION_LENGTH = 255


class StoredAnswer(models.Model):
    """The first answer to a key, kept for `IDEMPOTENCY_HOURS`."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+", db_index=False)
    user_id = models.BigIntegerField()
    operation = models.CharField(max_length=MAX_OPERATION_LENGTH)
    key = models.CharField(max_length=255)
    payload_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["created_at"], name="tenants_storedanswer_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user_id", "operation", "key"],
                name="tenants_storedanswer_key_once",
            ),
        ]

    def __str__(self) -> str:
        return self.operation


MINE = "tenant_id = %s and user_id = %s and operation = %s and key = %s and created_at > %s"
COLUMNS = "tenant_id, user_id, operation, key, payload_hash, status, content_type, body, created_at"
# Only an answer past its time is overwritten: any other was found.
STORE = f"""
insert into tenants_storedanswer ({COLUMNS}) {{}}
on conflict (tenant_id, user_id, operation, key) do update set
    payload_hash = excluded.payload_hash, status = excluded.status,
    content_type = excluded.content_type, body = excluded.body, created_at = excluded.created_at
"""
STORE_VALUES = STORE.format("values (%s, %s, %s, %s, %s, %s, %s, %s, %s)")
HOLD = "select set_config('app.key_held', pg_try_advisory_xact_lock(%s::bigint)::text, true)"
LOOK = f"select payload_hash, status, content_type, body from tenants_storedanswer where {MINE}"

# For a statement that works and stores the answer, in the same flight as `Key.opening`: the
# condition of the work, and a part of a WITH that stores the JSON of `shown`.
UNANSWERED = (
    "current_setting('app.key_held', true) = 'true'"
    f" and not exists (select from tenants_storedanswer where {MINE})"
)
KEEPING = STORE.format(
    "select %s, %s, %s, %s, %s, %s, %s, convert_to(shown.json, 'UTF8'), %s from shown"
)


def oldest_kept() -> datetime:
    return timezone.now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)


@dataclass(frozen=True)
class Key:
    """One caller's key for one operation. Slash spellings and mounts are the same operation."""

    tenant_id: int
    user_id: int
    operation: str
    value: str
    payload_hash: bytes
    # One for all statements: an answer that grew too old between two of them would be given again
    # by the first, and its work done again by the second.
    since: datetime = field(default_factory=oldest_kept)

    def opening(self) -> tuple[Statement, Statement]:
        """Take the lock, then look: two statements, as the second must see what the first awaited.

        In one statement the look would use a snapshot older than the lock.
        """
        return (HOLD, [self._lock()]), (LOOK, self.mine())

    def stored(self, held: Rows, answers: Rows) -> HttpResponse | None:
        """The first answer, if there is one. Raises InProgress (409) or KeyReused (422)."""
        if held[0][0] != "true":
            raise InProgress(headers={"Retry-After": "1"})
        if not answers:
            return None
        payload_hash, status, content_type, body = answers[0]
        if bytes(payload_hash) != self.payload_hash:
            raise KeyReused
        return HttpResponse(
            bytes(body),
            status=status,
            content_type=content_type,
            headers={"Idempotency-Replayed": "true"},
        )

    def storing(self, response: HttpResponse) -> Statement:
        told = self.told(response.status_code, response.headers["Content-Type"])
        return STORE_VALUES, [*told, response.content, timezone.now()]

    def mine(self) -> list[Any]:
        """The parameters of MINE, and so of UNANSWERED."""
        return [self.tenant_id, self.user_id, self.operation, self.value, self.since]

    def told(self, status: int, content_type: str) -> list[Any]:
        """The parameters of an answer but for its body and time."""
        whose = (self.tenant_id, self.user_id, self.operation, self.value)
        return [*whose, self.payload_hash, status, content_type]

    def _lock(self) -> int:
        parts = f"{self.tenant_id}|{self.user_id}|{self.operation}|{self.value}"
        digest = hashlib.sha256(parts.encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


def key_value(value: str | None) -> str | None:
    """The key that a header names; `"abc"` and `abc` are the same."""
    if value is None:
        return None
    bare = value.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    if not KEY.fullmatch(bare):
        detail = "Idempotency-Key must be 1 to 255 printable ASCII characters."
        raise InvalidInput(detail, errors=[InputError("", "idempotency_key", detail)])
    return bare


def operation(description: str) -> str:
    """A path may hold ids of any length; too long a description gives way to its hash."""
    if len(description) <= MAX_OPERATION_LENGTH:
        return description
    return hashlib.sha256(description.encode()).hexdigest()


def payload_hash(data: Any) -> bytes:
    """Of the content, not of its spelling: key order and white space do not count."""
    content = orjson.dumps(data, default=fingerprint, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).digest()


def delete_expired() -> int:
    """Only in platform work, which sees all tenants' rows."""
    deleted, _ = StoredAnswer.objects.filter(created_at__lte=oldest_kept()).delete()
    return deleted
