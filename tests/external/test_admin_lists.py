"""The admin's lists in a browser: whole in their place, and on a phone a card for each row."""

from collections.abc import Iterator

import pytest

from tests.external.browser import Browser, sign_in
from tests.external.portal import Portal

pytestmark = pytest.mark.browser

# As whoever sees one column more: that of the tenant.
ACCOUNT = {"username": "superuser", "password": "try-the-portal"}
LISTS = (
    *("credentials/usercredential", "credentials/assertion", "credentials/certification"),
    *("credentials/diploma", "credentials/microcredential", "credentials/credentialdefinition"),
    *("tenants/event", "tenants/membership", "users/user"),
)
HIDDEN = (
    "const place = document.querySelector('#result_list').parentElement;"
    "return place.scrollWidth - place.clientWidth"
)
UNNAMED = (
    "return [...document.querySelectorAll('#result_list tbody :is(th, td)')].filter(cell =>"
    " cell.checkVisibility() && !cell.matches('.action-checkbox') &&"
    " !/\\w/.test(getComputedStyle(cell, '::before').content.replace('none', ''))).length"
)
ROWS = "return document.querySelectorAll('#result_list tbody tr').length"


@pytest.fixture(scope="module")
def browser(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    sign_in(browser, portal.url, **ACCOUNT)
    yield browser
    browser.stop()


# On both sides of where the list takes another form.
@pytest.mark.parametrize(
    ("width", "dark"),
    [(390, False), (390, True), (900, False), (1100, False), (1279, False), (1280, True)],
)
def test_no_column_is_out_of_sight(
    portal: Portal, browser: Browser, width: int, dark: bool
) -> None:
    for path in LISTS:
        browser.open(f"{portal.url}/admin/{path}/", width=width, dark=dark)
        assert browser.run(ROWS) > 0, path
        assert browser.run(HIDDEN) == 0, path
        assert browser.log("browser") == []


def test_on_a_phone_each_fact_has_its_name(portal: Portal, browser: Browser) -> None:
    for path in LISTS:
        browser.open(f"{portal.url}/admin/{path}/", width=390)
        assert browser.run(UNNAMED) == 0, path

    browser.open(f"{portal.url}/admin/users/user/", width=1280)
    assert browser.run(UNNAMED) > 0
