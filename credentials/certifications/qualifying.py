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

# The types that end when the qualification does, and are missed from then on.
LAPSING = """
(select array_agg(distinct one.type_id order by one.type_id)
    from judged ending, unnest(ending.type_ids, ending.spans) as one (type_id, days)
    where ending.qualification_id = judged.qualification_id
        and ending.fails_on = min(judged.fails_on) and ending.fails_on > %(day)s::date
        and one.days @> ending.fails_on - 1 and not one.days @> ending.fails_on)
"""

# The first day on which fewer than `minimum` types are held: what can fail, fails when a span ends.
# Where nobody comes back after a gap, the spans just end one after the other.
FAILS_ON = """
case when held < minimum then %(day)s::date
    when are_spans then ends[held - minimum + 1]
    else (
        select min(upper(span)) from unnest(spans) as of_type (days), unnest(of_type.days) as span
        where minimum > (
            select count(*) from unnest(spans) as other (days) where other.days @> upper(span)))
end
"""

# Days that touch or overlap become one span, so that what is renewed in time does not lapse; `days`
# are those from the day asked for on.
#
# Member by member (lateral): however little the planner knows of its tables, the work grows with
# the members alone. A join of what was computed for all could as well compare each row with each.
RESULTS = f"""
with asked as materialized ({{asked}}
), member as materialized (
    select membership_id, array_agg(qualification_id) as qualification_ids from asked group by 1
)
select member.membership_id, result.*
from member cross join lateral (
    with held as (
        select type_id, verified_only, days, days @> %(day)s::date as is_held,
            days @> %(day)s::date and days = datemultirange(range_merge(days)) as is_span
        from (
            select r.certification_type_id as type_id, level.verified_only,
                range_agg({DAYS}) * datemultirange(daterange(%(day)s::date, null)) as days
            from credentials_certification r
                cross join (values (false), (true)) as level (verified_only)
            where r.tenant_id = %(tenant_id)s and r.membership_id = member.membership_id
                and r.lifecycle_status = 'active' and r.certification_type_id is not null
                and (r.verification_status = 'verified' or not level.verified_only)
            group by 1, 2
        ) r
        where not isempty(days)
    ), requirement as (
        select asked_of.qualification_id, requirement.id, requirement.minimum,
            count(*) filter (where is_held) as held,
            coalesce(bool_and(is_span), true) as are_spans,
            array_agg(upper(held.days) order by upper(held.days)) filter (where is_held) as ends,
            array_agg(held.days) filter (where held.days is not null) as spans,
            array_agg(held.type_id) filter (where held.days is not null) as type_ids,
            array_agg(counting.type_id) filter (
                where is_held is not true and counting.type_id is not null) as absent
        from unnest(member.qualification_ids) as asked_of (qualification_id)
            left join lateral (
                select r.id, r.minimum, r.verified_only from credentials_requirement r
                where r.tenant_id = %(tenant_id)s
                    and r.qualification_id = asked_of.qualification_id
                offset 0
            ) requirement on true
            left join lateral (
                select t.certification_type_id as type_id from credentials_requirementtype t
                where t.tenant_id = %(tenant_id)s and t.requirement_id = requirement.id
                offset 0
            ) counting on true
            left join held
                on held.type_id = counting.type_id
                and held.verified_only = requirement.verified_only
        group by 1, 2, 3
    ), judged as materialized (
        select requirement.*, {FAILS_ON} as fails_on from requirement
    )
    select qualification_id,
        count(id) filter (where fails_on is distinct from %(day)s::date) as met,
        count(id) as total,
        case when count(id) filter (where fails_on = %(day)s::date) > 0 then (
            select array_agg(distinct type_id order by type_id)
            from judged unmet, unnest(unmet.absent) as type_id
            where unmet.qualification_id = judged.qualification_id
                and unmet.fails_on = %(day)s::date)
        end as missing_ids,
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
    sql = RESULTS.format(asked=asked, lapsing=LAPSING if question.tells_lapsing else "null")
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
