"""What every tenant-owned row has."""

from django.db import models

from tenants.ids import new_uuid


class TenantOwned(models.Model):
    """A row of one tenant; `(tenant_id, id)` is unique so that foreign keys can name both."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=new_uuid, editable=False)
    # Every index of the table begins with the tenant already.
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "id"], name="%(app_label)s_%(class)s_once_per_tenant"
            ),
            models.UniqueConstraint(
                fields=["tenant", "uuid"], name="%(app_label)s_%(class)s_uuid_once_per_tenant"
            ),
        ]
