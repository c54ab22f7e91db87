"""What members hold from any issuer.

Foreign keys of a row and its tenant together are in the migration.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from credentials.certifications import showing
from credentials.core.public import Shown
from tenants.ids import new_uuid
from tenants.models import Membership
from tenants.ownership import TenantOwned

TEXT_LENGTH, SLUG_LENGTH = 255, 100
KEPT: dict[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Standing(models.TextChoices):
    """Archived, it stays for what names it."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class CertificationType(models.Model):
    """What can be certified: of one tenant, or (no tenant) standard, for all and kept by none."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=new_uuid, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # 0 for a standard type: what names a type names this too, and no other tenant's fits.
    owner = models.GeneratedField(
        expression=Coalesce(F("tenant"), 0), output_field=models.BigIntegerField(), db_persist=True
    )
    slug = models.CharField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=TEXT_LENGTH)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=8, choices=Standing.choices, default=Standing.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "id"], name="credentials_certificationtype_once_per_owner"
            ),
            models.UniqueConstraint(
                fields=["uuid"], name="credentials_certificationtype_uuid_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "slug"], name="credentials_certificationtype_slug_once"
            ),
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(title="") & Q(status__in=Standing.values),
                name="credentials_certificationtype_told",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Certification(TenantOwned):
    """A certification that a member holds; who issued it may be anyone."""

    class Source(models.TextChoices):
        MANUAL = "manual"
        IMPORT = "import"
        API = "api"
        SELF_REPORTED = "self-reported"

    class Verification(models.TextChoices):
        UNVERIFIED = "unverified"
        PENDING = "pending"
        VERIFIED = "verified"
        REJECTED = "rejected"

    membership = models.ForeignKey(Membership, models.PROTECT, **KEPT)
    certification_type = models.ForeignKey(
        CertificationType, models.PROTECT, null=True, blank=True, **KEPT
    )
    type_owner = models.BigIntegerField(null=True, editable=False)
    external_source = models.CharField(max_length=TEXT_LENGTH, null=True, blank=True)  # noqa: DJ001
    external_id = models.CharField(max_length=TEXT_LENGTH, null=True, blank=True)  # noqa: DJ001
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.MANUAL)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    issuer_name = models.CharField(max_length=TEXT_LENGTH, null=True, blank=True)  # noqa: DJ001
    serial_number = models.CharField(max_length=TEXT_LENGTH, null=True, blank=True)  # noqa: DJ001
    lifecycle_status = models.CharField(
        max_length=8, choices=Standing.choices, default=Standing.ACTIVE
    )
    verification_status = models.CharField(
        max_length=10, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    verification_method = models.CharField(max_length=TEXT_LENGTH, null=True, blank=True)  # noqa: DJ001
    verification_note = models.CharField(max_length=1000, blank=True, default="")
    last_verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            # Both together identify; one alone is no more than a note.
            models.UniqueConstraint(
                fields=["tenant", "membership", "external_source", "external_id"],
                name="credentials_certification_external_once",
            ),
            models.CheckConstraint(
                condition=Q(certification_type__isnull=True, type_owner__isnull=True)
                | Q(certification_type__isnull=False, type_owner__in=[0, F("tenant")]),
                name="credentials_certification_type_within_reach",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("issued_on")),
                name="credentials_certification_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["manual", "import", "api", "self-reported"])
                & Q(lifecycle_status__in=["active", "archived"])
                & Q(verification_status__in=["unverified", "pending", "verified", "rejected"]),
                name="credentials_certification_words_known",
            ),
            models.CheckConstraint(
                condition=~Q(verification_status="verified") | Q(last_verified_at__isnull=False),
                name="credentials_certification_verified_at_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "membership", "id"], name="certification_of_member"),
            models.Index(
                fields=["tenant", "certification_type", "id"], name="certification_of_type"
            ),
            models.Index(fields=["tenant", "expires_on", "id"], name="certification_expiring"),
            models.Index(fields=["tenant", "issued_on", "id"], name="certification_beginning"),
            models.Index(
                fields=["tenant", "external_id", "id"],
                condition=Q(external_id__isnull=False),
                name="certification_external",
            ),
            models.Index(
                fields=["tenant", "external_source", "id"],
                condition=Q(external_source__isnull=False),
                name="certification_of_source",
            ),
            models.Index(
                fields=["tenant", "serial_number", "id"],
                condition=Q(serial_number__isnull=False),
                name="certification_of_serial",
            ),
            # Those that wait for somebody are few among many.
            models.Index(
                fields=["tenant", "verification_status", "id"], name="certification_verification"
            ),
            models.Index(
                fields=["tenant", "lifecycle_status", "id"], name="certification_lifecycle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification_type or self.issuer_name or 'Certification'} · {self.pk}"

    def shown(self) -> Shown | None:
        return showing.shown(self)
