"""A list costs the same number of queries whatever its length."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants import api_tokens, members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.admin.conftest import Browser
from tests.conftest import make_member
from tests.factories import (
    assertion,
    award,
    course,
    definition,
    diploma,
    diploma_file,
    issuer_profile,
    micro_credential,
    program,
)

# Session and person; a superuser's suggested tenants or a staff's memberships; count and rows.
BUDGETS = {
    ("root", "tenants/tenant/"): 4,
    ("root", "tenants/membership/"): 5,
    ("root", "tenants/apitoken/"): 5,
    ("root", "tenants/event/"): 5,
    ("root", "credentials/microcredential/"): 5,
    ("root", "credentials/program/"): 5,
    ("root", "credentials/course/"): 5,
    ("root", "credentials/usercredential/"): 5,
    ("root", "credentials/issuerprofile/"): 5,
    # With the number of their assertions.
    ("root", "credentials/credentialdefinition/"): 6,
    ("root", "credentials/assertion/"): 5,
    ("root", "credentials/diplomatitle/"): 5,
    ("root", "credentials/diploma/"): 5,
    ("root", "users/user/"): 5,
    ("acme_admin", "tenants/membership/"): 5,
    ("acme_admin", "tenants/apitoken/"): 5,
    ("acme_admin", "tenants/event/"): 5,
    ("acme_admin", "credentials/microcredential/"): 5,
    ("acme_admin", "credentials/program/"): 5,
    ("acme_admin", "credentials/course/"): 5,
    ("acme_admin", "credentials/usercredential/"): 5,
    ("acme_admin", "credentials/issuerprofile/"): 5,
    # With the number of their assertions.
    ("acme_admin", "credentials/credentialdefinition/"): 6,
    ("acme_admin", "credentials/assertion/"): 5,
    ("acme_admin", "credentials/diplomatitle/"): 5,
    ("acme_admin", "credentials/diploma/"): 5,
}


def fill(acme: Tenant, rows: range) -> None:
    """Rows of everything, each of another person."""
    for number in rows:
        member = make_member(acme, f"person{number}")
        micro_credential(acme, member.user)
        award(f"person{number}", program(acme, program_id=number + 1))
        course(acme, course_id=f"W{number}")
        diploma_file(diploma(acme, member.user))
        issuer = issuer_profile(acme, name=f"School {number}")
        assertion(f"person{number}", definition(acme, issuer=issuer))
        api_tokens.create(member, name=f"key {number}", scopes=[], expires_at=None, by=OPERATOR)
        members.create_tenant(slug=f"tenant-{number}", name="Another", by=OPERATOR)


def queries(browser: Browser, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        rows = browser.rows(path)
    # Beside these there are savepoints and the changes of role.
    return sum(" FROM " in query["sql"] for query in captured), len(rows)


@pytest.mark.parametrize("who", ["root", "acme_admin"])
def test_lists_have_query_budgets(
    request: Any, acme: Tenant, subtests: pytest.Subtests, who: str
) -> None:
    browser = request.getfixturevalue(who)
    budgets = {path: most for (name, path), most in BUDGETS.items() if name == who}
    assert budgets
    fill(acme, range(3))
    for path in budgets:
        browser.get(path)
    before = {path: queries(browser, path) for path in budgets}

    fill(acme, range(3, 15))

    for path, most in budgets.items():
        (few, short), (many, long) = before[path], queries(browser, path)
        with subtests.test(path):
            assert long >= short + 12 or long == 50
            assert few == many
            assert many <= most


FAMILY = ("issuerprofile", "credentialdefinition", "assertion")
OPENED = ("add/", "{pk}/change/", "{pk}/delete/")


@pytest.mark.parametrize(("who", "most"), [("root", 5), ("acme_admin", 6), ("acme_issuer", 6)])
def test_what_a_page_costs_does_not_grow(request: Any, acme: Tenant, who: str, most: int) -> None:
    browser = request.getfixturevalue(who)
    fill(acme, range(2))
    paths = [
        f"credentials/{kind}/{page}".format(pk=browser.rows(f"credentials/{kind}/")[-1].pk)
        for kind in FAMILY
        for page in OPENED
    ]
    for path in paths:
        browser.get(path)
    few = {path: cost(browser, path) for path in paths}

    fill(acme, range(2, 14))
    many = {path: cost(browser, path) for path in paths}

    assert few == many
    assert max(many.values()) <= most


def cost(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    return sum(" FROM " in query["sql"] for query in captured)
