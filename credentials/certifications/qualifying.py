"""Who is qualified, on a day: computed by the database for one member as for all, in one statement.

A member's qualifications are those of their job roles. Each requirement asks for a number of
certification types that are held on the day; it lapses on the first later day on which fewer are.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.certifications.validity import DAYS
from credentials.core import batches
from tenants import walls
from tenants.flights import Statement

# Newest member first, then newest qualification; a page is cut before anything is computed. From
# the assignment on one row at a time (lateral), by an index: what the planner knows of a table that
# was empty a moment ago would let it compare all with all.
ASKED = """
select distinct a.membership_id, q.id as qualification_id
from credentials_jobroleassignment a
    join tenants_membership m
        on m.tenant_id = a.tenant_id and m.id = a.membership_id and m.status <> 'inactive'
    cross join lateral (
        select id from credentials_jobrole
        where tenant_id = a.tenant_id and id = a.job_role_id and status = 'active' limit 1) j
    cross join lateral (
        select qualification_id from credentials_jobrolequalification
        where tenant_id = a.tenant_id and job_role_id = j.id offset 0) jq
    cross join lateral (
        select id, uuid from credentials_qualification
        where tenant_id = a.tenant_id and id = jq.qualification_id and status = 'active' limit 1) q
where {conditions}
order by 1 desc, 2 desc
limit {limit}
"""
CONDITIONS = {
    "tenant_id": "a.tenant_id = %(tenant_id)s",
    "members": "a.membership_id = any(%(members)s::bigint[])",
    "member": "a.membership_id = (select id from tenants_membership"
    " where tenant_id = %(tenant_id)s and uuid = %(member)s)",
    "person": "a.membership_id = (select id from tenants_membership"
    " where tenant_id = %(tenant_id)s and user_id = %(person)s)",
    "qualification": "q.uuid = %(qualification)s",
    "are_expiring": "a.membership_id = any(array(select membership_id from expiring))",
    # The first half for the index, which begins with the member.
    "after_member": "a.membership_id <= %(after_member)s and"
    " (a.membership_id, q.id) < (%(after_member)s::bigint, %(after_qualification)s::bigint)",
}

# What the requirements of these qualifications count: one array for each fact of a requirement
# (`place` is its place in them) and one for each fact of a type that counts for it. A key is the
# type, and less than zero where only what is verified counts.
COUNTING = """
select array_agg(qualification_id order by place) filter (where nth = 1) as qualification_ids,
    array_agg(requirement_id order by place) filter (where nth = 1) as requirement_ids,
    array_agg(minimum order by place) filter (where nth = 1) as minimums,
    array_agg(place order by place, type_id) as places,
    array_agg(type_id order by place, type_id) as type_ids,
    array_agg(sign * type_id order by place, type_id) as keys
from (
    select asked_of.id as qualification_id, requirement.id as requirement_id, requirement.minimum,
        counting.type_id, case when requirement.verified_only then -1 else 1 end as sign,
        dense_rank() over (order by asked_of.id, requirement.id)::int as place,
        row_number() over (partition by asked_of.id, requirement.id) as nth
    from unnest(alike.qualification_ids) as asked_of (id)
        left join lateral (
            select r.id, r.minimum, r.verified_only from credentials_requirement r
            where r.tenant_id = %(tenant_id)s and r.qualification_id = asked_of.id
            offset 0
        ) requirement on true
        left join lateral (
            select t.certification_type_id as type_id from credentials_requirementtype t
            where t.tenant_id = %(tenant_id)s and t.requirement_id = requirement.id
            offset 0
        ) counting on true
) one
"""

# The days until `ends`, from the day asked for on.
UNTIL_ENDS = """
case when ends is not null
    then datemultirange(daterange(%(day)s::date, nullif(ends, 'infinity'))) end
