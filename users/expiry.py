"""What time has made worthless is deleted here, in platform work."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from users.models import SignIn

# Rows with dependants are loaded before they are deleted: not all of them at once.
BATCH = 2_000


def delete_sign_ins() -> int:
    """An ended sign-in stays until its tokens have expired too."""
    return _delete(SignIn.objects.filter(expires_at__lte=timezone.now()))


def delete_refresh_tokens() -> int:
    """With their entries in the blacklist: an expired token is refused anyway."""
    return _delete(OutstandingToken.objects.filter(expires_at__lte=timezone.now()))


def delete_admin_sessions() -> int:
    return _delete(Session.objects.filter(expire_date__lte=timezone.now()))


def delete_failed_sign_ins() -> int:
    """Those too old to lock an account."""
    lock: timedelta = settings.AXES_COOLOFF_TIME
    return _delete(AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - lock))


def _delete(rows: QuerySet[Any]) -> int:
    deleted = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _, kinds = rows.filter(pk__in=batch).delete()
        deleted += kinds.get(rows.model._meta.label, 0)
    return deleted
