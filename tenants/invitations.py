"""Who is invited to a tenant: pending members until they sign in, or get an account."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet

from tenants.models import Membership, Tenant


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
    rows = Membership.objects.filter(mine, status=Membership.Status.PENDING)
    # Two of one tenant may have met: the account's own goes first.
    return rows.order_by("tenant_id", F("user_id").asc(nulls_last=True), "id")


def withdrawn(tenant: Tenant, email: str) -> QuerySet[Membership]:
    """The invitation of this address that was taken back."""
    return Membership.objects.filter(
        tenant=tenant, user=None, email__iexact=email, status=Membership.Status.INACTIVE
    )
