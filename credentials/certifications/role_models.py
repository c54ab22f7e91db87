"""What members must hold to be qualified for their job roles.

Foreign keys of a row and its tenant together are in the migration.
"""

from django.db import models
from django.db.models import F, Q

from credentials.certifications.models import (
    KEPT,
    SLUG_LENGTH,
    TEXT_LENGTH,
    CertificationType,
    Standing,
)
from tenants.models import Membership
from tenants.ownership import TenantOwned


class Listed(TenantOwned):
    """A job role or a qualification, by a slug of its own in the tenant."""

    slug = models.CharField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=TEXT_LENGTH)
    status = models.CharField(max_length=8, choices=Standing.choices, default=Standing.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = True
        ordering = ["-id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "slug"], name="%(app_label)s_%(class)s_slug_once"
            ),
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(title="") & Q(status__in=["active", "archived"]),
                name="%(app_label)s_%(class)s_told",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Qualification(Listed):
    """What its requirements ask for, all of them."""

    class Meta(Listed.Meta):
        abstract = False


class Requirement(TenantOwned):
    """At least `minimum` of its certification types."""

    qualification = models.ForeignKey(
        Qualification,
        models.CASCADE,
        related_name="requirements",
        db_index=False,
        db_constraint=False,
    )
    minimum = models.PositiveSmallIntegerField()
    verified_only = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(minimum__gte=1), name="credentials_requirement_asks_for_something"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "qualification", "id"], name="requirement_of"),
        ]

    def __str__(self) -> str:
        return f"{self.minimum} of a requirement's types"


class RequirementType(models.Model):
    """One of the types that count for a requirement."""

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, **KEPT)
    requirement = models.ForeignKey(
        Requirement, models.CASCADE, related_name="types", db_index=False, db_constraint=False
    )
    certification_type = models.ForeignKey(CertificationType, models.PROTECT, **KEPT)
    type_owner = models.BigIntegerField(editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "requirement", "certification_type"],
                name="credentials_requirementtype_once",
            ),
            models.CheckConstraint(
                condition=Q(type_owner__in=[0, F("tenant")]),
                name="credentials_requirementtype_within_reach",
            ),
        ]

    def __str__(self) -> str:
        return str(self.certification_type_id)


class JobRole(Listed):
    """Work that asks for qualifications."""

    class Meta(Listed.Meta):
        abstract = False


class JobRoleQualification(models.Model):
    """A qualification that a job role asks for."""

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, **KEPT)
    job_role = models.ForeignKey(
        JobRole, models.CASCADE, related_name="qualifications", db_index=False, db_constraint=False
    )
    qualification = models.ForeignKey(Qualification, models.PROTECT, **KEPT)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "job_role", "qualification"],
                name="credentials_jobrolequalification_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.qualification_id)


class JobRoleAssignment(TenantOwned):
    """A member's job role; one of them may be the primary one."""

    membership = models.ForeignKey(Membership, models.PROTECT, **KEPT)
    job_role = models.ForeignKey(JobRole, models.PROTECT, **KEPT)
    is_primary = models.BooleanField(default=False)
    assigned_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "membership", "job_role"],
                name="credentials_jobroleassignment_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "membership"],
                condition=Q(is_primary=True),
                name="credentials_jobroleassignment_one_primary",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "job_role"], name="jobroleassignment_of_role"),
        ]

    def __str__(self) -> str:
        return f"job role {self.job_role_id} of member {self.membership_id}"
