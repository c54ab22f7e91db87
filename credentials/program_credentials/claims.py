"""An award made to a mere username becomes its bearer's, once there is one in the tenant."""

from datetime import datetime
from typing import Any

from django.db.models import Q, Subquery
from django.db.models.functions import Upper
from django.dispatch import receiver
from django.utils import timezone

from credentials.core import claims, lifecycle
from credentials.program_credentials.award_steps import Note
from credentials.program_credentials.models import Attribute, UserCredential
from tenants import changes, events, members, walls
from tenants.events import Actor, Entry
from users.models import User

MOVED = ("status", "awarded_at", "revoked_at", "revocation_reason")

# But for what the member holds already, which is joined.
FREE = """
select r.id, r.uuid from credentials_usercredential r
where r.tenant_id = %s and r.holder_id is null
    and r.username_key = (select upper(u.username) from users_user u where u.id = %s)
    and not exists (
        select from credentials_usercredential held
        where held.tenant_id = r.tenant_id and held.holder_id = %s
            and (held.program_id = r.program_id or held.course_id = r.course_id))
order by r.id
for no key update of r
"""


@receiver(members.named)
def claim(sender: Any, *, tenant_id: int, user_id: int, by: Actor, **_: Any) -> None:
    join_doubles(tenant_id, user_id, by)
    (rows,) = walls.pipeline((FREE, (tenant_id, user_id, user_id)))
    claims.take(UserCredential, tenant_id, user_id, rows, by=by)


def join_doubles(tenant_id: int, user_id: int, by: Actor) -> None:
    """One award per person and certificate: what waited for the name becomes part of what is held.

    Only a rename can bring two together. As with a second POST, the later status applies, and what
    only the waiting one has of attributes is added.
    """
    mine = UserCredential.objects.filter(tenant_id=tenant_id)
    name = Upper(Subquery(User.objects.filter(pk=user_id).values("username")))
    waits = mine.filter(holder=None, username_key=name)
    named = list(waits.values_list("program_id", "course_id"))
    if not named:
        return
    programs, courses = zip(*named, strict=True)
    doubled = Q(program_id__in=filter(None, programs)) | Q(course_id__in=filter(None, courses))
    held = mine.filter(doubled, holder_id=user_id)
    # All in one order: who changes many at once would wait for us, and we for them.
    rows = list((waits | held).select_for_update(of=("self",)).order_by("id"))
    of_certificate = {_certificate(each): each for each in rows if each.holder_id}
    for waiting in rows:
        if waiting.holder_id is None and (double := of_certificate.get(_certificate(waiting))):
            _join(waiting, double, by)


def _certificate(award: UserCredential) -> tuple[int | None, int | None]:
    return award.program_id, award.course_id


def _join(waiting: UserCredential, held: UserCredential, by: Actor) -> None:
    known = {_note(each).key for each in held.attributes.all()}
    added = [each for each in waiting.attributes.all() if _note(each).key not in known]
    facts = (
        {name: getattr(waiting, name) for name in MOVED} if _since(waiting) > _since(held) else {}
    )
    entry = Entry(
        "joined",
        held.uuid,
        {name: changes.plain(getattr(held, name)) for name in facts},
        {name: changes.plain(value) for name, value in facts.items()}
        | {"award": str(waiting.uuid), "attributes": [vars(_note(each)) for each in added]},
    )
    mine = {"tenant_id": held.tenant_id}
    UserCredential.objects.filter(**mine, pk=held.pk).update(**facts, modified_at=timezone.now())
    Attribute.objects.filter(**mine, pk__in=[each.pk for each in added]).update(
        user_credential=held
    )
    Attribute.objects.filter(**mine, user_credential=waiting).delete()
    walls.pipeline(events.recording(UserCredential, held.tenant_id, [entry], by=by))
    lifecycle.delete(waiting, by=by)


def _since(award: UserCredential) -> datetime:
    return award.revoked_at or award.awarded_at


def _note(attribute: Attribute) -> Note:
    return Note(attribute.namespace, attribute.name, attribute.value)
