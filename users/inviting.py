"""Invitations as people get them: a link, which a mail brings or whoever invites hands over.

A mailed link proves that its bearer reads the mail of the address, and makes it verified. A link
that was handed over proves nothing of the kind: an administrator could invite anybody's address,
follow the link and be given what waits for that address in other organizations.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from credentials_portal.problems import Conflict, NotFound
from tenants import events, invitations, members, walls
from tenants.events import OPERATOR, Actor
from tenants.models import Membership, Role, Tenant
from users import people
from users.models import User

logger = logging.getLogger("users.inviting")

SALT = "invitation"
LIFETIME = timedelta(days=14)
MAIL_FAILED = "mail_failed"
WITH_PERSON = ("tenant", "user")


@dataclass(frozen=True)
class Link:
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Invitation:
    """What a link stands for."""

    row: Membership
    proves_address: bool
    has_account: bool  # which its bearer signs in with


def invite(tenant: Tenant, email: str, role: Role, *, by: Actor, **facts: str | None) -> Membership:
    """A pending member, and after the commit a mail. Raises InvitedAlready (409)."""
    row = members.invite(tenant, email, role, by=by, **facts)
    if settings.SENDS_MAIL:
        transaction.on_commit(partial(send, row.pk, row.email, row.invited_at, tenant.name))
    return row


def ensure(tenant: Tenant, email: str, role: Role, *, by: Actor, **facts: str | None) -> Membership:
    """The open invitation of this address, made when missing. Raises Conflict for another role."""
    found = Membership.objects.filter(
        tenant=tenant, email__iexact=email, status=Membership.Status.PENDING
    ).first()
    if found is None:
        return invite(tenant, email, role, by=by, **facts)
    if found.role != role:
        raise Conflict(
            f"{email} is invited to {tenant.slug!r} as {found.role} already;"
            f" give the role {found.role}, or change it in the admin."
        )
    return found


def link(row: Membership, *, proves_address: bool = False) -> Link | None:
    """None where nobody is awaited. `proves_address`: for those alone who vouch for addresses."""
    if row.status != Membership.Status.PENDING:
        return None
    return _link(row.pk, row.invited_at, proves_address=proves_address)


def find(token: str) -> Invitation:
    """In platform work. Raises NotFound (404) for a link that is used, withdrawn or too old."""
    try:
        pk, moment, proves_address = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    row = Membership.objects.select_related(*WITH_PERSON).filter(pk=pk).first()
    if row is None or row.status != Membership.Status.PENDING or moment != _moment(row.invited_at):
        raise NotFound
    return Invitation(row, proves_address, _has_account(row, proves_address))


def _has_account(row: Membership, proves_address: bool) -> bool:
    if row.user_id is not None or invitations.bearer(row.email):
        return True
    # It was verified for nobody yet, and is no second account's.
    return proves_address and User.objects.filter(email__iexact=row.email).exists()


def claim(token: str, username: str, password: str, *, by: Actor) -> User:
    """Make the account of whoever was invited, a member from now on. In platform work.

    Raises NotFound (404), and what `people.create` raises.
    """
    found = find(token)
    email, is_proven = found.row.email, found.proves_address
    members.names_change(_places(found))
    locked = Membership.objects.select_for_update().get(pk=found.row.pk)
    # Only now: the link may have been used meanwhile.
    if find(token).has_account:
        raise NotFound
    person = User(username=username)
    if is_proven:
        person.email, person.email_verified_at = email, timezone.now()
    created = people.create(person, password, by=by, tenant_id=locked.tenant_id)
    if not is_proven:
        members.take_up(locked, created.pk, by=by)
    return created


def _places(found: Invitation) -> set[int]:
    """Where the new account will be a member."""
    if not found.proves_address:
        return {found.row.tenant_id}
    same = Membership.objects.filter(user=None, email__iexact=found.row.email)
    return {found.row.tenant_id, *same.values_list("tenant_id", flat=True)}


def send(pk: int, email: str, invited_at: datetime | None, organization: str) -> None:
    """The invitation stands whatever becomes of its mail."""
    name = " ".join(organization.split())
    link = _link(pk, invited_at, proves_address=True)
    context = {"organization": name, "link": link, "days": LIFETIME.days}
    body = render_to_string("invitations/mail.txt", context)
    try:
        EmailMessage(f"Invitation to {name}", body, to=[email]).send()
    except Exception as error:
        logger.exception("invitation not mailed", exc_info=error)
        note_failure(pk, email, error)


def note_failure(pk: int, email: str, error: Exception) -> None:
    """In the history, where who invited them looks: the answer to their request was given."""
    with walls.platform_work():
        row = Membership.objects.get(pk=pk)
        told = {"email": email, "error": type(error).__name__}
        events.record(MAIL_FAILED, row, by=OPERATOR, after=told)


def _link(pk: int, invited_at: datetime | None, *, proves_address: bool) -> Link:
    token = signing.dumps([pk, _moment(invited_at), proves_address], salt=SALT)
    return Link(f"{settings.PUBLIC_URL}/invitations/{token}", timezone.now() + LIFETIME)


def _moment(invited_at: datetime | None) -> str:
    return invited_at.isoformat() if invited_at else ""
