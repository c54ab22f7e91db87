"""Where a row lives when nobody has said the tenant, and how many rows a tenant has.

Both are kept by triggers (see `operations.TrackRows`), so that every way of writing, a bulk load
included, keeps them exact; the rows they copy from have the foreign keys.
"""

import hashlib
import uuid

from django.db import models


class Lookup(models.Model):
    """Public uuid or token hash → tenant, kind, id: the one table read without a tenant."""

    key = models.BinaryField(primary_key=True, max_length=32)
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class RowCount(models.Model):
    """A share of one tenant's count of one kind; the count is the sum of its slots.

    Slots keep simultaneous writers of one tenant from waiting for each other's commit.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=40)
    slot = models.PositiveSmallIntegerField()
    rows = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "slot"], name="tenants_rowcount_slot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.rows}"


def uuid_key(value: uuid.UUID) -> bytes:
    return value.bytes


def token_key(secret: str) -> bytes:
    """A fast hash is enough: the secret is 256 random bits, not a password."""
    return hashlib.sha256(secret.encode()).digest()
