"""The public page as people meet it: in a browser, on a phone, at a desk, on paper, by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.external.browser import TAB, Browser
from tests.external.portal import Portal

pytestmark = pytest.mark.browser

WIDTHS = {"phone": (390, 844), "narrow": (320, 640), "desk": (1280, 900)}
SCREENS = pytest.mark.parametrize("screen", list(WIDTHS))
TITLES = {
    "plain": "Welding, basic level",
    "one long word": "Donaudampfschifffahrtsgesellschaft" * 29,
    "markup": "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>",
    "right to left": "مبادئ السلامة المهنية 🦺 (ISO 45001)",
    "wide": "WWWWWWWWWW " * 90,
}
# What of the page lies outside the width of the screen.
OUTSIDE = """
return [...document.querySelectorAll("body, body *")].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && (box.left < -1 || box.right > %d + 1);
}).map(element => element.tagName)
"""
FOCUSED = """
const element = document.activeElement, style = getComputedStyle(element);
return [element.tagName, element.textContent.trim(), style.outlineStyle, style.outlineWidth]
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.stop()


@pytest.fixture(scope="module")
def pages(portal: Portal) -> dict[str, str]:
    """The address of a page for each title, and of one that there is not."""
    account = {"username": "mina", "password": "try-the-portal"}
    _, _, tokens = portal.call("POST", "/api/v1/token", account)
    made = {"nothing": f"{portal.url}/c/nothing"}
    for name, title in TITLES.items():
        body = {
            "title": title,
            "issued": "2025-03-14T09:00:00Z",
            "expires": "2999-03-14T09:00:00Z",
            "website_url": f"https://school.example/{'long' * 60}",
        }
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        status, _, record = portal.call("POST", "/api/v1/user-micro-credentials", body, **headers)
        assert status == 200
        made[name] = f"{portal.url}/c/{record['uuid']}"
    return made


def errors(browser: Browser, url: str) -> list[dict[str, Any]]:
    """The console's; a browser itself notes that an unknown page is a 404."""
    return [
        entry
        for entry in browser.log("browser")
        if not (url.endswith("/nothing") and "404" in entry["message"])
    ]


@SCREENS
@pytest.mark.parametrize("name", [*TITLES, "nothing"])
def test_page_fits_the_screen_and_asks_nobody_for_anything(
    browser: Browser, pages: dict[str, str], screen: str, name: str
) -> None:
    url, (width, height) = pages[name], WIDTHS[screen]

    browser.open(url, width=width, height=height)

    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE % width) == []
    assert browser.requested() == [url]
    assert errors(browser, url) == []
    assert browser.run("return document.querySelectorAll('h1').length") == 1
    if name in TITLES:
        heading = browser.run("return document.querySelector('h1').innerText")
        assert heading == " ".join(TITLES[name].split())
        assert browser.run("return document.title").startswith(TITLES[name][:20])


def test_a_title_is_read_in_its_own_direction(browser: Browser, pages: dict[str, str]) -> None:
    directions = {}
    for name in ("plain", "right to left"):
        browser.open(pages[name])
        directions[name] = browser.run(
            "return getComputedStyle(document.querySelector('h1')).direction"
        )

    assert directions == {"plain": "ltr", "right to left": "rtl"}


@SCREENS
def test_every_link_is_reached_by_keyboard_and_seen_to_be(
    browser: Browser, pages: dict[str, str], screen: str
) -> None:
    width, height = WIDTHS[screen]
    browser.open(pages["plain"], width=width, height=height)
    links = browser.run("return [...document.querySelectorAll('a')].map(a => a.innerText.trim())")

    reached = []
    for _ in links:
        browser.press(TAB)
        tag, text, outline, thickness = browser.run(FOCUSED)
        assert (tag, outline, thickness) == ("A", "solid", "3px")
        reached.append(text)

    assert reached == links
    assert links[:3] == [
        "Add to LinkedIn profile",
        "The credential\N{RIGHT SINGLE QUOTATION MARK}s website",
        "Data (JSON)",
    ]


def test_links_are_large_enough_for_a_thumb(browser: Browser, pages: dict[str, str]) -> None:
    browser.open(pages["plain"], width=390, height=844)

    heights = browser.run(
        "return [...document.querySelectorAll('.links a')].map(a => a.offsetHeight)"
    )

    assert len(heights) == 3
    assert min(heights) >= 44


@pytest.mark.parametrize("dark", [False, True])
def test_page_follows_the_colours_of_the_device(
    browser: Browser, pages: dict[str, str], dark: bool
) -> None:
    browser.open(pages["plain"], dark=dark)

    ground, ink = browser.run(
        "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]"
    )

    shades = [sum(map(int, re.findall(r"\d+", color)[:3])) for color in (ground, ink)]
    assert (shades[0] < shades[1]) == dark


@pytest.mark.parametrize("dark", [False, True])
def test_page_is_printed_black_on_white_on_one_sheet_with_its_qr_code_and_addresses(
    browser: Browser, pages: dict[str, str], dark: bool
) -> None:
    browser.open(pages["plain"], dark=dark)
    sheets = re.findall(rb"/Type\s*/Page\b", browser.pdf())
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.devtools("Emulation.setEmulatedMedia", media="print", features=features)

    after, ground, drawn = browser.run(
        """
        const written = label => [...document.querySelectorAll("a")]
            .filter(a => a.offsetHeight && a.innerText.startsWith(label))
            .map(a => getComputedStyle(a, "::after").content);
        return [
            [written("Data"), written("The credential"), written("Add to"), written("http")],
            getComputedStyle(document.body).backgroundColor,
            document.querySelector("figure svg").getBoundingClientRect().width,
        ]
        """
    )

    address = pages["plain"]
    website = f"https://school.example/{'long' * 60}"
    assert after == [[f'": {address}/data"'], [f'": {website}"'], [], ["none"]]
    assert ground == "rgb(255, 255, 255)"
    assert drawn > 130  # pixels of 1/96 inch: 35 mm
    assert len(sheets) == 1
