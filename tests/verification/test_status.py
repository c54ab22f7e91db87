"""The status of a credential in words, on the instant at which it is asked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from credentials.core.public import Status
from credentials.models import MicroCredential, UserCredential
from tests.conftest import Caller
from tests.verification.conftest import AWARDED, Read, revoke

STARTS = datetime(2024, 3, 1, 9, tzinfo=UTC)
ENDS = datetime(2027, 3, 1, 9, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("instant", "code", "words"),
    [
        (STARTS - timedelta(days=900), "not_yet_valid", "Not yet valid Before 1 March 2024"),
        (STARTS - MOMENT, "not_yet_valid", "Not yet valid Before 1 March 2024"),
        (STARTS, "valid", "Valid Until 1 March 2027"),
        (ENDS - MOMENT, "valid", "Valid Until 1 March 2027"),
        (ENDS, "expired", "Expired On 1 March 2027"),
        (ENDS + timedelta(days=9000), "expired", "Expired On 1 March 2027"),
    ],
)
def test_status_follows_the_clock(
    read: Read,
    anonymous: Caller,
    record: MicroCredential,
    instant: datetime,
    code: str,
    words: str,
) -> None:
    with time_machine.travel(instant, tick=False):
        page = read(record)
        data = anonymous.get(f"/c/{record.uuid}/data").json()

    assert (page.status, data["status"]) == (words, code)
    assert page.title == f"Welding, basic level · {Status[code.upper()].value}"
    # Told by a class of its own too, for its colour; the words do not depend on that.
    assert f"status {code}" in [found.get("class") for found in page.attributes("div")]


def test_an_award_is_revoked_with_its_date_and_valid_again_when_awarded_again(
    read: Read, award: UserCredential
) -> None:
    revoke(award)
    revoked = read(award)
    award.status, award.revoked_at = UserCredential.Status.AWARDED, None
    award.save(update_fields=["status", "revoked_at"])

    assert revoked.status == "Revoked On 6 May 2026"
    assert revoked.facts["Revoked"] == "6 May 2026"
    assert "Reason" not in revoked.facts
    assert read(award).status == "Valid Without an end date"


@pytest.mark.parametrize("instant", [AWARDED, datetime(2026, 5, 6, 6, tzinfo=UTC), ENDS])
def test_revoked_is_revoked_whatever_the_clock_says(
    award: UserCredential, instant: datetime
) -> None:
    revoke(award)

    assert award.shown().status(instant) is Status.REVOKED


def test_what_ends_as_it_begins_is_never_valid(record: MicroCredential) -> None:
    record.expires_at = record.issued_at
    shown = record.shown()

    assert shown
    before, then = shown.status(STARTS - MOMENT), shown.status(STARTS)
    assert (before, then) == (Status.NOT_YET_VALID, Status.EXPIRED)


def test_days_are_those_of_utc_whatever_the_offset_of_the_record(
    read: Read, record: MicroCredential
) -> None:
    record.issued_at = datetime.fromisoformat("2024-03-01T00:30:00+02:00")
    record.save(update_fields=["issued_at"])

    assert read(record).facts["Issued"] == "29 February 2024"
