"""A page of credentials of several families: their streams, merged by when they were recorded.

Each stream is in the order of its ids, as the family's own lists are, and a cursor holds where each
of them stands. So a page follows one index in every family, and whatever comes or goes meanwhile,
nothing is given twice or passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from credentials.certifications.member_records import NAME
from credentials.core import batches
from credentials.core.records import fields_of
from credentials.core.wallets import Kind
from credentials.wallet.questions import Question
from credentials.wallet.serializers import FoundCredentialSerializer, WalletCredentialSerializer
from credentials.wallet.streams import MINE, Stream
from tenants import ids, walls

# The sizes for which statements are made; the rest of a page is cut off.
SIZES = (50, 200)
BEGINNING = ids.MAX_INTEGER

OF_PERSON = f"""
json_build_object('id', u.id, 'uuid', u.uuid, 'name', {NAME}, 'username', u.username,
    'email', nullif(u.email, ''))
"""
NOBODY_YET = """
json_build_object('id', null, 'uuid', null, 'name', {}, 'username', null, 'email', {})
"""
OF_HOLDER = f"(select {OF_PERSON} from users_user u where u.id = r.holder_id)"
OF_MEMBERSHIP = f"""
(select case when u.id is null
        then {NOBODY_YET.format("coalesce(nullif(m.display_name, ''), m.email)", "m.email")}
        else {OF_PERSON} end
    from tenants_membership m
        left join users_user u on u.id = m.user_id and m.status <> 'pending'
    where m.tenant_id = r.tenant_id and m.id = r.membership_id)
"""

FIELDS = {
    tells_holder: fields_of(serializer, {})
    for tells_holder, serializer in (
        (False, WalletCredentialSerializer),
        (True, FoundCredentialSerializer),
    )
}

SELECT = """
with person as materialized ({person}),
{streams},
found as (
    -- Along a stream it never rises, whatever the clocks said: no row overtakes another.
    select stream, id, min(created_at) over (partition by stream order by id desc) as since
    from ({every}) every
),
page as materialized (
    select row_number() over (order by since desc, stream, id desc) as place, stream, id
    from found order by place limit %(limit)s + 1
)
select
    (select coalesce(json_agg(item.record order by p.place), '[]')::text
        from page p cross join lateral (
            select (select row_to_json(shown) from (select {fields}) shown) as record
            from ({facts}) r) item
        where p.place <= %(limit)s),
    array(select stream from page order by place),
    array(select id from page order by place),
    array[{heads}],
    array[{tails}],
    array[{ends}]
"""


@dataclass(frozen=True)
class Page:
    items: bytes
    # Of each item, the kind's model and the row's id.
    rows: Sequence[tuple[Kind, int]]
    following: tuple[int, ...] | None  # where each stream stands; None at the end


def page(
    question: Question,
    *,
    limit: int,
    after: Sequence[int] = (),
    tells_holder: bool = False,
) -> Page:
    most = next(size for size in SIZES if limit <= size) + 1
    streams = question.streams(most)
    positions = list(after) or [BEGINNING] * len(streams)
    parameters = question.parameters | {
        "limit": limit,
        "pages": f"{settings.PUBLIC_URL}/c/",
        **{f"after_{number}": position for number, position in enumerate(positions)},
    }
    sql = statement(question, streams, most, tells_holder=tells_holder)
    # To plan a statement of this size takes longer than to run it.
    statements = batches.PLANNED_ONCE, batches.statement(sql, parameters)
    answer = walls.at_once(walls.tenant(question.tenant_id), *statements)[-1][0]
    items, places, found, *bounds = answer
    rows = [(streams[place].kind, row) for place, row in zip(places, found, strict=True)]
    taken = dict(zip(places[:limit], found, strict=False))
    following = [
        Stood(taken.get(place), *each).following
        for place, each in enumerate(zip(*bounds, strict=True))
    ]
    has_more = len(found) > limit or any(end is not None for end in bounds[-1])
    return Page(items.encode(), rows[:limit], tuple(following) if has_more else None)


@dataclass(frozen=True)
class Stood:
    """A stream after a page: the last id that was taken, and the first and last that were found."""

    taken: int | None
    head: int | None
    tail: int | None
    end: int | None  # of a walk that ended before it found enough

    @property
    def following(self) -> int:
        """Where it goes on: what comes to its beginning meanwhile is on no later page."""
        if self.end is not None and self.taken == self.tail:
            return self.end
        if self.taken is not None:
            return self.taken
        return 0 if self.head is None else self.head + 1


def statement(
    question: Question, streams: Sequence[Stream], most: int, *, tells_holder: bool
) -> str:
    numbered = list(enumerate(streams))
    of_kind: dict[str, list[int]] = {}
    for number, stream in numbered:
        of_kind.setdefault(stream.kind.name, []).append(number)
    return SELECT.format(
        person=question.person,
        streams=",\n".join(f"s{n} as materialized ({stream.sql})" for n, stream in numbered),
        every=" union all ".join(
            f"select {n} as stream, id, created_at from s{n}" for n, _ in numbered
        ),
        fields=FIELDS[tells_holder],
        facts=" union all ".join(
            facts(kind, of_kind[kind.name], tells_holder=tells_holder) for kind in question.kinds
        ),
        heads=", ".join(f"(select max(id) from s{n})" for n, _ in numbered),
        tails=", ".join(f"(select min(id) from s{n})" for n, _ in numbered),
        # Looked for only where there was too little.
        ends=", ".join(
            f"case when (select count(*) from s{n}) < {most} then {stream.end} end"
            for n, stream in numbered
        ),
    )


def facts(kind: Kind, streams: Sequence[int], *, tells_holder: bool) -> str:
    """What is told of a row of this kind, when the page holds it."""
    columns = {
        "kind": f"'{kind.name}'",
        "uuid": "r.uuid",
        "title": kind.title,
        "issuer": kind.issuer,
        "status": kind.status,
        "issued_at": kind.issued_at,
        "expires_at": kind.expires_at,
        "public_url": f"case when {kind.has_page} then %(pages)s || r.uuid end",
    }
    if tells_holder:
        columns["holder"] = holder(kind)
    told = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
    held = ", ".join(map(str, streams))
    return (
        f"select {told} from {kind.table} r where p.stream in ({held}) and {MINE} and r.id = p.id"
    )


def holder(kind: Kind) -> str:
    if kind.holder == "membership_id":
        return OF_MEMBERSHIP
    if kind.awaited is None:
        return OF_HOLDER
    return f"coalesce({OF_HOLDER}, {NOBODY_YET.format(kind.awaited, 'null')})"
