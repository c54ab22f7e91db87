"""Certifications in the admin, in a browser: members and types chosen by part of their names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.external.browser import Browser, sign_in, until
from tests.external.portal import Portal

pytestmark = pytest.mark.browser

ADMIN = "/admin/credentials"
ACCOUNT = {"username": "sofia", "password": "try-the-portal"}
OPEN = "window.django.jQuery(%r).select2('open')"
FOUND = "return [...document.querySelectorAll('.select2-results__option')].map(e => e.innerText)"
CHOSEN = "return [...document.querySelector(%r).selectedOptions].map(e => e.innerText)"
PRESS = (
    "const option = [...document.querySelectorAll('.select2-results__option')]"
    ".find(e => e.innerText.startsWith(%r));"
    "const box = option.getBoundingClientRect();"
    "return [box.x + 20, box.y + box.height / 2]"
)
BARS = (
    "return [...document.querySelectorAll('.awards-chart .awarded')]"
    ".filter(bar => bar.getBoundingClientRect().height > 1).length"
)
WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Signed in as an administrator of acme."""
    browser = Browser(tmp_path_factory.mktemp("profile"))
    sign_in(browser, portal.url, **ACCOUNT)
    yield browser
    browser.stop()


def choose(browser: Browser, selector: str, typed: str, text: str) -> None:
    """As a person does: open, type, click what is suggested."""
    browser.run(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
    browser.run(OPEN % selector)
    for character in typed:
        browser.press(character)
    until(lambda: any(each.startswith(text) for each in browser.run(FOUND)))
    x, y = browser.run(PRESS % text)
    browser.click((int(x), int(y)))
    until(lambda: any(each.startswith(text) for each in browser.run(CHOSEN % selector)))


def submit(browser: Browser, form: str) -> str:
    """The path to which it led."""
    before = browser.run("return performance.timeOrigin")
    browser.run(f"document.querySelector('{form} [type=submit].default').click()")
    until(lambda: browser.run("return performance.timeOrigin") != before)
    return str(browser.run("return location.pathname"))


def test_a_record_is_made_verified_and_found(portal: Portal, browser: Browser) -> None:
    browser.open(f"{portal.url}{ADMIN}/certification/add/")
    choose(browser, "#id_membership", "mina", "Mina Demir")
    choose(browser, "#id_certification_type", "first", "First")
    browser.run("document.querySelector('#id_serial_number').value = 'XQ-1'")
    assert submit(browser, "#certification_form") == f"{ADMIN}/certification/"

    browser.open(f"{portal.url}{ADMIN}/certification/?q=XQ-1")
    browser.run("document.querySelector('.action-select').click()")
    before = browser.run("return performance.timeOrigin")
    browser.run(
        "const form = document.querySelector('#changelist-form');"
        "form.elements.action.value = 'verify'; form.submit()"
    )
    until(lambda: browser.run("return performance.timeOrigin") != before)
    browser.run("document.querySelector('#id_method').value = 'saw the original'")
    assert submit(browser, "#confirmation_form") == f"{ADMIN}/certification/"

    browser.open(f"{portal.url}{ADMIN}/certification/?q=XQ-1")
    shown = browser.run("return document.querySelector('#result_list tbody').innerText")
    assert "Mina Demir" in shown
    assert "Verified" in shown
    assert browser.log("browser") == []


def test_a_requirement_is_added_on_the_page(portal: Portal, browser: Browser) -> None:
    browser.open(f"{portal.url}{ADMIN}/qualification/add/")
    browser.run("document.querySelector('#id_title').value = 'Night shift'")
    choose(browser, "#id_requirements-0-types", "first", "First")
    browser.run("document.querySelector('#requirements-group .add-row a').click()")
    choose(browser, "#id_requirements-1-types", "fork", "Forklift")
    assert submit(browser, "#qualification_form") == f"{ADMIN}/qualification/"

    browser.open(f"{portal.url}{ADMIN}/qualification/?q=night-shift")
    browser.run("document.querySelector('#result_list tbody th a').click()")
    until(lambda: browser.run("return !!document.querySelector('#id_requirements-1-types')"))
    assert browser.run(CHOSEN % "#id_requirements-1-types")[0].startswith("Forklift")
    assert browser.run("return document.querySelector('#id_slug').value") == "night-shift"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(
    portal: Portal, browser: Browser, width: int, dark: bool
) -> None:
    kinds = ("certification", "certificationtype", "qualification", "jobrole")
    paths = [f"/credentials/{kind}/{page}" for kind in kinds for page in ("", "add/")]
    for path in (*paths, "/", "/search/?q=mina", "/credentials/usercredential/import/"):
        browser.open(f"{portal.url}/admin{path}", width=width, dark=dark)
        assert not browser.run(WIDE), path
        assert browser.log("browser") == []


def test_the_front_page_draws_its_chart_and_leads_to_what_it_counts(
    portal: Portal, browser: Browser
) -> None:
    browser.open(f"{portal.url}/admin/")

    # Colors and places come from style sheets of the portal alone.
    assert all(url.startswith(portal.url) for url in browser.requested())
    assert browser.run(BARS) > 0
    number = browser.run("return document.querySelector('.overview .number a').innerText")
    browser.run("document.querySelector('.overview .number a').click()")
    until(lambda: browser.run("return !!document.querySelector('#changelist')"))
    shown = browser.run("return document.querySelectorAll('#result_list tbody tr').length")
    assert shown == int(number)


def test_a_file_is_previewed_and_imported(portal: Portal, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "awards.csv"
    file.write_text("username,program_id,status\nnewcomer,1,awarded\n")
    browser.open(f"{portal.url}{ADMIN}/usercredential/import/")
    browser.choose_file("#id_file", file)
    submit(browser, "#import_form")
    preview = browser.run("return document.querySelector('#content').innerText")
    assert "1 created" in preview
    assert not browser.run(WIDE)

    assert submit(browser, "#apply_form") == f"{ADMIN}/usercredential/"

    assert "newcomer" in browser.run("return document.querySelector('#result_list').innerText")
