"""What the front page counts: one flight of statements, each by an index, each with an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.cache import cache

from credentials.core import batches
from credentials.core.admin_expiring import Expiring
from credentials.core.models import AwardedCredential
from tenants import walls
from tenants.admin_paging import COUNTED
from tenants.admin_scope import Desk
from tenants.flights import Statement

WEEKS = 26
AHEAD = (30, 60, 90)  # days
# More than these awards of one family in one week are not counted.
MOST_IN_WEEK = 20_000
# What is awarded meanwhile may wait.
KEPT_SECONDS = 60

# Per tenant, as every index begins with it.
SERIES = """
select w.begins, (
    select count(*) from (
        select from tenants_tenant t cross join lateral (
            select from {table}
            where tenant_id = t.id and {column} >= w.begins
                and {column} < w.begins + interval '7 days'
            limit %(most)s) r
        where {whose} limit %(most)s) found)
from unnest(%(weeks)s::timestamptz[]) as w (begins)
"""
# The nearest first, so that a near count is whole where a far one has ended.
ENDING = """
select {counts} from (
    select x.at from tenants_tenant t cross join lateral (
        select r.{column} as at from {table} r
        where r.tenant_id = t.id and r.{column} >= %(first)s and r.{column} < %(last)s and {live}
        order by r.{column} limit %(most)s) x
    where {whose} order by x.at limit %(most)s) r
"""


@dataclass(frozen=True)
class Week:
    begins: date
    awarded: int = 0
    revoked: int = 0


@dataclass(frozen=True)
class Figures:
    weeks: Sequence[Week]
    # Of a model, by its label, how many end within each of AHEAD; one more than COUNTED is "more".
    ending: Mapping[str, Sequence[int]]


def figures(
    desk: Desk, awarded: Sequence[type[AwardedCredential]], ending: Mapping[Any, Expiring]
) -> Figures:
    """Of the models that this person may see; up to a minute old."""
    names = ",".join(sorted(model._meta.label for model in (*awarded, *ending)))
    place = desk.tenant.pk if desk.tenant else "all"
    key = f"front-page:{place}:{today()}:{names}"
    kept: Figures | None = cache.get(key)
    if kept is None:
        kept = counted(desk, awarded, ending)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def counted(
    desk: Desk, awarded: Sequence[type[AwardedCredential]], ending: Mapping[Any, Expiring]
) -> Figures:
    series = [(model, column) for model in awarded for column in ("awarded_at", "revoked_at")]
    answers = walls.pipeline(
        *(of_series(desk, model, column) for model, column in series),
        *(of_ending(desk, model, expiring) for model, expiring in ending.items()),
    )
    of_columns: dict[str, dict[date, int]] = {"awarded_at": {}, "revoked_at": {}}
    for (_, column), rows in zip(series, answers, strict=False):
        for week, count in rows:
            day = week.astimezone(UTC).date()
            of_columns[column][day] = of_columns[column].get(day, 0) + count
    counts = [tuple(rows[0]) for rows in answers[len(series) :]]
    weeks = [
        Week(
            begins, of_columns["awarded_at"].get(begins, 0), of_columns["revoked_at"].get(begins, 0)
        )
        for begins in mondays()
    ]
    labels = [model._meta.label for model in ending]
    return Figures(weeks, dict(zip(labels, counts, strict=True)))


def of_series(desk: Desk, model: type[AwardedCredential], column: str) -> Statement:
    sql = SERIES.format(table=model._meta.db_table, column=column, whose=whose(desk))
    weeks = [datetime.combine(each, datetime.min.time(), UTC) for each in mondays()]
    return batches.statement(sql, told(desk) | {"weeks": weeks, "most": MOST_IN_WEEK})


def of_ending(desk: Desk, model: Any, expiring: Expiring) -> Statement:
    is_moment = model._meta.get_field(expiring.column).get_internal_type() == "DateTimeField"
    bounds = {f"by_{days}": day_bound(days + 1, is_moment=is_moment) for days in AHEAD}
    sql = ENDING.format(
        table=model._meta.db_table,
        column=expiring.column,
        live=expiring.live,
        whose=whose(desk),
        counts=", ".join(f"count(*) filter (where at < %({name})s)" for name in bounds),
    )
    last = {"last": bounds[f"by_{AHEAD[-1]}"], "first": day_bound(0, is_moment=is_moment)}
    return batches.statement(sql, told(desk) | bounds | last | {"most": COUNTED + 1})


def whose(desk: Desk) -> str:
    return "t.id = %(tenant)s" if desk.tenant else "true"


def told(desk: Desk) -> dict[str, Any]:
    return {"tenant": desk.tenant.pk} if desk.tenant else {}


def day_bound(days: int, *, is_moment: bool) -> Any:
    """The beginning of the day that is so many days from today."""
    day = today() + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), UTC) if is_moment else day


def today() -> date:
    return datetime.now(UTC).date()


def mondays() -> list[date]:
    """Of the weeks that are shown; the last is under way."""
    this = today() - timedelta(days=today().weekday())
    return [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
