"""What the pages of certifications cost does not grow with the number of rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.models import Tenant
from tests.admin.award_pages import ask, page
from tests.admin.certification_pages import (
    ASSIGNMENTS,
    QUALIFICATIONS,
    RECORDS,
    ROLES,
    TYPES,
)
from tests.admin.conftest import Browser
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.conftest import make_member
from tests.costs import counted
from tests.factories import certification, certification_type

MOST = 20
LISTS = (RECORDS, TYPES, QUALIFICATIONS, ROLES, ASSIGNMENTS)
CAST = ["root", "acme_admin", "acme_issuer"]


def fill(acme: Tenant, numbers: range) -> list[Any]:
    """Rows of everything, each of another person; the newest of each kind."""
    newest: list[Any] = []
    for number in numbers:
        member = make_member(acme, f"person{number}")
        kind = certification_type(acme, slug=f"kind-{number}", title=f"Kind {number}")
        other = certification_type(None, slug=f"standard-{number}")
        asked = [requirement(kind, other, minimum=2) for _ in range(number)] or [requirement(kind)]
        needed = qualification(acme, *asked, title=f"Responder {number}")
        role = job_role(acme, needed, title=f"Leader {number}")
        record = certification(acme, member.user, type=kind.uuid, serial_number="A")
        newest = [record, kind, other, needed, role, assign(member, role)]
    return newest


def cost(browser: Browser, path: str) -> int:
    """All that was sent, of which queries are fewer than `MOST`."""
    with counted() as spent, CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200, path
    # Beside these there are savepoints and the changes of role.
    assert sum(" FROM " in query["sql"] for query in captured) < MOST
    return spent.statements


def costs(browser: Browser, paths: list[str]) -> list[int]:
    """When what the portal remembers of a page is known."""
    for path in paths:
        browser.get(path)
    return [cost(browser, path) for path in paths]


@pytest.mark.parametrize("who", CAST)
def test_lists_cost_the_same_whatever_their_length(request: Any, acme: Tenant, who: str) -> None:
    browser = request.getfixturevalue(who)
    paths = [*LISTS, *(f"{path}?q=a" for path in LISTS), f"{RECORDS}members/?term=person"]
    fill(acme, range(2))
    few = costs(browser, paths)

    fill(acme, range(2, 14))

    assert [cost(browser, path) for path in paths] == few


@pytest.mark.parametrize("who", CAST)
def test_pages_cost_the_same_whatever_is_on_them(request: Any, acme: Tenant, who: str) -> None:
    browser = request.getfixturevalue(who)
    few = costs(browser, [page(row) for row in fill(acme, range(2))])

    many = [cost(browser, page(row)) for row in fill(acme, range(2, 14))]

    assert few == many


@pytest.mark.parametrize("path", LISTS)
def test_pages_on_which_rows_are_added_cost_the_same(
    acme: Tenant, acme_admin: Browser, path: str
) -> None:
    fill(acme, range(3))

    few = costs(acme_admin, [f"{path}add/"])
    fill(acme, range(3, 9))

    assert [cost(acme_admin, f"{path}add/")] == few


def test_the_question_before_many_are_verified_costs_the_same(
    acme: Tenant, acme_issuer: Browser
) -> None:
    rows = [fill(acme, range(number, number + 1))[0] for number in range(12)]
    ask(acme_issuer, "verify", rows[0])

    sent = []
    for part in (rows[:2], rows):
        with counted() as spent:
            assert ask(acme_issuer, "verify", *part).status_code == 200
        sent.append(spent.statements)

    assert sent[0] == sent[1]
