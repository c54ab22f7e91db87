"""An award made to a mere username becomes its bearer's, once there is one in the tenant."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from credentials.program_credentials.models import UserCredential
from tenants import events, members, walls
from tenants.events import Actor, Entry

# What the member holds already, the same certificate, is not taken a second time.
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
CLAIM = """
update credentials_usercredential set holder_id = %s, modified_at = %s
where tenant_id = %s and id = any(%s)
"""


@receiver(members.named)
def claim(sender: Any, *, tenant_id: int, user_id: int, by: Actor, **_: Any) -> None:
    (rows,) = walls.pipeline((FREE, (tenant_id, user_id, user_id)))
    if not rows:
        return
    entries = [
        Entry("claimed", award_uuid, {"holder_id": None}, {"holder_id": user_id})
        for _, award_uuid in rows
    ]
    walls.pipeline(
        (CLAIM, (user_id, timezone.now(), tenant_id, [row[0] for row in rows])),
        events.recording(UserCredential, tenant_id, entries, by=by),
    )
