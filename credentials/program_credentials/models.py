from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from credentials.core.models import ClaimableCredential
from credentials.core.public import Shown, holder_name, is_active, public_reason
from tenants.ownership import TenantOwned

TEXT_LENGTH = 255
MAX_PROGRAM_ID = 2**53 - 1  # the largest that every JSON reader keeps exact


class Certificate(TenantOwned):
    """What can be awarded: inactive, no longer, but awards made stay."""

    title = models.CharField(max_length=TEXT_LENGTH)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = True
        ordering = ["-id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(title=""), name="%(app_label)s_%(class)s_title_present"
            ),
        ]


class Program(Certificate):
    """The certificate of a program."""

    program_id = models.BigIntegerField()

    class Meta(Certificate.Meta):
        abstract = False
        constraints = [
            *Certificate.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "program_id"], name="credentials_program_program_id_once"
            ),
            models.CheckConstraint(
                condition=Q(program_id__gte=1, program_id__lte=MAX_PROGRAM_ID),
                name="credentials_program_program_id_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.program_id}"


class Course(Certificate):
    """One type of certificate of a course."""

    class CertificateType(models.TextChoices):
        HONOR = "honor"
        VERIFIED = "verified"
        PROFESSIONAL = "professional"

    course_id = models.CharField(max_length=TEXT_LENGTH)
    certificate_type = models.CharField(max_length=16, choices=CertificateType.choices)

    class Meta(Certificate.Meta):
        abstract = False
        constraints = [
            *Certificate.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "course_id", "certificate_type"],
                name="credentials_course_course_id_once",
            ),
            models.CheckConstraint(
                condition=Q(certificate_type__in=["honor", "verified", "professional"]),
                name="credentials_course_certificate_type_known",
            ),
            models.CheckConstraint(
                condition=~Q(course_id=""), name="credentials_course_course_id_present"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.course_id} · {self.certificate_type}"


class UserCredential(ClaimableCredential):
    """An award of one program or course certificate.

    The username stays what it was at the award.
    """

    username = models.CharField(max_length=TEXT_LENGTH)
    # A column, because row-level security keeps Upper() of a row out of index conditions.
    username_key = models.GeneratedField(
        expression=Upper("username"), output_field=models.TextField(), db_persist=True
    )
    # Both with their tenant are composite foreign keys, in the migration.
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    course = models.ForeignKey(
        Course,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    download_url = models.CharField(max_length=2048, null=True, blank=True)  # noqa: DJ001 - null in the API

    class Meta(ClaimableCredential.Meta):
        abstract = False
        verbose_name = "program credential"
        ordering = ["-id"]
        constraints = [
            *ClaimableCredential.Meta.constraints,
            models.CheckConstraint(
                condition=Q(program__isnull=True) ^ Q(course__isnull=True),
                name="credentials_usercredential_one_certificate",
            ),
            models.CheckConstraint(
                condition=~Q(username=""), name="credentials_usercredential_username_present"
            ),
            models.UniqueConstraint(
                fields=["tenant", "holder", "program"],
                condition=Q(holder__isnull=False, program__isnull=False),
                name="credentials_usercredential_program_once_per_holder",
            ),
            models.UniqueConstraint(
                fields=["tenant", "holder", "course"],
                condition=Q(holder__isnull=False, course__isnull=False),
                name="credentials_usercredential_course_once_per_holder",
            ),
            models.UniqueConstraint(
                fields=["tenant", "username_key", "program"],
                condition=Q(holder__isnull=True, program__isnull=False),
                name="credentials_usercredential_program_once_per_name",
            ),
            models.UniqueConstraint(
                fields=["tenant", "username_key", "course"],
                condition=Q(holder__isnull=True, course__isnull=False),
                name="credentials_usercredential_course_once_per_name",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "holder", "id"],
                condition=Q(holder__isnull=False),
                name="usercredential_of_holder",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=Q(holder__isnull=True),
                name="usercredential_awaited",
            ),
            # What was awarded and revoked lately, and names whose beginning is known.
            models.Index(fields=["tenant", "awarded_at"], name="usercredential_by_award"),
            models.Index(
                fields=["tenant", "revoked_at"],
                condition=Q(revoked_at__isnull=False),
                name="usercredential_by_revocation",
            ),
            models.Index(
                fields=["tenant", "username_key"],
                opclasses=["int8_ops", "text_pattern_ops"],
                condition=Q(holder__isnull=True),
                name="usercredential_awaited_name",
            ),
            models.Index(
                fields=["tenant", "program", "id"],
                condition=Q(program__isnull=False),
                name="usercredential_by_program",
            ),
            models.Index(
                fields=["tenant", "course", "id"],
                condition=Q(course__isnull=False),
                name="usercredential_by_course",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} · {self.certificate}"

    @property
    def certificate(self) -> Any:
        """The program or the course."""
        return self.program or self.course

    def shown(self) -> Shown:
        kind = "Program certificate"
        if self.course:
            kind = f"Course certificate, {self.course.certificate_type}"
        return Shown(
            uuid=self.uuid,
            kind=kind,
            title=self.certificate.title,
            holder=holder_name(self.tenant, self.holder, self.username),
            issuer=self.tenant.name,
            organization=self.tenant.name,
            issued_at=self.awarded_at,
            revoked_at=self.revoked_at,
            reason=public_reason(self.tenant, self.revocation_reason),
            is_holder_active=is_active(self.holder),
        )


class Attribute(TenantOwned):
    """A note on an award, like its grade."""

    # One key in the migration, of both together, says what these two would.
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    user_credential = models.ForeignKey(
        UserCredential,
        models.CASCADE,
        related_name="attributes",
        db_index=False,
        db_constraint=False,
    )
    namespace = models.CharField(max_length=TEXT_LENGTH)
    name = models.CharField(max_length=TEXT_LENGTH)
    value = models.CharField(max_length=TEXT_LENGTH)

    class Meta(TenantOwned.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "user_credential", "namespace", "name"],
                name="credentials_attribute_once_per_award",
            ),
            models.CheckConstraint(
                condition=~Q(namespace="") & ~Q(name="") & ~Q(value=""),
                name="credentials_attribute_texts_present",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace}: {self.name}"
