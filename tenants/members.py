"""Tenants and their members: every change writes its event and takes effect at once."""

from typing import Any

from tenants import access, events
from tenants.events import Actor
from tenants.models import Membership, Role, Tenant


def create_tenant(*, slug: str, name: str, by: Actor) -> Tenant:
    tenant = Tenant.objects.create(slug=slug, name=name)
    after = {"slug": slug, "name": name}
    events.record("created", tenant, tenant_id=tenant.pk, by=by, after=after)
    return tenant


def set_status(tenant: Tenant, status: str, *, by: Actor) -> None:
    """Suspend or reactivate; members are shut out within 5 seconds everywhere."""
    before = tenant.status
    tenant.status = status
    tenant.save(update_fields=["status", "modified_at"])
    events.record(
        "status_changed",
        tenant,
        tenant_id=tenant.pk,
        by=by,
        before={"status": before},
        after={"status": status},
    )
    access.forget()


def add_member(tenant: Tenant, user_id: int, role: Role, *, by: Actor) -> Membership:
    """The first membership of a person is the primary one."""
    has_primary = Membership.objects.filter(user_id=user_id, is_primary=True).exists()
    membership = Membership.objects.create(
        tenant=tenant, user_id=user_id, role=role, is_primary=not has_primary
    )
    events.record("created", membership, by=by, after=_facts(membership))
    access.forget()
    return membership


def change(membership: Membership, *, by: Actor, **changes: Any) -> None:
    """Set role, status or is_primary. The database refuses to lose the last owner (409)."""
    locked = Membership.objects.select_for_update().get(
        tenant_id=membership.tenant_id, pk=membership.pk
    )
    before = _facts(locked)
    if changes.get("is_primary"):
        # A person has one primary membership: the old one gives way.
        Membership.objects.filter(user_id=locked.user_id, is_primary=True).exclude(
            pk=locked.pk
        ).update(is_primary=False)
    for name, value in changes.items():
        setattr(locked, name, value)
    if (after := _facts(locked)) == before:
        return
    locked.save(update_fields=[*changes, "modified_at"])
    events.record("changed", locked, by=by, before=before, after=after)
    access.forget()


def _facts(membership: Membership) -> dict[str, Any]:
    return {
        "user_id": membership.user_id,
        "role": str(membership.role),
        "status": str(membership.status),
        "is_primary": membership.is_primary,
    }
