"""One definition of validity: in Python, in SQL, and as what an index can serve."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from credentials.certifications.records import TODAY
from credentials.certifications.validity import Validity, condition, validity, validity_sql
from credentials.models import Certification
from tenants import walls
from tenants.models import Tenant
from tests.conftest import Caller

DAY = timedelta(days=1)
ENDS = [date.min, date(1999, 12, 31), date(2024, 2, 29), date.max]
Case = tuple[date | None, date | None, date]


def cases(seed: int) -> list[Case]:
    """Days that often touch, and the ends of the calendar; the last is not before the first."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    start = date(2024, 2, 20)

    def day() -> date | None:
        if draw.random() < 0.2:
            return None
        near = start + DAY * draw.randint(0, 20)
        return draw.choice(ENDS) if draw.random() < 0.2 else near

    found: list[Case] = []
    while len(found) < 2000:
        issued, expires, on = day(), day(), day()
        if on and not (issued and expires and expires < issued):
            found.append((issued, expires, on))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_database_and_python_agree(seed: int, db: None) -> None:
    given = cases(seed)
    conditions = ", ".join(f"({condition(each, 'r.day')})" for each in Validity)
    sql = (
        f"select {validity_sql('r.day')}, {conditions} from unnest(%s::date[], %s::date[],"
        " %s::date[]) with ordinality as r (issued_on, expires_on, day, place) order by place"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*given, strict=True)])
        rows = cursor.fetchall()

    expected = [validity(*case) for case in given]
    assert [word for word, *_ in rows] == expected
    # Exactly the one condition holds: without a day a comparison is unknown, which is not true.
    for word, (_, *holds) in zip(expected, rows, strict=True):
        assert [each for each, is_so in zip(Validity, holds, strict=True) if is_so] == [word]
    assert min(Counter(expected)[each] for each in Validity) > 100


@pytest.mark.parametrize(
    ("issued", "expires", "expected"),
    [
        (0, None, Validity.VALID),
        (1, None, Validity.NOT_YET_VALID),
        (None, 0, Validity.VALID),
        (None, -1, Validity.EXPIRED),
        (0, 0, Validity.VALID),
        (None, None, Validity.VALID),
    ],
)
def test_the_first_and_the_last_day_are_valid(
    issued: int | None, expires: int | None, expected: Validity
) -> None:
    today = date(2026, 3, 1)
    first, last = (None if each is None else today + each * DAY for each in (issued, expires))

    assert validity(first, last, today) is expected


def test_today_is_that_of_utc(db: None) -> None:
    before = datetime.now(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute("set local timezone = 'Pacific/Kiritimati'")
        cursor.execute(f"select {TODAY}")
        (found,) = cursor.fetchone()

    assert before <= found <= datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Validity.EXPIRED, "certification_expiring"),
        (Validity.NOT_YET_VALID, "certification_beginning"),
    ],
)
def test_filters_on_validity_use_an_index(
    wanted: Validity, index: str, acme: Tenant, member: Caller
) -> None:
    """Under row-level security, where an index serves only what cannot leak."""
    mine = member.user.memberships.get()
    rows = [
        Certification(
            tenant=acme,
            membership=mine,
            issued_on=date(2020, 1, 1) + DAY * (n % 50),
            expires_on=date(2990, 1, 1) + DAY * (n % 50),
        )
        for n in range(3000)
    ]
    Certification.objects.bulk_create(rows)
    explained = (
        "explain select r.id from credentials_certification r where r.tenant_id = %s"
        f" and {condition(wanted, TODAY)} order by r.id desc limit 51"
    )
    with walls.work(walls.NOBODY), connection.cursor() as cursor:
        # As the owner of the table: nobody else may.
        cursor.execute("analyze credentials_certification")
    with walls.tenant_work(acme.pk), connection.cursor() as cursor:
        cursor.execute(explained, [acme.pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert index in plan, plan
