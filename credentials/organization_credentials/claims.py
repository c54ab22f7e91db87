"""Assertions that wait for a username or an email address become its bearer's.

An address counts once it is verified: who merely writes it into an account proves nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models.functions import Upper
from django.dispatch import receiver
from django.utils import timezone

from credentials.core import claims, lifecycle
from credentials.organization_credentials.models import Assertion
from tenants import changes, members
from tenants.events import Actor
from users.models import User

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@receiver(members.named)
def claim(sender: Any, *, tenant_id: int, user_id: int, by: Actor, **_: Any) -> None:
    mine = Assertion.objects.filter(tenant_id=tenant_id)
    waits = mine.filter(holder=None, identity_key__in=names_of(user_id))
    definitions = set(waits.values_list("definition_id", flat=True))
    if not definitions:
        return
    held = mine.filter(holder_id=user_id, definition_id__in=definitions)
    # All in one order: who revokes many at once would wait for us, and we for them.
    rows = list((waits | held).select_for_update(of=("self",)).order_by("id"))
    waiting = [each for each in rows if each.holder_id is None]
    every = [each for each in rows if is_live(each)]
    for definition_id in sorted({each.definition_id for each in every}):
        settle([each for each in every if each.definition_id == definition_id], by=by)
    found = [(each.pk, each.uuid) for each in waiting]
    claims.take(Assertion, tenant_id, user_id, found, by=by)


def names_of(user_id: int) -> list[str]:
    """As the database compares them."""
    person = User.objects.filter(pk=user_id).annotate(
        name=Upper("username"), address=Upper("email")
    )
    names = []
    for name, address, verified_at in person.values_list("name", "address", "email_verified_at"):
        names += [name, *([address] if address and verified_at else [])]
    return names


def is_live(assertion: Assertion) -> bool:
    return assertion.status == lifecycle.AWARDED and assertion.lapsed_at is None


def settle(doubles: Sequence[Assertion], *, by: Actor) -> None:
    """One live assertion of a definition for one person: the one that is valid longest stays.

    The others may have been shown around: their pages tell which one stands in their place.
    """
    now = timezone.now()
    stays = max(doubles, key=lambda each: (each.expires_at or FOR_EVER, -each.pk))
    for each in doubles:
        if each.pk == stays.pk:
            continue
        if (each.expires_at or FOR_EVER) <= now:
            changes.change(each, {"lapsed_at": now}, by=by, action="lapsed")
        else:
            reason = f"The recipient holds this credential already, as {stays.uuid}."
            lifecycle.move(each, lifecycle.REVOKED, by=by, reason=reason)
