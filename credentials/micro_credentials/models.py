from django.db import models
from django.db.models import F, Q

from credentials.core.models import HeldCredential
from credentials.core.public import Shown, holder_name, is_active

TITLE_LENGTH, URL_LENGTH = 1000, 2048


class MicroCredential(HeldCredential):
    """A short course or skill that a person records of themselves."""

    class State(models.IntegerChoices):
        ARCHIVED = 0
        ACTIVE = 1

    title = models.CharField(max_length=TITLE_LENGTH)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    website_url = models.CharField(max_length=URL_LENGTH, blank=True, default="")
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.ACTIVE)

    class Meta(HeldCredential.Meta):
        abstract = False
        verbose_name = "micro-credential"
        ordering = ["-id"]
        constraints = [
            *HeldCredential.Meta.constraints,
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("issued_at")),
                name="credentials_microcredential_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[0, 1]), name="credentials_microcredential_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(title=""), name="credentials_microcredential_title_present"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "holder", "id"], name="microcredential_by_holder"),
            models.Index(
                fields=["tenant", "expires_at"],
                condition=Q(state=1),
                name="microcredential_expiring",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def shown(self) -> Shown | None:
        if self.state != self.State.ACTIVE:
            return None
        return Shown(
            uuid=self.uuid,
            kind="Micro-credential",
            title=self.title,
            holder=holder_name(self.tenant, self.holder),
            issuer="",
            organization=self.tenant.name,
            issued_at=self.issued_at,
            valid_from=self.issued_at,
            expires_at=self.expires_at,
            website_url=self.website_url,
            is_recorded_by_holder=True,
            is_holder_active=is_active(self.holder),
        )
