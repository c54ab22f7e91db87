"""What the credentials of every family have in common."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenants.ownership import TenantOwned

REASON_LENGTH = 1000


class HeldCredential(TenantOwned):
    """A credential that a member of the tenant holds.

    Holder and tenant together name a membership: a composite foreign key, in the migration, which
    says all that one for each of them would.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    holder: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = True


class AwardedCredential(HeldCredential):
    """A credential that the tenant awards and may revoke; see `lifecycle` for its moves."""

    class Status(models.TextChoices):
        AWARDED = "awarded"
        REVOKED = "revoked"

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.AWARDED)
    awarded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")

    class Meta(HeldCredential.Meta):
        abstract = True
        constraints = [
            *HeldCredential.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="awarded", revoked_at__isnull=True, revocation_reason="")
                | Q(status="revoked", revoked_at__isnull=False),
                name="%(app_label)s_%(class)s_status_agrees",
            ),
        ]


class ClaimableCredential(AwardedCredential):
    """Awarded to a member, or (no holder) to a name that nobody of the tenant bears yet."""

    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta(AwardedCredential.Meta):
        abstract = True
