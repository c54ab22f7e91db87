"""Whose credentials: the person in a path, and whom and what a search names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from credentials.core import batches
from credentials.core.records import anywhere
from credentials.core.wallets import Kind
from credentials.wallet.streams import found_in
from tenants import ids, walls

MOST = 200  # that are looked up one by one
# Who was invited and has not come is known as they were invited; so is what they hold.
PERSON = """
select m.id as membership_id, case when m.status <> 'pending' then m.user_id end as user_id
from tenants_membership m left join users_user u on u.id = m.user_id and m.status <> 'pending'
where m.tenant_id = %(tenant)s and {}
"""
CALLED = (
    "(case when u.id is null then concat_ws(chr(10), m.display_name, m.email)"
    " else concat_ws(chr(10), trim(u.first_name || ' ' || u.last_name), u.username, u.email) end)"
    " ilike %(pattern)s"
)
ONE = PERSON.format("m.user_id = %(person)s::bigint and m.status <> 'pending'")
KNOWN = PERSON.format("m.id = any(%(members)s::bigint[])")
ALL = PERSON.format(CALLED)
NOBODY = "select null::bigint as membership_id, null::bigint as user_id where false"

MEMBER = """
select m.user_id from tenants_membership m
where m.tenant_id = %s and m.status <> 'pending' and m.user_id = {}
"""
OF_ID, OF_UUID = (
    MEMBER.format(value)
    for value in ("%s::bigint", "(select u.id from users_user u where u.uuid = %s)")
)


@dataclass(frozen=True)
class Found:
    """Memberships, and rows of the catalogues by their keys."""

    members: Sequence[int] = ()
    named: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def is_much(self) -> bool:
        return any(len(each) > MOST for each in chain([self.members], self.named.values()))


def find(tenant_id: int, person: str) -> int | None:
    """Of a member's id or uuid, the id."""
    number, form = ids.as_integer(person), ids.as_uuid(person)
    if number is None and form is None:
        return None
    sql = OF_UUID if form else OF_ID
    rows = walls.read(walls.tenant(tenant_id), sql, (tenant_id, form or number))
    return rows[0][0] if rows else None


def search(tenant_id: int, kinds: Sequence[Kind], term: str) -> Found:
    """Whose name, username or address has it, and what has it in its title."""
    catalogues = {each.key: found_in(each) for kind in kinds for each in kind.catalogues}
    limit = MOST + 1
    looks = [
        f"select p.membership_id from ({ALL}) p limit {limit}",
        *(f"select t.id from {found} limit {limit}" for found in catalogues.values()),
    ]
    sql = f"select {', '.join(f'array({each})' for each in looks)}"
    parameters = {"tenant": tenant_id, "pattern": anywhere(term)}
    statement = batches.statement(sql, parameters)
    members, *named = walls.read(walls.tenant(tenant_id), *statement)[0]
    return Found(members, dict(zip(catalogues, named, strict=True)))