"""

# What the member holds from the day asked for on, by key: the day after it ends (`ends`; null where
# it is not held), and where it comes back after a gap, all its spans (`days`). Days that touch or
# overlap become one span, so that what is renewed in time does not lapse. Ranges cost much: without
# a certification that begins later, what is held ends with the last of them.
HOLDING = f"""
select array_agg(key) as keys, array_agg(days) as days, bool_and(days is null) as are_spans,
    array_agg(case when is_span then coalesce(upper(joined), 'infinity') else ends end) as ends
from (
    select level.sign * r.certification_type_id as key,
        max(coalesce(r.expires_on + 1, 'infinity')) filter (
            where r.issued_on is null or r.issued_on <= %(day)s::date) as ends,
        range_agg({DAYS}) filter (where r.issued_on > %(day)s::date) as later
    from credentials_certification r cross join (values (1), (-1)) as level (sign)
    where r.tenant_id = %(tenant_id)s and r.membership_id = member.id
        and (r.expires_on is null or r.expires_on >= %(day)s::date)
        and r.lifecycle_status = 'active' and r.certification_type_id is not null
        and (r.verification_status = 'verified'
            or level.sign = 1 and r.verification_status <> 'rejected')
    group by 1
) held
    cross join lateral (select case when later is not null then later
        + coalesce({UNTIL_ENDS}, '{{{{}}}}') end as joined) j
    cross join lateral (select case when later is not null then
        ends is not null and joined = datemultirange(range_merge(joined)) end as is_span) s
    cross join lateral (
        select case when later is not null and not is_span then joined end as days) d
"""
# The first day on which fewer than `minimum` types are held: what can fail, fails when a span ends.
# Where nobody comes back after a gap, the spans just end one after the other.
FAILS_ON = """
case when held < minimum then %(day)s::date
    when not are_spans then (
        select min(upper(span)) from unnest(spans) as of_type (days), unnest(of_type.days) as span
        where minimum > (
            select count(*) from unnest(spans) as other (days) where other.days @> upper(span)))
    when held = minimum then nullif(first_end, 'infinity')
    when minimum = 1 then nullif(last_end, 'infinity')
    else nullif((
        select one.ends from unnest(every_end) as one (ends)
        order by 1 offset held - minimum limit 1), 'infinity')
end
"""

# The types that end when the qualification does, and are missed from then on.
LAPSING = """
(select array_agg(distinct one.type_id order by one.type_id)
    from judged ending, unnest(ending.type_ids, ending.spans) as one (type_id, days)
    where ending.qualification_id = judged.qualification_id
        and ending.fails_on = min(judged.fails_on) and ending.fails_on > %(day)s::date
        and one.days @> ending.fails_on - 1 and not one.days @> ending.fails_on)
"""

# Of several requirements that are not met, each type once.
MISSING = """
case count(id) filter (where fails_on = %(day)s::date)
    when 0 then null
    when 1 then max(absent) filter (where fails_on = %(day)s::date)
    else (
        select array_agg(distinct type_id order by type_id)
        from judged unmet, unnest(unmet.absent) as type_id
        where unmet.qualification_id = judged.qualification_id
            and unmet.fails_on = %(day)s::date)
