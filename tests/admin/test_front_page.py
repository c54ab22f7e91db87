"""The admin's front page: what was awarded and revoked, what ends soon, imports and lost mails."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credentials.core.importing import run
from credentials.core.importing.run import Summary
from credentials.front_page import chart, figures
from credentials.front_page.figures import Week
from credentials.models import Course, Program
from credentials.program_credentials.import_rows import AwardRows
from tenants import admin_paging
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.admin.conftest import Browser, page_text
from tests.conftest import make_member
from tests.factories import (
    assertion,
    award,
    certification,
    definition,
    micro_credential,
    program,
)
from users import inviting

NUMBERS = re.compile(r'<td class="number"><a href="([^"]*)">([^<]*)</a></td>')
MOST = 20  # queries


def front(browser: Browser) -> str:
    response = browser.get("")
    assert response.status_code == 200
    return page_text(response)


def ending(page: str, name: str) -> list[tuple[str, str]]:
    """Address and number for each of 30, 60 and 90 days."""
    row = page.partition(f'<th scope="row">{name}</th>')[2].partition("</tr>")[0]
    return [(url.replace("&amp;", "&"), number) for url, number in NUMBERS.findall(row)]


# --- Awarded and revoked


def test_the_chart_counts_awards_and_revocations_of_this_organization(
    acme: Tenant, acme_issuer: Browser, globex: Tenant, metalwork: Program, welding: Course
) -> None:
    award("ada", metalwork)
    award("ada", welding)
    award("bea", metalwork, status="revoked")
    assertion("ada", definition(acme))
    make_member(globex, "gus")
    award("gus", program(globex))

    page = front(acme_issuer)

    assert "4 awarded and 1 revoked in 26 weeks" in page
    assert re.search(r"<title>4 awarded in the week of \d+ \w+ \d{4}</title>", page)
    assert re.search(r"<title>1 revoked in the week of", page)


def test_what_is_older_than_the_chart_is_in_no_week(
    acme_issuer: Browser, metalwork: Program
) -> None:
    row = award("ada", metalwork)
    type(row).objects.filter(pk=row.pk).update(awarded_at=timezone.now() - timedelta(weeks=30))

    assert "0 awarded and 0 revoked" in front(acme_issuer)


def test_a_superuser_is_shown_all_organizations(
    root: Browser, globex: Tenant, metalwork: Program
) -> None:
    award("ada", metalwork)
    award("gus", program(globex))

    assert "2 awarded and 0 revoked" in front(root)


def test_figures_are_a_minute_old_at_the_most_and_of_one_organization(
    acme_issuer: Browser, root: Browser, metalwork: Program
) -> None:
    assert "0 awarded" in front(acme_issuer)
    award("ada", metalwork)

    assert "0 awarded" in front(acme_issuer)
    assert "1 awarded" in front(root)
    cache.clear()
    assert "1 awarded" in front(acme_issuer)


@pytest.mark.parametrize(
    ("most", "scale"),
    [(0, (1, 1)), (1, (1, 1)), (4, (4, 1)), (9, (10, 5)), (41, (60, 20)), (1000, (1000, 500))],
)
def test_the_scale_ends_above_the_highest_bar(most: int, scale: tuple[int, int]) -> None:
    assert chart.rounded(most) == scale


def test_bars_are_as_high_as_their_numbers() -> None:
    weeks = [Week(each, 0, 0) for each in figures.mondays()[:-2]]
    weeks += [Week(figures.mondays()[-2], 1000, 500), Week(figures.mondays()[-1], 1, 0)]

    drawn = chart.drawn(weeks)

    high, half, low = (bar.height for bar in drawn.bars)
    assert high == pytest.approx(2 * half, abs=0.2)
    assert low == 1.5
    assert all(bar.y + bar.height == pytest.approx(drawn.floor, abs=0.2) for bar in drawn.bars)


# --- Ending


def test_numbers_of_what_ends_are_those_of_the_lists_behind_them(
    acme: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    now, today = timezone.now(), datetime.now(UTC).date()
    for days in (-1, 0, 10, 30, 31, 60, 90, 91):
        at = now + timedelta(days=days)
        micro_credential(acme, ada.user, issued_at=now - timedelta(days=99), expires_at=at)
        day = today + timedelta(days=days)
        issued = today - timedelta(days=99)
        certification(acme, ada.user, issued_on=issued, expires_on=day, serial_number=str(days))
    micro_credential(acme, ada.user, issued_at=now, expires_at=now + timedelta(days=5), state=0)
    for number in range(3):
        until = now + timedelta(days=20 + 30 * number)
        assertion(f"ada{number}@mail.example", definition(acme), expires_at=until)

    page = front(acme_admin)

    expected = {
        "Micro-credentials": ["3", "5", "6"],
        "Certifications": ["3", "5", "6"],
        "Assertions": ["1", "2", "3"],
    }
    for name, numbers in expected.items():
        found = ending(page, name)
        assert [number for _, number in found] == numbers, name
        for url, shown in found:
            assert len(acme_admin.rows(url)) == int(shown), url


def test_numbers_of_what_ends_have_an_end(
    acme: Tenant, acme_admin: Browser, ada: Membership, monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_paging, "COUNTED", 2)
    monkeypatch.setattr(figures, "COUNTED", 2)
    now = timezone.now()
    for days in (1, 40, 41, 80):
        expires_at = now + timedelta(days=days)
        micro_credential(acme, ada.user, issued_at=now, expires_at=expires_at)

    found = ending(front(acme_admin), "Micro-credentials")

    assert [number for _, number in found] == ["1", "2+", "2+"]


# --- Imports and mails


def imported(tenant: Tenant, name: str = "awards.csv") -> None:
    summary = Summary(rows=3, bad=1)
    summary.outcomes.update({"created": 2, "unchanged": 1})
    run.note(AwardRows(), tenant.pk, name, summary, by=OPERATOR)


def test_the_last_imports_are_told_with_what_they_did(
    acme: Tenant, acme_admin: Browser, globex: Tenant
) -> None:
    imported(acme)
    imported(globex, "theirs.csv")

    page = front(acme_admin)

    assert "awards.csv: 3 program credentials: 2 created, 1 unchanged" in page
    assert '<li class="bad">' in page
    assert "theirs.csv" not in page


def test_only_the_newest_imports_are_told(acme: Tenant, root: Browser) -> None:
    for number in range(7):
        imported(acme, f"file-{number}.csv")

    page = front(root)

    assert [f"file-{number}.csv" in page for number in range(7)] == [False] * 2 + [True] * 5


def test_a_mail_that_could_not_be_sent_is_told(
    acme: Tenant,
    acme_admin: Browser,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def refuse(_mail: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        inviting.invite(acme, "new@mail.example", Role.MEMBER, by=OPERATOR)

    assert "new@mail.example: ConnectionRefusedError" in front(acme_admin)


def test_issuers_are_told_no_history_and_no_family_that_they_may_not_see(
    acme: Tenant, acme_issuer: Browser
) -> None:
    imported(acme)

    page = front(acme_issuer)

    assert "Last imports" not in page
    assert "awards.csv" not in page
    assert ending(page, "Certifications")
    assert not ending(page, "Micro-credentials")


# --- Its cost


@pytest.mark.parametrize("who", ["root", "acme_owner", "acme_issuer"])
def test_the_front_page_costs_few_queries(
    request: Any, acme: Tenant, metalwork: Program, who: str
) -> None:
    browser = request.getfixturevalue(who)
    award("ada", metalwork)
    imported(acme)
    browser.get("")
    cache.clear()

    with CaptureQueriesContext(connection) as captured:
        page = front(browser)

    assert len(captured) < MOST
    assert "<script>" not in page
    assert "http://" not in page.partition('<svg class="awards-chart"')[2].partition("</svg>")[0]
