"""The form of a definition in a browser: what is typed is shown, and nothing of it runs."""

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.external.browser import ENTER, ONE_PROCESS, Browser, sign_in, until
from tests.external.portal import Portal

pytestmark = pytest.mark.browser

ACCOUNT = {"username": "sofia", "password": "try-the-portal"}
DEFINITIONS = "/api/v1/credentials/orgs/acme/users/me/"
FORM = "/admin/credentials/credentialdefinition/"
PREVIEW = f"{FORM}preview/"
HOSTILE = (
    "<h1>Dear {{ recipient_name }}</h1><script>top.document.title = 'taken'</script>"
    '<img src="/x" onerror="alert(1)"><svg onload="alert(2)"></svg>'
)
# By the driver, whatever the page's own scripts are allowed.
PLACE = "const box = document.querySelector('%s').getBoundingClientRect();"
SHOWN = "return document.body ? document.body.innerText : ''"


@pytest.fixture(scope="module")
def browser(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Signed in as an administrator of acme."""
    browser = Browser(tmp_path_factory.mktemp("profile"), *ONE_PROCESS)
    sign_in(browser, portal.url, **ACCOUNT)
    yield browser
    browser.stop()


def focus(browser: Browser, selector: str) -> None:
    browser.run(f"document.querySelector('{selector}').focus()")


def write(browser: Browser, selector: str, text: str) -> None:
    """By keys, as a person does."""
    focus(browser, selector)
    for character in text:
        browser.press(character)


def press_button(browser: Browser, selector: str) -> None:
    browser.run(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
    place = PLACE % selector + " return [box.x + box.width / 2, box.y + box.height / 2]"
    x, y = browser.run(place)
    browser.click((int(x), int(y)))


def in_frame(browser: Browser, script: str) -> Any:
    """None while one frame gives way to the next."""
    try:
        return browser.run_in_frame(script)
    except HTTPError:
        return None


def preview(browser: Browser) -> str:
    return in_frame(browser, SHOWN) or ""


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_typed_is_shown_and_none_of_it_runs(
    portal: Portal, browser: Browser, width: int
) -> None:
    browser.open(f"{portal.url}{FORM}add/", width=width)
    title, steps = browser.run("return [document.title, history.length]")

    write(browser, "[name=html_template]", HOSTILE)
    until(lambda: "Dear Ada Lovelace" in preview(browser))
    write(browser, "[name=css_template]", "h1 { color: #008080 }")
    colour = "return getComputedStyle(document.querySelector('h1')).color"
    until(lambda: in_frame(browser, colour) == "rgb(0, 128, 128)")
    write(browser, "[name=html_template]", "<p>{{ credential_name }}")
    write(browser, "[name=name]", "Welder")
    until(lambda: "Welder" in preview(browser))

    assert browser.run("return [document.title, history.length]") == [title, steps]
    suspects = "return document.querySelectorAll('script, svg, [src], [onerror]').length"
    assert browser.run_in_frame(suspects) == 0
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert {url for url in browser.requested() if "/static/" not in url} == {
        f"{portal.url}{path}" for path in (f"{FORM}add/", "/admin/jsi18n/", PREVIEW)
    }
    assert browser.log("browser") == []


def test_the_frame_holds_nothing_but_the_preview(portal: Portal, browser: Browser) -> None:
    """A sandbox without a single right, in the page as in the answer."""
    browser.open(f"{portal.url}{FORM}add/")
    write(browser, "[name=html_template]", "<p>Here")
    until(lambda: "Here" in preview(browser))

    frames = browser.run("return [...document.querySelectorAll('iframe')].map(f => f.outerHTML)")
    assert len(frames) == 1
    assert 'sandbox=""' in frames[0]
    assert browser.run_in_frame("return window.origin") == "null"


def test_without_scripts_the_button_shows_the_preview_and_enter_saves(
    portal: Portal, browser: Browser
) -> None:
    uuid = definition(portal)["entity_id"]
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(f"{portal.url}{FORM}?q={uuid}")
        browser.open(
            portal.url
            + browser.run("return document.querySelector('#result_list tbody a').pathname")
        )
        assert preview(browser) == ""

        press_button(browser, ".template-preview button")
        until(lambda: "Kept" in preview(browser))

        write(browser, "[name=name]", "Steel ")
        browser.press(ENTER)
        until(lambda: browser.run("return location.pathname") == FORM)
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
    assert definition(portal, uuid)["name"] == "Steel Welding"


def test_to_open_and_save_changes_not_a_byte(portal: Portal, browser: Browser) -> None:
    before = definition(portal)

    browser.open(f"{portal.url}{FORM}?q={before['entity_id']}")
    browser.open(
        portal.url + browser.run("return document.querySelector('#result_list tbody a').pathname")
    )
    press_button(browser, ".submit-row [name=_save]")
    until(lambda: browser.run("return location.pathname") == FORM)

    assert definition(portal, before["entity_id"]) == before


def definition(portal: Portal, uuid: str = "") -> dict[str, Any]:
    """By the API: a new one, or one that is there."""
    _, _, tokens = portal.call("POST", "/api/v1/token", ACCOUNT)
    told = {"Authorization": f"Bearer {tokens['access']}"}
    if uuid:
        status, _, answer = portal.call("GET", f"{DEFINITIONS}{uuid}", **told)
    else:
        _, _, made = portal.call("POST", f"{DEFINITIONS}issuers/", {"name": "School"}, **told)
        body = {
            "name": "Welding",
            "issuer": made["result"]["entity_id"],
            "html_template": "\r\n\n <p>Kept\t</p>\n<p>\u2028\r&amp;amp; 🦺\r\n",
            "css_template": "p { }  \n\n",
            "description": " One\r\ntwo\n",
            "courses": [" a ", "b\nc"],
            "issued_on": "2026-01-31T09:30:00.000123Z",
        }
        status, _, answer = portal.call("POST", DEFINITIONS, body, **told)
    assert status in {200, 201}, answer
    record: dict[str, Any] = answer["result"]
    return record
