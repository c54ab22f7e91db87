"""Idempotency-Key: the same request sent twice is done once and answered twice.

A transaction-level advisory lock holds the key while the first request runs; key, row, event and
answer commit together, so a crash leaves either all of them or none.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, models
from django.http import HttpResponse
from django.utils import timezone

from credentials_portal.problems import InProgress, InputError, InvalidInput, KeyReused
from tenants.walls import Rows, Statement

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


@dataclass(frozen=True)
class Key:
    """One caller's key for one operation. Slash spellings and mounts are the same operation."""

    tenant_id: int
    user_id: int
    operation: str
    value: str
    payload_hash: bytes

    def opening(self) -> tuple[Statement, Statement]:
        """Take the lock, then look: two statements, as the second must see what the first awaited.

        In one statement the look would use a snapshot older than the lock.
        """
        return (
            ("select pg_try_advisory_xact_lock(%s::bigint)", [self._lock()]),
            (
                "select payload_hash, status, content_type, body from tenants_storedanswer"
                " where tenant_id = %s and user_id = %s and operation = %s and key = %s"
                " and created_at > %s",
                [self.tenant_id, self.user_id, self.operation, self.value, oldest_kept()],
            ),
        )

    def stored(self, locked: Rows, answers: Rows) -> HttpResponse | None:
        """The first answer, if there is one. Raises InProgress (409) or KeyReused (422)."""
        if not locked[0][0]:
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

    def store(self, response: HttpResponse) -> None:
        """Overwrites only an answer past its time, which `opening` did not see."""
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into tenants_storedanswer (tenant_id, user_id, operation, key,"
                " payload_hash, status, content_type, body, created_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " on conflict (tenant_id, user_id, operation, key) do update set"
                " payload_hash = excluded.payload_hash, status = excluded.status,"
                " content_type = excluded.content_type, body = excluded.body,"
                " created_at = excluded.created_at",
                [
                    self.tenant_id,
                    self.user_id,
                    self.operation,
                    self.value,
                    self.payload_hash,
                    response.status_code,
                    response.headers["Content-Type"],
                    response.content,
                    timezone.now(),
                ],
            )

    def _lock(self) -> int:
        parts = f"{self.tenant_id}|{self.user_id}|{self.operation}|{self.value}"
        digest = hashlib.sha256(parts.encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


def key_value(headers: Mapping[str, str]) -> str | None:
    """The header's value; `"abc"` and `abc` are the same key."""
    value = headers.get("Idempotency-Key")
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
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).digest()


def oldest_kept() -> Any:
    return timezone.now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)


def delete_expired() -> int:
    """Only in platform work, which sees all tenants' rows."""
    deleted, _ = StoredAnswer.objects.filter(created_at__lte=oldest_kept()).delete()
    return deleted
