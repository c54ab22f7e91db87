"""Tenants and their members: every change writes its event and takes effect at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from credentials_portal.problems import Conflict, NotFound
from tenants import access, changes, events, invitations, preferences, walls
from tenants.events import Actor
from tenants.flights import Statement
from tenants.models import Membership, Role, Tenant

# A person bears a name in a tenant from now on: as a new member, renamed, or with an email address
# that is verified now. A person's names are the username and the verified address. Sent in the
# transaction of that change, with `tenant_id`, `user_id` and `by`; more than once is no news.
named = Signal()


class InvitedAlready(Conflict):
    slug, title = "member-already", "This person is a member already"
    detail = "Somebody with this email address is a member of the organization, or invited to it."


class HasNotCome(Conflict):
    slug, title = "member-not-come", "This person has not come yet"
    detail = "Only whoever was invited takes the invitation up; until then it can be withdrawn."


NAMES_LOCK = "select pg_advisory_xact_lock{kind}(hashtextextended('members ' || %s::text, 0))"


def names_stay(tenant_id: int) -> Statement:
    """From here to the end of the transaction nobody joins the tenant or gets a name in it.

    What is stored for a name that no member bears, and the member who comes to bear it, would
    otherwise miss each other when both are made at once. Many may hold this together.
    """
    return NAMES_LOCK.format(kind="_shared"), (tenant_id,)


def names_change(tenant_ids: Iterable[int]) -> None:
    """Wait for whoever relies on `names_stay`; before any row is locked, or they wait for us."""
    walls.pipeline(*((NAMES_LOCK.format(kind=""), (each,)) for each in sorted(tenant_ids)))


def find_tenant(slug: str) -> Tenant:
    """Raises NotFound (404), naming the slug: for operators, not for strangers."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise NotFound(f"There is no tenant {slug!r}.")
    return tenant


def get_tenant(tenant_id: int) -> Tenant:
    return Tenant.objects.get(pk=tenant_id)


def create_tenant(*, slug: str, name: str, by: Actor) -> Tenant:
    """Raises Django's ValidationError for a malformed slug or name."""
    # Only white space is no name.
    tenant = Tenant(slug=slug, name=name if name.strip() else "")
    tenant.clean_fields()
    tenant.save(force_insert=True)
    after = {"slug": slug, "name": name}
    events.record("created", tenant, tenant_id=tenant.pk, by=by, after=after)
    return tenant


