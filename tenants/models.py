"""Tenants, their members, and the keys of their integrations."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from tenants.events import Event, EventContent
from tenants.idempotency import StoredAnswer
from tenants.lookups import Lookup, RowCount
from tenants.ownership import TenantOwned
from tenants.sealing import Chain, Seal

__all__ = [
    "ApiToken",
    "Chain",
    "Event",
    "EventContent",
    "Lookup",
    "Membership",
    "Role",
    "RowCount",
    "Seal",
    "StoredAnswer",
    "Tenant",
]

SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"


class Role(models.TextChoices):
    """Each role includes those before it."""

    MEMBER = "member"
    ISSUER = "issuer"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Tenant(models.Model):
    """An organization."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    slug = models.CharField(
        max_length=63, unique=True, validators=[RegexValidator(SLUG, "Use a-z, 0-9 and hyphens.")]
    )
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    settings = models.JSONField(default=dict, blank=True)
    # Of all its files; a trigger counts them (see `stored_bytes`).
    stored_bytes = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="tenants_tenant_slug_form"),
            models.CheckConstraint(condition=~Q(name=""), name="tenants_tenant_name_present"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "suspended"]), name="tenants_tenant_status_known"
            ),
            models.CheckConstraint(
                condition=Q(stored_bytes__gte=0), name="tenants_tenant_stored_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(TenantOwned):
    """A person's place in a tenant. It is ended, not deleted: what they hold names it.

    Pending, the person is invited and has not come yet; they may have no account either. Withdrawn,
    an invitation is inactive and nobody's.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"
        PENDING = "pending"

    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
    )
    # Of somebody who was invited; an account has its own.
    email = models.EmailField(blank=True, default="")
    display_name = models.CharField(max_length=255, blank=True, default="")
    # Links are of this moment: whoever is invited again has a new one.
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    external_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - null in the API
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["tenant_id", "id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "user"], name="tenants_membership_person_once_per_tenant"
            ),
            # A person's own fact, across tenants: which one is meant when none is named.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_primary=True),
                name="tenants_membership_one_primary_per_person",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="tenants_membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "pending"]),
                name="tenants_membership_status_known",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False)
                | (Q(status__in=["pending", "inactive"]) & ~Q(email="")),
                name="tenants_membership_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | ~Q(status="pending"),
                name="tenants_membership_primary_has_come",
            ),
            models.UniqueConstraint(
                models.F("tenant"),
                Upper("email"),
                condition=Q(user__isnull=True),
                name="tenants_membership_invited_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "external_id"], name="tenants_membership_external_id_once"
            ),
        ]
        indexes = [
            # Whoever signs in is looked up among those who were invited, whatever the tenant.
            models.Index(
                Upper("email"), condition=Q(user__isnull=True), name="tenants_membership_invited"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email if self.is_awaited else self.user} · {self.tenant} · {self.role}"

    @property
    def is_awaited(self) -> bool:
        """Invited and not come: whose account it may become is nobody's business yet."""
        return self.user_id is None or self.status == self.Status.PENDING

    @property
    def person_id(self) -> int:
        """Whose it is; of an invitation to nobody's account there is none (ValueError)."""
        if self.user_id is None:
            raise ValueError("Nobody with an account is invited.")
        return self.user_id


class ApiToken(TenantOwned):
    """An integration's key: acts as one member, limited by scopes. Only its hash is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    key_hash = models.BinaryField(max_length=32, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        abstract = False
        verbose_name = "API token"
        ordering = ["-id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(revoked_at__isnull=True),
                name="tenants_apitoken_live_name_once_per_tenant",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="tenants_apitoken_expires_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return self.name
