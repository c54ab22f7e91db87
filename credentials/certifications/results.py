"""Qualification results as callers read them: one page, in one statement."""

from dataclasses import replace
from datetime import date

from credentials.certifications import qualifying
from credentials.certifications.qualifying import After, Question
from credentials.certifications.role_serializers import (
    NOT_QUALIFIED,
    QUALIFIED,
    QualificationResultSerializer,
)
from credentials.core.cursors import Part
from credentials.core.records import fields_of
from tenants import walls

# Where a filter looks at results, so many are computed for a page: it may hold fewer than asked
# for, or none, and more may follow.
MOST_EXAMINED = 2000
CONDITIONS = {None: "true", QUALIFIED: "met = total", NOT_QUALIFIED: "met < total"}
MISSING = "credentials_certificationtype t where t.id = any(r.missing_ids)"
QUALIFICATION = (
    "credentials_qualification q where q.tenant_id = %(tenant_id)s and q.id = r.qualification_id"
)
FIELDS = fields_of(
    QualificationResultSerializer,
    {
        "organization_member_id": "(select m.uuid from tenants_membership m"
        " where m.tenant_id = %(tenant_id)s and m.id = r.membership_id)",
        "qualification_id": f"(select q.uuid from {QUALIFICATION})",
        "qualification": "(select json_build_object('id', q.uuid, 'slug', q.slug,"
        f" 'title', q.title) from {QUALIFICATION})",
        "status": f"(case when {CONDITIONS[QUALIFIED]} then '{QUALIFIED}'"
        f" else '{NOT_QUALIFIED}' end)",
        "missing_certification_type_ids": "(select coalesce(json_agg(t.uuid order by t.id), '[]')"
        f" from {MISSING})",
        "missing_certification_types": "(select coalesce(json_agg(json_build_object("
        "'id', t.uuid, 'slug', t.slug, 'title', t.title, 'status', t.status) order by t.id), '[]')"
        f" from {MISSING})",
        "as_of": "%(day)s::date",
        "evaluated_at": "replace((now() at time zone 'UTC')::text, ' ', 'T') || 'Z'",
    },
)
PAGE = f"""
with result as materialized ({{results}}
), placed as (
    select result.*, row_number() over (order by membership_id desc, qualification_id desc) as place
    from result
), chosen as (
    select placed.*, row_number() over (order by place) as shown
    from placed where place <= %(most)s and <condition>
)
select
    (select coalesce(json_agg(row_to_json(item)), '[]')::text from (
        select {FIELDS} from chosen r where shown <= %(shown)s order by shown) item),
    coalesce(
        (select array[membership_id, qualification_id] from chosen
            where shown = %(shown)s and (select max(shown) from chosen) > shown),
        (select array[membership_id, qualification_id] from placed
            where place = %(most)s and (select max(place) from placed) > place))
"""


def part(question: Question, *, status: str | None, limit: int) -> Part:
    """The results from `question.after` on; where to go on, the day comes along."""
    most = MOST_EXAMINED if status else limit
    asked = replace(question, limit=most + 1)
    around = PAGE.replace("<condition>", CONDITIONS[status])
    sql = qualifying.statement(asked, around, most=most, shown=limit)
    items, last = walls.read(walls.tenant(question.tenant_id), *sql)[0]
    return Part(items.encode(), (*last, question.day.toordinal()) if last else None)


def position(numbers: tuple[int, ...] | None) -> tuple[After | None, date | None]:
    """Where the page before ended, and on which day it judged."""
    if numbers is None:
        return None, None
    member, qualification, day = numbers
    return After(member, qualification), date.fromordinal(day)