end
"""

# Member by member (lateral): however little the planner knows of its tables, the work grows with
# the members alone. A join of what was computed for all could as well compare each row with each.
# For the same reason, what a member holds is looked up in arrays, side by side. Who is asked for
# the same shares one reading of the requirements.
RESULTS = f"""
with asked as materialized ({{asked}}
), member as materialized (
    select membership_id, array_agg(qualification_id) as qualification_ids from asked group by 1
), alike as materialized (
    select qualification_ids, array_agg(membership_id) as members from member group by 1
)
select member.id as membership_id, result.*
from alike
    cross join lateral ({COUNTING} offset 0) counting
    cross join lateral unnest(alike.members) as member (id)
    cross join lateral ({HOLDING} offset 0) holding
    cross join lateral (
    with judged as materialized (
        select counting.qualification_ids[place] as qualification_id,
            counting.requirement_ids[place] as id, type_ids, absent, spans, {FAILS_ON} as fails_on
        from (
            select place, counting.minimums[place] as minimum, count(ends) as held,
                min(ends) as first_end, max(ends) as last_end,
                array_agg(ends) filter (where ends is not null) as every_end,
                bool_and(days is null) as are_spans,
                array_agg(coalesce(days, {UNTIL_ENDS})) filter (
                    where {{tells_lapsing}} or not holding.are_spans) as spans,
                array_agg(type_id) filter (where {{tells_lapsing}}) as type_ids,
                array_agg(type_id order by type_id) filter (
                    where ends is null and type_id is not null) as absent
            from (
                select place, type_id, holding.ends[nth] as ends, holding.days[nth] as days
                from (
                    select place, type_id, array_position(holding.keys, key) as nth
                    from unnest(counting.places, counting.type_ids, counting.keys)
                        as one (place, type_id, key)
                    offset 0
                ) one
            ) one
            group by 1
        ) requirement
    )
    select qualification_id,
        count(id) filter (where fails_on is distinct from %(day)s::date) as met,
        count(id) as total,
        {MISSING} as missing_ids,
        case when min(fails_on) > %(day)s::date then min(fails_on) - 1 end as valid_until,
        {{lapsing}} as lapsing_ids
    from judged
    group by 1
) result
order by 1 desc, 2 desc
"""


@dataclass(frozen=True)
class Result:
    """One member and one qualification of their job roles."""

    membership_id: int
    qualification_id: int
    met: int
    total: int
    missing_type_ids: tuple[int, ...]  # of the requirements that are not met, what is not held
    valid_until: date | None  # the last day, when what is held today ends; None for ever

    @property
    def is_qualified(self) -> bool:
        return self.met == self.total


@dataclass(frozen=True)
class After:
    """Where the page before ended."""

    membership_id: int
    qualification_id: int


@dataclass(frozen=True)
class Question:
    """Whose results, and on which day; what is None narrows nothing."""

    tenant_id: int
    day: date
    members: Sequence[int] | None = None  # memberships
    member: uuid.UUID | None = None  # a membership
    person: int | None = None  # an account
    qualification: uuid.UUID | None = None
    after: After | None = None
    limit: int | None = None
    are_expiring: bool | None = None  # those of `expiring`, which the statement around it has
    tells_lapsing: bool = False


def statement(question: Question, around: str = "{results}", **more: Any) -> Statement:
    """`around`: a statement that has the results as `{results}`; `more`, its parameters."""
    after = question.after
    given = {
        **vars(question),
        "members": None if question.members is None else list(question.members),
        "after_member": after and after.membership_id,
        "after_qualification": after and after.qualification_id,
    }
    conditions = [sql for name, sql in CONDITIONS.items() if given[name] is not None]
    # A limit that the planner can read lets it stop early.
    limit = "all" if question.limit is None else str(int(question.limit))
    asked = ASKED.format(conditions="\n    and ".join(conditions), limit=limit)
    tells = question.tells_lapsing
    sql = RESULTS.format(
        asked=asked, tells_lapsing=str(tells).lower(), lapsing=LAPSING if tells else "null"
    )
    return batches.statement(around.replace("{results}", sql), {**given, **more})


def results(
    tenant_id: int,
    *,
    on: date,
    members: Sequence[int] | None = None,
    after: After | None = None,
    limit: int | None = None,
) -> list[Result]:
    """Of these memberships, or of all in the tenant; newest first."""
    question = Question(tenant_id, on, members=members, after=after, limit=limit)
    rows = walls.read(walls.tenant(tenant_id), *statement(question))
    return [
        Result(member, qualification, met, total, tuple(missing or ()), until)
        for member, qualification, met, total, missing, until, _ in rows
    ]
