"""People and their sign-ins. A person is global: tenants know them by memberships."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


class User(AbstractUser):
    class State(models.IntegerChoices):
        """Apart from `is_active`, which says whether login is allowed."""

        INACTIVE = 0
        ACTIVE = 1

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    email = models.EmailField(blank=True)
    # What is issued to an address is theirs only who are known to receive its mail.
    email_verified_at = models.DateTimeField(
        "email address verified", null=True, blank=True, editable=False
    )
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.ACTIVE)

    class Meta:
        ordering = ["username"]
        constraints = [
            # Upper, because Django compares without case by UPPER(): the look-up uses this index.
            models.UniqueConstraint(Upper("username"), name="users_user_username_once"),
            models.UniqueConstraint(
                Upper("email"), condition=~Q(email=""), name="users_user_email_once"
            ),
            models.CheckConstraint(condition=Q(state__in=[0, 1]), name="users_user_state_known"),
            models.CheckConstraint(condition=~Q(username=""), name="users_user_username_present"),
            models.CheckConstraint(
                condition=Q(email_verified_at=None) | ~Q(email=""),
                name="users_user_verified_email_present",
            ),
        ]


class SignIn(models.Model):
    """One sign-in: all tokens that descend from it live and end with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="users_signin_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="users_signin_expires_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
