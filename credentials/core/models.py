"""What the credentials of every family have in common."""

from django.conf import settings
from django.db import models

from tenants.ownership import TenantOwned


class HeldCredential(TenantOwned):
    """A credential that a member of the tenant holds.

    Holder and tenant together name a membership (a composite foreign key, in the migration).
    """

    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        abstract = True