def ensure_tenant(*, slug: str, name: str, by: Actor) -> Tenant:
    """The tenant of this slug, made when it is missing. Raises Conflict for another name."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        return create_tenant(slug=slug, name=name, by=by)
    if tenant.name != name:
        raise Conflict(
            f"The tenant {slug!r} exists with the name {tenant.name!r};"
            " give that name, or choose another slug."
        )
    return tenant


def change_tenant(tenant: Tenant, *, by: Actor, action: str = "changed", **wanted: Any) -> None:
    """Set name, settings or status. Suspended, its members are shut out within 5 seconds."""
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    Tenant(slug=locked.slug, **({"name": locked.name} | wanted)).clean_fields()
    if "settings" in wanted:
        preferences.check(wanted["settings"])
    if changes.change(locked, wanted, by=by, action=action, tenant_id=locked.pk):
        access.forget()


def set_status(tenant: Tenant, status: str, *, by: Actor) -> None:
    change_tenant(tenant, by=by, action="status_changed", status=status)


def add_member(tenant: Tenant, user_id: int, role: Role, *, by: Actor) -> Membership:
    """The first membership of a person is the primary one; an invitation is taken up."""
    names_change([tenant.pk])
    pending = invitations.pending(user_id).filter(tenant=tenant).select_for_update().first()
    return _join(tenant, user_id, role, pending, by)


def take_up(pending: Membership, user_id: int, *, by: Actor) -> Membership:
    """Become the member who was invited. The row is locked, and before it `names_change` called."""
    return _join(pending.tenant, user_id, Role(pending.role), pending, by)


def _join(
    tenant: Tenant, user_id: int, role: Role, pending: Membership | None, by: Actor
) -> Membership:
    is_primary = not Membership.objects.filter(user_id=user_id, is_primary=True).exists()
    facts = {"user_id": user_id, "role": role, "is_primary": is_primary}
    if pending:
        facts["status"] = Membership.Status.ACTIVE
        changes.change(pending, facts, by=by, action="joined")
    membership = pending or changes.create(Membership(tenant=tenant, **facts), by=by)
    access.forget()
    named.send(Membership, tenant_id=tenant.pk, user_id=user_id, by=by)
    return membership


def invite(tenant: Tenant, email: str, role: Role, *, by: Actor, **facts: str | None) -> Membership:
    """`facts`: display_name and external_id. Raises InvitedAlready (409)."""
    names_change([tenant.pk])
    withdrawn = invitations.withdrawn(tenant, email)
    known = Q(user__email__iexact=email) | Q(user=None, email__iexact=email)
    if Membership.objects.filter(known, tenant=tenant).exclude(pk__in=withdrawn).exists():
        raise InvitedAlready
    wanted: dict[str, Any] = {
        "user_id": invitations.bearer(email),
        "email": email,
        "role": role,
        "status": Membership.Status.PENDING,
        "invited_at": timezone.now(),
        **facts,
    }
    row = withdrawn.select_for_update().first()
    if row is None:
        return changes.create(Membership(tenant=tenant, **wanted), by=by)
    changes.change(row, wanted, by=by, action="invited")
    return row


def accept(user_id: int, *, by: Actor) -> int:
    """Become a member wherever one is invited; how often. In platform work."""
    places = set(invitations.pending(user_id).values_list("tenant_id", flat=True))
    if not places:
        return 0
    names_change(places)
    # Only now: the same person may have signed in elsewhere meanwhile.
    invited = invitations.pending(user_id).filter(tenant__in=places).select_related("tenant")
    # Where one is a member by another address, that is the membership.
    held = set(
        Membership.objects.filter(user_id=user_id)
        .exclude(status=Membership.Status.PENDING)
        .values_list("tenant_id", flat=True)
    )
    # One of each tenant, the account's own before those of its address.
    waiting = {
        each.tenant_id: each for each in reversed(list(invited)) if each.tenant_id not in held
    }
    for each in waiting.values():
        add_member(each.tenant, user_id, Role(each.role), by=by)
    return len(waiting)


def ensure_member(tenant: Tenant, user_id: int, role: Role, *, by: Actor) -> Membership:
    """The person's active membership, made when missing. Raises Conflict for another role."""
    found = Membership.objects.select_related("user").filter(tenant=tenant, user_id=user_id).first()
    if found is None:
        return add_member(tenant, user_id, role, by=by)
    name = found.user.get_username()
    if found.status != Membership.Status.ACTIVE:
        raise Conflict(
            f"The membership of {name!r} in {tenant.slug!r} has ended; reactivate it in the admin."
        )
    if found.role != role:
        raise Conflict(
            f"{name!r} is {found.role} of {tenant.slug!r} already;"
            f" give the role {found.role}, or change it in the admin."
        )
    return found


def find_active(tenant: Tenant, username: str) -> Membership:
    """Without regard to case. Raises NotFound (404), naming who is missing: for operators."""
    found = (
        Membership.objects.select_related("user")
        .filter(tenant=tenant, user__username__iexact=AbstractBaseUser.normalize_username(username))
        .filter(status=Membership.Status.ACTIVE, user__is_active=True)
        .first()
    )
    if found is None:
        raise NotFound(
            f"{username!r} is not an active member of {tenant.slug!r}, or may not sign in."
        )
    return found


def home_of(user_id: int) -> int | None:
    """The tenant of a person's primary membership."""
    primary = Membership.objects.filter(user_id=user_id, is_primary=True)
    return primary.values_list("tenant_id", flat=True).first()


def places_of(user_id: int) -> list[int]:
    """The tenants that know the person, in which a membership may have ended."""
    every = Membership.objects.filter(user_id=user_id).exclude(status=Membership.Status.PENDING)
    return list(every.order_by("tenant_id").values_list("tenant_id", flat=True))


def change(membership: Membership, *, by: Actor, **wanted: Any) -> None:
    """Set role, status, is_primary, external_id or display_name; inactive ends an invitation too.

    The database refuses to lose the last owner (409). Raises HasNotCome (409).
    """
    locked = Membership.objects.select_for_update().get(
        tenant_id=membership.tenant_id, pk=membership.pk
    )
    wanted |= _moved(locked, wanted)
    if wanted.get("is_primary"):
        # A person has one primary membership: the old one gives way.
        Membership.objects.filter(user_id=locked.person_id, is_primary=True).exclude(
            pk=locked.pk
        ).update(is_primary=False)
    if changes.change(locked, wanted, by=by):
        access.forget()


def _moved(row: Membership, wanted: dict[str, Any]) -> dict[str, Any]:
    """What comes along with another status."""
    status = wanted.get("status", row.status)
    if row.is_awaited and (wanted.get("is_primary") or status == Membership.Status.ACTIVE):
        raise HasNotCome
    if status != row.status and status == Membership.Status.PENDING:
        raise Conflict("Nobody becomes pending by a change; invite the address again.")
    # Withdrawn it is nobody's, so that the address can be invited again.
    is_withdrawn = row.status == Membership.Status.PENDING != status
    return {"user_id": None} if is_withdrawn else {}
