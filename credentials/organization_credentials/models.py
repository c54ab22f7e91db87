"""What an organization can award, in whose name, and who earned it.

Foreign keys of a row and its tenant together are in the migration.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from credentials.core.models import ClaimableCredential
from credentials.core.public import Shown
from credentials.organization_credentials import showing
from tenants.ownership import TenantOwned

TEXT_LENGTH, NAME_LENGTH, ADDRESS_LENGTH = 255, 1000, 2048
LONG_TEXT_LENGTH = 65_536  # of descriptions, criteria, narratives and templates
MAX_OPPORTUNITIES = 100  # courses, and as many programs
MAX_VALIDITY = 5000  # of any unit; years of it stay within the calendar


class Catalogued(TenantOwned):
    """Deleted, it is no longer there for callers; what names it keeps it."""

    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantOwned.Meta):
        abstract = True
        ordering = ["-id"]


class ContentType(models.TextChoices):
    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"


class Image(TenantOwned):
    """An uploaded picture, decoded and encoded anew; images given as links are none."""

    content_type = models.CharField(max_length=16, choices=ContentType.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)  # SHA-256 of the content
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantOwned.Meta):
        abstract = False
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "digest"], name="credentials_image_once"),
            models.CheckConstraint(
                condition=Q(content_type__in=ContentType.values),
                name="credentials_image_content_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type}, {self.width} by {self.height}"


class IssuerProfile(Catalogued):
    """In whose name credentials are issued."""

    name = models.CharField(max_length=TEXT_LENGTH)
    url = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    description = models.TextField(blank=True, default="")
    image = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")

    class Meta(Catalogued.Meta):
        abstract = False
        verbose_name = "issuer"
        constraints = [
            *Catalogued.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(name=""), name="credentials_issuerprofile_name_present"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CredentialDefinition(Catalogued):
    """What can be earned."""

    class Signal(models.TextChoices):
        COURSE_COMPLETED = "COURSE_COMPLETED"
        COURSE_PASSED = "COURSE_PASSED"

    class Duration(models.TextChoices):
        DAYS = "days"
        WEEKS = "weeks"
        MONTHS = "months"
        YEARS = "years"

    issuer = models.ForeignKey(
        IssuerProfile, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.TextField(blank=True, default="")
    credential_type = models.CharField(max_length=TEXT_LENGTH, default="CERTIFICATE")
    # Untrusted; kept byte for byte, and shown only by `credentials.core.rendering`.
    html_template = models.TextField(blank=True, default="")
    css_template = models.TextField(blank=True, default="")
    icon_image = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    background_image = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    thumbnail_image = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    criteria_url = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    criteria_text = models.TextField(blank=True, default="")
    issuing_signal = models.CharField(max_length=16, choices=Signal.choices, blank=True, default="")
    is_public = models.BooleanField("public", default=True)
    courses = ArrayField(models.CharField(max_length=TEXT_LENGTH), blank=True, default=list)
    programs = ArrayField(models.CharField(max_length=TEXT_LENGTH), blank=True, default=list)
    # The first and the last moment at which it may be issued.
    issued_on = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked = models.BooleanField("withdrawn", default=False)
    # How long an assertion is valid from its issue on; for ever without.
    valid_for_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_for_duration = models.CharField(
        max_length=6, choices=Duration.choices, blank=True, default=""
    )

    class Meta(Catalogued.Meta):
        abstract = False
        verbose_name = "credential definition"
        constraints = [
            *Catalogued.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(credential_type=""),
                name="credentials_credentialdefinition_texts_present",
            ),
            models.CheckConstraint(
                condition=Q(issuing_signal__in=["", "COURSE_COMPLETED", "COURSE_PASSED"]),
                name="credentials_credentialdefinition_signal_known",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_at__isnull=True)
                | Q(expires_at__gte=F("issued_on")),
                name="credentials_credentialdefinition_ends_no_earlier",
            ),
            models.CheckConstraint(
                condition=Q(valid_for_amount__isnull=True, valid_for_duration="")
                | Q(
                    valid_for_amount__gte=1,
                    valid_for_amount__lte=MAX_VALIDITY,
                    valid_for_duration__in=["days", "weeks", "months", "years"],
                ),
                name="credentials_credentialdefinition_validity_whole",
            ),
        ]
        indexes = [
            # Counts what members are shown without a look at the rows.
            models.Index(
                fields=["tenant", "id"],
                condition=Q(deleted_at__isnull=True, is_public=True),
                name="definition_listed",
            ),
            models.Index(fields=["tenant", "issuer"], name="definition_by_issuer"),
        ]

    def __str__(self) -> str:
        return self.name


class Opportunity(models.Model):
    """A course or program in which a definition is earned: an index of the definitions' lists.

    Triggers keep it (see the migration). Row-level security lets no index look into arrays.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=7)  # course or program
    name = models.CharField(max_length=TEXT_LENGTH)
    definition = models.ForeignKey(
        CredentialDefinition, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "name", "definition"], name="credentials_opportunity_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["course", "program"]) & ~Q(name=""),
                name="credentials_opportunity_told",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "definition"], name="opportunity_by_definition"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Assertion(ClaimableCredential):
    """That somebody earned what a definition says.

    To a member, or to a username or email address that no member bears yet; the identity stays what
    it was at the issue.
    """

    definition = models.ForeignKey(
        CredentialDefinition, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    identity = models.CharField(max_length=TEXT_LENGTH)
    # A column, because row-level security keeps Upper() of a row out of index conditions.
    identity_key = models.GeneratedField(
        expression=Upper("identity"), output_field=models.TextField(), db_persist=True
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    # When an expired one gave way to its successor.
    lapsed_at = models.DateTimeField(null=True, blank=True, editable=False)
    narrative = models.TextField(blank=True, default="")
    evidence_url = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")

    class Meta(ClaimableCredential.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [
            *ClaimableCredential.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(identity=""), name="credentials_assertion_identity_present"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("awarded_at")),
                name="credentials_assertion_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_at__isnull=True)
                | Q(expires_at__isnull=False, lapsed_at__gte=F("expires_at")),
                name="credentials_assertion_lapses_when_expired",
            ),
            models.UniqueConstraint(
                fields=["tenant", "definition", "holder"],
                condition=Q(holder__isnull=False, status="awarded", lapsed_at__isnull=True),
                name="credentials_assertion_live_once_per_holder",
            ),
            models.UniqueConstraint(
                fields=["tenant", "definition", "identity_key"],
                condition=Q(holder__isnull=True, status="awarded", lapsed_at__isnull=True),
                name="credentials_assertion_live_once_per_identity",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "holder", "id"],
                condition=Q(holder__isnull=False),
                name="assertion_of_holder",
            ),
            models.Index(
                fields=["tenant", "identity_key", "id"],
                condition=Q(holder__isnull=True),
                name="assertion_of_identity",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=Q(holder__isnull=True),
                name="assertion_awaited",
            ),
            # What was issued, revoked and expires lately, and names whose beginning is known.
            models.Index(fields=["tenant", "awarded_at"], name="assertion_by_award"),
            models.Index(
                fields=["tenant", "revoked_at"],
                condition=Q(revoked_at__isnull=False),
                name="assertion_by_revocation",
            ),
            models.Index(
                fields=["tenant", "expires_at"],
                condition=Q(expires_at__isnull=False, status="awarded"),
                name="assertion_expiring",
            ),
            models.Index(
                fields=["tenant", "identity_key"],
                opclasses=["int8_ops", "text_pattern_ops"],
                condition=Q(holder__isnull=True),
                name="assertion_awaited_name",
            ),
            models.Index(fields=["tenant", "definition", "id"], name="assertion_of_definition"),
        ]

    def __str__(self) -> str:
        return f"{self.identity} · {self.definition}"

    def shown(self) -> Shown:
        return showing.shown(self)
