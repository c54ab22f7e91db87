"""What lapses next: the certifications that end in the coming days, and whom that disqualifies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from credentials.certifications import qualifying
from credentials.certifications.member_records import NAME, PERSON
from credentials.certifications.qualifying import Question
from credentials.certifications.role_serializers import (
    ExpirationSerializer,
    NamedExpirationSerializer,
)
from credentials.core import batches
from credentials.core.cursors import Part
from credentials.core.records import fields_of
from tenants import walls

PAGE_ROWS = 200
# Soonest first; who has left loses nothing, and nobody loses what was rejected.
EXPIRING = f"""
expiring as materialized (
    select c.id, c.uuid, c.membership_id, r.uuid as organization_member_id,
        c.certification_type_id as type_id, c.issuer_name, c.serial_number, c.expires_on,
        coalesce((select {NAME} from {PERSON}), nullif(r.display_name, '')) as display_name,
        coalesce((select nullif(u.email, '') from {PERSON}), nullif(r.email, '')) as email
    from credentials_certification c
        cross join lateral (
            select * from tenants_membership
            where tenant_id = c.tenant_id and id = c.membership_id and status <> 'inactive'
            limit 1
        ) r
    where c.tenant_id = %(tenant_id)s and c.lifecycle_status = 'active'
        and c.verification_status <> 'rejected'
        and c.expires_on between %(first)s and %(last)s
        and (c.expires_on, c.id) > (%(first)s::date, %(after)s::bigint)
    order by c.expires_on, c.id
    limit %(most)s
)
"""
# A certification ends, the qualification with it, and from then on its type is missed.
DISQUALIFIES = """
(select coalesce(json_agg(json_build_object('qualification_id', q.uuid, 'slug', q.slug,
        'title', q.title, 'valid_until', x.valid_until) order by q.id), '[]')
    from result x
        cross join lateral (
            select * from credentials_qualification
            where tenant_id = %(tenant_id)s and id = x.qualification_id limit 1) q
    where x.membership_id = r.membership_id and x.valid_until = r.expires_on
        and r.type_id = any(x.lapsing_ids))
"""
TYPE = """
(select json_build_object('id', t.uuid, 'slug', t.slug, 'title', t.title)
    from credentials_certificationtype t where t.id = r.type_id)
"""
LISTED = """
select (select coalesce(json_agg(row_to_json(item)), '[]')::text from (
        select {fields} from expiring r order by expires_on, id limit %(shown)s) item),
    (select array[expires_on - date '0001-01-01' + 1, id] from (
        select *, row_number() over (order by expires_on, id) as place from expiring) placed
        where place = %(shown)s and (select count(*) from expiring) > %(shown)s)
"""


def _statement(disqualifies: str, *, is_named: bool) -> str:
    serializer = NamedExpirationSerializer if is_named else ExpirationSerializer
    fields = fields_of(serializer, {"certification_type": TYPE, "disqualifies": disqualifies})
    return LISTED.replace("{fields}", fields)


RESULTS = f"with {EXPIRING}, result as materialized ({{results}}) "
TOLD = RESULTS + _statement(DISQUALIFIES, is_named=False)
TOLD_BY_NAME = RESULTS + _statement(DISQUALIFIES, is_named=True)
UNTOLD = f"with {EXPIRING}" + _statement("null::json", is_named=False)


@dataclass(frozen=True)
class Position:
    """Where the page before ended. The day on which the list was begun stays its first."""

    begun: date
    day: date
    id: int

    @classmethod
    def of(cls, numbers: tuple[int, ...]) -> "Position":
        begun, day, number = numbers
        return cls(date.fromordinal(begun), date.fromordinal(day), number)

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.begun.toordinal(), self.day.toordinal(), self.id


def today() -> date:
    return datetime.now(UTC).date()


def part(
    tenant_id: int,
    after: Position | None,
    *,
    within_days: int,
    limit: int,
    tells_results: bool = True,
    tells_names: bool = False,
) -> tuple[Part, Position | None]:
    """The last day is in `within_days`, counted from today (UTC)."""
    begun = after.begun if after else today()
    more: dict[str, Any] = {
        "first": after.day if after else begun,
        "last": begun + timedelta(days=within_days),
        "after": after.id if after else 0,
        "most": limit + 1,
        "shown": limit,
    }
    question = Question(tenant_id, begun, are_expiring=True, tells_lapsing=True)
    if tells_results:
        sql = qualifying.statement(question, TOLD_BY_NAME if tells_names else TOLD, **more)
    else:
        sql = batches.statement(UNTOLD, {"tenant_id": tenant_id, **more})
    items, last = walls.read(walls.tenant(tenant_id), *sql)[0]
    position = Position(begun, date.fromordinal(last[0]), last[1]) if last else None
    return Part(items.encode(), position.numbers if position else None), position


def every(tenant_id: int, *, within_days: int) -> Iterator[dict[str, Any]]:
    """All of a tenant, with the members' names and addresses."""
    after: Position | None = None
    while True:
        found, after = part(
            tenant_id, after, within_days=within_days, limit=PAGE_ROWS, tells_names=True
        )
        yield from orjson.loads(found.items)
        if after is None:
            return
