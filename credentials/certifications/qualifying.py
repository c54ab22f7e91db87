"""Who is qualified, on a day: computed by the database for one member as for all, in one statement.

A member's qualifications are those of their job roles. Each requirement asks for a number of
certification types that are held on the day; it lapses on the first later day on which fewer are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.certifications.validity import DAYS
from credentials.core import batches
from tenants import walls

# Newest member first, then newest qualification; a page is cut before anything is computed.
ASKED = """
select distinct a.membership_id, q.id as qualification_id
from credentials_jobroleassignment a
    join credentials_jobrole j
        on j.tenant_id = a.tenant_id and j.id = a.job_role_id and j.status = 'active'
    join credentials_jobrolequalification jq
        on jq.tenant_id = j.tenant_id and jq.job_role_id = j.id
    join credentials_qualification q
        on q.tenant_id = jq.tenant_id and q.id = jq.qualification_id and q.status = 'active'
    join tenants_membership m
        on m.tenant_id = a.tenant_id and m.id = a.membership_id and m.status <> 'inactive'
where a.tenant_id = %(tenant)s
    and (%(members)s::bigint[] is null or a.membership_id = any(%(members)s::bigint[]))
    and (%(after_member)s::bigint is null
        or (a.membership_id, q.id) < (%(after_member)s::bigint, %(after_qualification)s::bigint))
order by 1 desc, 2 desc
limit %(limit)s
"""

# Days that touch or overlap become one span, so that what is renewed in time does not lapse. What
# can fail, fails on the day asked for or when a span ends.
RESULTS = f"""
with asked as materialized ({ASKED}
), needed as materialized (
    select asked.membership_id, r.qualification_id, r.id as requirement_id, r.minimum,
        r.verified_only, t.certification_type_id as type_id
    from asked
        join credentials_requirement r
            on r.tenant_id = %(tenant)s and r.qualification_id = asked.qualification_id
        left join credentials_requirementtype t
            on t.tenant_id = r.tenant_id and t.requirement_id = r.id
), held as materialized (
    select r.membership_id, r.certification_type_id as type_id, range_agg({DAYS}) as days,
        range_agg({DAYS}) filter (where r.verification_status = 'verified') as verified_days
    from credentials_certification r
    where r.tenant_id = %(tenant)s and r.lifecycle_status = 'active'
        and r.membership_id in (select membership_id from asked)
        and r.certification_type_id in (select type_id from needed)
    group by 1, 2
), covered as materialized (
    select needed.*, case when verified_only then held.verified_days else held.days end as days
    from needed left join held using (membership_id, type_id)
), candidate as (
    select membership_id, requirement_id, %(day)s::date as day from covered
    union
    select membership_id, requirement_id, upper(span) from covered, unnest(days) as span
    where upper(span) > %(day)s::date
), failing as (
    select candidate.membership_id, candidate.requirement_id, candidate.day
    from candidate join covered using (membership_id, requirement_id)
    group by 1, 2, 3
    having count(*) filter (where covered.days @> candidate.day) < min(covered.minimum)
), judged as (
    select covered.membership_id, covered.qualification_id, covered.requirement_id,
        min(failing.day) as fails_on,
        array_agg(distinct covered.type_id) filter (
            where covered.type_id is not null and covered.days @> %(day)s::date is not true)
            as absent
    from covered left join failing using (membership_id, requirement_id)
    group by 1, 2, 3
)
select asked.membership_id, asked.qualification_id,
    count(judged.requirement_id) filter (where judged.fails_on is distinct from %(day)s::date),
    count(judged.requirement_id),
    coalesce((select array_agg(distinct type_id order by type_id)
        from judged unmet, unnest(unmet.absent) as type_id
        where unmet.membership_id = asked.membership_id
            and unmet.qualification_id = asked.qualification_id
            and unmet.fails_on = %(day)s::date), '{{}}'),
    case when min(judged.fails_on) > %(day)s::date then min(judged.fails_on) - 1 end
from asked left join judged using (membership_id, qualification_id)
group by 1, 2
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


def results(
    tenant_id: int,
    *,
    on: date,
    members: Sequence[int] | None = None,
    after: After | None = None,
    limit: int | None = None,
) -> list[Result]:
    """Of these memberships, or of all in the tenant; newest first."""
    parameters: dict[str, Any] = {
        "tenant": tenant_id,
        "day": on,
        "members": None if members is None else list(members),
        "after_member": after and after.membership_id,
        "after_qualification": after and after.qualification_id,
        "limit": limit,
    }
    rows = walls.read(walls.tenant(tenant_id), *batches.statement(RESULTS, parameters))
    return [
        Result(member, qualification, met, total, tuple(missing), until)
        for member, qualification, met, total, missing, until in rows
    ]
