"""The page of a certification: its days are those of UTC, and the last one is still valid."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from credentials.certifications.validity import validity
from credentials.core.public import Status
from credentials.models import Certification
from tenants.models import Tenant
from tests.conftest import Caller
from tests.factories import certification
from tests.verification.conftest import Read
from users.models import User

pytestmark = pytest.mark.usefixtures("today")

MOMENT = timedelta(microseconds=1)
ENDS = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "code", "words"),
    [
        (datetime(2024, 3, 1, tzinfo=UTC) - MOMENT, "not_yet_valid", "Before 1 March 2024"),
        (datetime(2024, 3, 1, tzinfo=UTC), "valid", "Until 28 February 2027"),
        (ENDS - MOMENT, "valid", "Until 28 February 2027"),
        (ENDS, "expired", "After 28 February 2027"),
    ],
)
def test_the_last_day_is_still_valid_in_utc(
    read: Read,
    anonymous: Caller,
    first_aid: Certification,
    instant: datetime,
    code: str,
    words: str,
) -> None:
    with time_machine.travel(instant, tick=False):
        page, data = read(first_aid), anonymous.get(f"/c/{first_aid.uuid}/data").json()

    assert page.status == f"{Status[code.upper()].value} {words}"
    assert page.facts["Valid until"] == "28 February 2027"
    assert data["status"] == code
    assert code == validity(first_aid.issued_on, first_aid.expires_on, instant.date())


@pytest.mark.parametrize(
    ("day", "told"), [(date.min, "1 January 0001"), (date.max, "31 December 9999")]
)
def test_days_at_the_ends_of_the_calendar_are_shown(
    read: Read, anonymous: Caller, acme: Tenant, ada: User, day: date, told: str
) -> None:
    row = certification(acme, ada, issued_on=day, expires_on=day)

    page = read(row)

    assert (page.facts["Issued"], page.facts["Valid until"]) == (told, told)
    expected = "expired" if day == date.min else "not_yet_valid"
    assert anonymous.get(f"/c/{row.uuid}/data").json()["status"] == expected


def test_linkedin_is_told_the_issuer_and_the_last_month(
    read: Read, first_aid: Certification
) -> None:
    link = read(first_aid).links["Add to LinkedIn profile"]

    for part in ("organizationName=Red+Cross", "issueMonth=3", "expirationMonth=2"):
        assert f"&{part}&" in link
