"""Who is invited to a tenant: pending members until they sign in, or get an account."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from tenants.models import Membership


def bearer(email: str) -> int | None:
    """The account whose verified address it is."""
    people: QuerySet[Any] = get_user_model()._default_manager.filter(
        email__iexact=email, email_verified_at__isnull=False
    )
    return people.values_list("pk", flat=True).first()


def pending(user_id: int) -> QuerySet[Membership]:
    """What a person is invited to, by account or by verified address. Seen in platform work."""
    people = get_user_model()._default_manager.filter(pk=user_id, email_verified_at__isnull=False)
    mine = Q(user_id=user_id)
    for address in people.exclude(email="").values_list("email", flat=True):
        mine |= Q(user=None, email__iexact=address)
    return Membership.objects.filter(mine, status=Membership.Status.PENDING).order_by("tenant_id")
