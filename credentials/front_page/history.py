"""What the front page tells of the history: imports, and mails that could not be sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from credentials.core import batches
from credentials.core.importing.description import REFUSED
from credentials.core.importing.run import IMPORTED
from tenants import walls
from tenants.admin_scope import Desk
from tenants.event_admin import who_acted, with_members_told
from tenants.models import Event, EventContent, Role
from users.inviting import MAIL_FAILED

SHOWN = 5
# All that a tenant may read of people.
READ = (
    *("occurred_at", "action", "actor_kind", "tenant__name"),
    *("actor__username", "actor__first_name", "actor__last_name"),
)
# By an index of just these, tenant by tenant.
NEWEST = """
select e.id from tenants_tenant t cross join lateral (
    select id from tenants_event
    where tenant_id = t.id and action = %(action)s and action in ('imported', 'mail_failed')
    order by id desc limit %(most)s) e
where {whose} order by e.id desc limit %(most)s
"""


@dataclass(frozen=True)
class Told:
    """An event, in the words of the front page."""

    at: datetime
    text: str
    who: str
    tenant: str
    url: str
    is_bad: bool = False


def told(request: HttpRequest, desk: Desk) -> dict[str, Sequence[Told]]:
    """Issuers see no history; it names every change."""
    if not desk.allows(Role.ADMIN):
        return {}
    imports, mails = newest(desk, IMPORTED, MAIL_FAILED)
    of_these = Event.objects.filter(pk__in=[*imports, *mails]).select_related("actor", "tenant")
    rows = with_members_told(request, of_these.only(*READ))
    events = {event.pk: event for event in rows}
    kept = EventContent.objects.filter(event_id__in=events)
    contents = {pk: facts(text) for pk, text in kept.values_list("event_id", "content")}
    return {
        "imports": [imported(desk, events[pk], contents.get(pk, {})) for pk in imports],
        "mails": [failed(desk, events[pk], contents.get(pk, {})) for pk in mails],
    }


def newest(desk: Desk, *actions: str) -> list[list[int]]:
    sql = NEWEST.format(whose="t.id = %(tenant)s" if desk.tenant else "true")
    place = {"tenant": desk.tenant.pk} if desk.tenant else {}
    answers = walls.pipeline(
        *(batches.statement(sql, {"action": each, "most": SHOWN, **place}) for each in actions)
    )
    return [[pk for (pk,) in rows] for rows in answers]


def facts(content: str) -> dict[str, Any]:
    return (json.loads(content).get("after") if content else None) or {}


def imported(desk: Desk, event: Event, after: dict[str, Any]) -> Told:
    name = "rows"
    if kind := after.get("kind"):
        name = str(apps.get_model("credentials", kind)._meta.verbose_name_plural)
    outcomes = ", ".join(f"{n:,} {word}" for word, n in (after.get("outcomes") or {}).items())
    text = f"{after.get('file', 'A file')}: {after.get('rows', 0):,} {name}"
    text = f"{text}: {outcomes}" if outcomes else text
    return _told(desk, event, text, is_bad=bool(after.get(REFUSED)))


def failed(desk: Desk, event: Event, after: dict[str, Any]) -> Told:
    text = f"{after.get('email') or 'An invitation'}: {after.get('error') or 'not sent'}"
    return _told(desk, event, text, is_bad=True)


def _told(desk: Desk, event: Event, text: str, *, is_bad: bool) -> Told:
    return Told(
        event.occurred_at,
        text,
        who_acted(event),
        "" if desk.tenant else str(event.tenant),
        reverse("admin:tenants_event_change", args=[event.pk]),
        is_bad,
    )
