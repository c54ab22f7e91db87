"""How an assertion stands at a moment: of a row, and as a condition on many."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from credentials.core.lifecycle import AWARDED, REVOKED
from credentials.organization_credentials.models import Assertion


class Standing(models.TextChoices):
    VALID = "valid"
    EXPIRED = "expired"
    LAPSED = "lapsed"  # expired, and issued anew since
    REVOKED = "revoked"  # whatever else


def standing(assertion: Assertion, at: datetime) -> Standing:
    if assertion.status == REVOKED:
        return Standing.REVOKED
    if assertion.lapsed_at:
        return Standing.LAPSED
    if assertion.expires_at and at >= assertion.expires_at:
        return Standing.EXPIRED
    return Standing.VALID


def stands(wanted: str, at: datetime) -> Q:
    if wanted == Standing.REVOKED:
        return Q(status=REVOKED)
    if wanted == Standing.LAPSED:
        return Q(status=AWARDED, lapsed_at__isnull=False)
    if wanted == Standing.EXPIRED:
        return Q(status=AWARDED, lapsed_at=None, expires_at__lte=at)
    return Q(Q(expires_at=None) | Q(expires_at__gt=at), status=AWARDED, lapsed_at=None)
