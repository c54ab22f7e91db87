"""How events read, and which of them are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from credentials.core.records import Filter, Records
from credentials.history.kinds import OF_PEOPLE, SCOPES
from credentials.history.serializers import EventSerializer
from tenants.access import Access
from tenants.models import Event

# A tenant is told no name from outside of it.
IS_MEMBER = """exists (select from tenants_membership m
    where m.tenant_id = r.tenant_id and m.user_id = u.id and m.status <> 'pending')"""
ACTOR = """(select json_build_object('kind', r.actor_kind, 'id', u.id, 'uuid', u.uuid,
        'username', u.username, 'api_token_id', r.api_token_id)
    from (select) one left join users_user u on u.id = r.actor_id and {})"""
CONTENT = """(select c.content::json -> '{}' from tenants_eventcontent c
    where c.tenant_id = r.tenant_id and c.event_id = r.id and c.erased_by_id is null and {})"""
IS_ERASED = """(select c.erased_by_id is not null from tenants_eventcontent c
    where c.tenant_id = r.tenant_id and c.event_id = r.id)"""
SEAL = """(select json_build_object('place', s.place, 'hash', encode(s.chain_hash, 'hex'))
    from tenants_seal s where s.tenant_id = r.tenant_id and s.event_id = r.id)"""


def _records(*, whose_name: str, whose_changes: str, address: str) -> Records:
    return Records(
        Event,
        EventSerializer,
        values={
            "object": "json_build_object("
            "'kind', r.object_kind, 'id', r.object_id, 'uuid', r.object_uuid)",
            "actor": ACTOR.format(whose_name),
            "address": address,
            "before": CONTENT.format("before", whose_changes),
            "after": CONTENT.format("after", whose_changes),
            "is_erased": IS_ERASED,
            "seal": SEAL,
        },
    )


# As on the admin's pages.
EVENTS = _records(
    whose_name=IS_MEMBER, whose_changes=f"r.object_kind <> '{OF_PEOPLE}'", address="null::text"
)
EVENTS_FOR_SUPERUSERS = _records(
    whose_name="true", whose_changes="true", address=CONTENT.format("address", "true")
)

# Whoever may not be named cannot be asked for either.
ACTED = "r.actor_id = (select u.id from users_user u where u.{} = %s and {})"


def where(query: Mapping[str, Any], kinds: Sequence[str], access: Access) -> Filter:
    """`kinds`: of which the caller may read."""
    found = Filter()
    if len(kinds) == 1:
        found = found.also("r.object_kind = %s", kinds[0])
    elif len(kinds) < len(SCOPES):
        found = found.also("r.object_kind = any(%s)", list(kinds))
    if "object" in query:
        found = found.also(f"r.object_{_name(query['object'])} = %s", query["object"])
    if "actor" in query:
        named = "true" if access.identity.is_superuser else IS_MEMBER
        found = found.also(ACTED.format(_name(query["actor"]), named), query["actor"])
    for name, condition in CONDITIONS.items():
        if name in query:
            found = found.also(condition, query[name])
    return found


CONDITIONS = {
    "actor_kind": "r.actor_kind = %s",
    "kind": "r.action = %s",
    "since": "r.occurred_at >= %s",
    "until": "r.occurred_at < %s",
}


def _name(value: Any) -> str:
    return "id" if isinstance(value, int) else "uuid"
