"""How long an assertion is valid: by the calendar, in UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from credentials.organization_credentials.assertions import valid_until
from credentials.organization_credentials.models import MAX_VALIDITY


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("issued", "amount", "duration", "until"),
    [
        ("2027-01-31T10:00:00", 1, "months", "2027-02-28T10:00:00"),
        ("2028-01-31T10:00:00", 1, "months", "2028-02-29T10:00:00"),
        ("2026-01-31T00:00:00", 3, "months", "2026-04-30T00:00:00"),
        ("2026-12-31T23:59:59", 2, "months", "2027-02-28T23:59:59"),
        ("2024-02-29T12:00:00", 1, "years", "2025-02-28T12:00:00"),
        ("2024-02-29T12:00:00", 4, "years", "2028-02-29T12:00:00"),
        ("2096-02-29T12:00:00", 4, "years", "2100-02-28T12:00:00"),
        ("2026-10-24T12:00:00", 1, "days", "2026-10-25T12:00:00"),
        ("2026-12-30T12:00:00", 2, "weeks", "2027-01-13T12:00:00"),
        ("2026-11-22T12:00:00", MAX_VALIDITY, "years", "7026-11-22T12:00:00"),
    ],
)
def test_validity_follows_the_calendar(issued: str, amount: int, duration: str, until: str) -> None:
    assert valid_until(at(issued), amount, duration) == at(until)


def test_without_a_length_it_is_valid_for_ever() -> None:
    assert valid_until(at("2026-11-22T12:00:00"), None, "") is None


@given(
    issued=some.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)),
    amount=some.integers(1, MAX_VALIDITY),
)
def test_months_keep_the_day_or_take_the_last_of_the_month(issued: datetime, amount: int) -> None:
    issued = issued.replace(tzinfo=UTC)
    until = valid_until(issued, amount, "months")
    assert until is not None
    months = (until.year - issued.year) * 12 + until.month - issued.month
    is_last = (until + timedelta(days=1)).month != until.month
    assert months == amount
    assert until.day == issued.day or (until.day < issued.day and is_last)
    assert until.timetz() == issued.timetz()
