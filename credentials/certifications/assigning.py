"""Which job roles a member has."""

from django.utils import timezone

from credentials.certifications.models import Standing
from credentials.certifications.role_models import JobRole, JobRoleAssignment
from credentials.core import lifecycle
from credentials.core.views import named
from credentials_portal.problems import Conflict, NotFound
from tenants import changes
from tenants.events import Actor
from tenants.models import Membership


def held(tenant_id: int, member: str, role: str) -> JobRoleAssignment:
    """The assignment, or a new one that is not in the database. Raises NotFound (404).

    The member is locked: of two at once, the second finds what the first made.
    """
    (of_member, member_id), (of_role, role_id) = named(member), named(role)
    members = Membership.objects.filter(tenant_id=tenant_id, **{of_member: member_id})
    found = members.select_for_update(no_key=True, of=("self",)).first()
    wanted = JobRole.objects.filter(tenant_id=tenant_id, **{of_role: role_id}).first()
    if found is None or wanted is None:
        raise NotFound
    place = {"tenant_id": tenant_id, "membership_id": found.pk, "job_role_id": wanted.pk}
    row = JobRoleAssignment.objects.filter(**place).select_for_update(of=("self",)).first()
    return row or JobRoleAssignment(**place)


def assign(row: JobRoleAssignment, *, is_primary: bool | None, by: Actor) -> None:
    """A member's new primary job role takes the place of the one before.

    The row must be of `held`. Raises Conflict (409) for a new assignment of an archived role.
    """
    if row._state.adding and row.job_role.status != Standing.ACTIVE:
        raise Conflict("The job role is archived.")
    if is_primary:
        others = JobRoleAssignment.objects.filter(
            tenant_id=row.tenant_id, membership_id=row.membership_id, is_primary=True
        )
        for other in others.exclude(pk=row.pk).select_for_update(of=("self",)):
            changes.change(other, {"is_primary": False}, by=by)
    if not row._state.adding:
        changes.change(row, {} if is_primary is None else {"is_primary": is_primary}, by=by)
        return
    row.is_primary, row.assigned_at = bool(is_primary), timezone.now()
    changes.create(row, by=by)


def unassign(row: JobRoleAssignment, *, by: Actor) -> None:
    """The row must be of `held`. Raises NotFound (404) where the member has no such job role."""
    if row._state.adding:
        raise NotFound
    lifecycle.delete(row, by=by)
