"""Untrusted templates in a browser: no script of them runs, and nothing leaves for a foreign host.

There are two walls, the sanitisers and the frame's headers. Each is tried alone, on a stage, and
both together on the running portal. That the stage sees what happens is tried as well.
"""

import json
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from credentials.core.rendering.document import headers, render
from tests.external.browser import ONE_PROCESS, Browser
from tests.external.portal import Portal
from tests.external.stage import ForeignHost, Stage

pytestmark = pytest.mark.browser

NOTE = "window.alert = () => console.error('a script ran in', location.href)"
# As much as a frame can be allowed without taking the stage with it.
OPEN = "allow-scripts allow-same-origin allow-forms"
# Of what a part of the corpus does where nothing holds it: more than chance.
MANY = 30
SHARED = 10
RELOAD = """
const frame = document.querySelector("iframe");
return new Promise(loaded => {
    frame.onload = () => loaded(frame.getBoundingClientRect().top);
    frame.src = frame.getAttribute("src");
});
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"), *ONE_PROCESS)
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=NOTE)
    yield browser
    browser.stop()


@pytest.fixture(scope="module")
def host() -> Iterator[ForeignHost]:
    host = ForeignHost()
    yield host
    host.stop()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.stop()


def bare(vector: str) -> str:
    """No sanitiser saw it: the vector in both places of a document."""
    return f"<!doctype html><title>x</title><style>{vector}</style><body>{vector}"


def templates(vectors: list[str]) -> Iterator[tuple[str, str]]:
    """HTML and CSS that hold each of them. Those that leave alone what follows share a document."""
    # The API refuses NUL, which a database does not keep.
    kept = [vector.replace("\0", "") for vector in vectors]
    shared = [vector for vector in kept if ends(vector)]
    for start in range(0, len(shared), SHARED):
        some = shared[start : start + SHARED]
        yield "\n".join(some), "\n{}\n".join(some)
    for vector in kept:
        if not ends(vector):
            yield vector, vector


def ends(vector: str) -> bool:
    document = render(f"{vector}<hr id='end'>", f"{vector}\n{{}}\nhr {{ order: 7 }}", {})
    return '<hr id="end">' in document and "hr { order: 7 }" in document


def scripts(messages: list[str]) -> list[str]:
    return [message for message in messages if "a script ran" in message]


def test_the_stage_sees_scripts_run_and_requests_leave(
    browser: Browser, host: ForeignHost, stage: Stage
) -> None:
    documents = [bare(vector) for vector in host.vectors()[::3]]

    messages = stage.show(browser, documents, sandbox=OPEN)

    assert len(documents) > 2 * MANY
    assert len(scripts(messages)) >= MANY
    assert len(host.requests()) >= MANY // 2


def test_sanitised_templates_run_and_request_nothing_even_where_they_might(
    browser: Browser, host: ForeignHost, stage: Stage
) -> None:
    """In both fields and as a value, in frames that are allowed all that a page may do."""
    asked = len(host.calls)
    documents = [
        render(
            f"{html}<p title='{{{{ narrative }}}}'>{{{{ narrative }}}}", css, {"narrative": html}
        )
        for html, css in templates(host.vectors())
    ]

    messages = stage.show(browser, documents, sandbox=OPEN)

    # Chromium's own warning of such frames.
    assert [message for message in messages if "can escape its sandboxing" not in message] == []
    assert host.calls[asked:] == []
    assert stage.strangers == set()


def test_what_no_sanitiser_saw_runs_and_requests_nothing_under_the_frame_s_headers(
    browser: Browser, host: ForeignHost, stage: Stage
) -> None:
    asked = len(host.requests())
    documents = [bare(vector) for vector in host.vectors()]
    # As the page that holds the frame has it.
    page = {"Content-Security-Policy": "frame-src 'self'"}

    messages = stage.show(browser, documents, headers=headers(), page_headers=page)

    assert scripts(messages) == []
    assert len([message for message in messages if "Blocked script execution" in message]) >= MANY
    # Connections without a word are Chromium's guess that a link which is pressed will be followed.
    assert host.requests()[asked:] == []


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    unthrottled = {"THROTTLE_ADDRESS": "1000000", "THROTTLE_USER": "1000000"}
    portal = Portal(tmp_path_factory.mktemp("portal"), unthrottled)
    yield portal
    portal.stop()


class Issuer:
    """Who writes templates, and has issued one credential."""

    ROOT = "/api/v1/credentials/orgs/acme/users/me"

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        account = {"username": "sofia", "password": "try-the-portal"}
        _, _, tokens = portal.call("POST", "/api/v1/token", account)
        self.key = {"Authorization": f"Bearer {tokens['access']}"}
        issuer = self.send("POST", "/issuers/", {"name": "School"})["entity_id"]
        body = {"name": "Welder", "issuer": issuer, "html_template": "<p>x"}
        self.definition = self.send("POST", "/", body)["entity_id"]
        recipient = {"recipient": {"identity": "mina"}, "narrative": "<script>alert(1)</script>"}
        made = self.send("POST", f"/{self.definition}/assertions/", recipient)
        self.page = f"{portal.url}/c/{made['entity_id']}"

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        status, _, answer = self.portal.call(method, self.ROOT + path, body, **self.key)
        assert status in {200, 201}, answer
        return answer["result"]

    def upload_icon(self) -> str:
        """The address of a picture of 23 pixels."""
        picture = BytesIO()
        Image.new("RGB", (23, 23), "red").save(picture, "PNG")
        body = (
            b'--x\r\nContent-Disposition: form-data; name="icon_image"; filename="icon.png"'
            b"\r\nContent-Type: image/png\r\n\r\n" + picture.getvalue() + b"\r\n--x--\r\n"
        )
        url = f"{self.portal.url}{self.ROOT}/{self.definition}"
        sent = {**self.key, "Content-Type": "multipart/form-data; boundary=x"}
        request = urllib.request.Request(url, body, sent, method="PUT")  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return str(json.load(answer)["result"]["icon_image"])

    def write(self, html: str, css: str) -> None:
        self.send("PUT", f"/{self.definition}", {"html_template": html, "css_template": css})


def test_templates_on_the_portal_run_and_request_nothing(
    browser: Browser, host: ForeignHost, portal: Portal
) -> None:
    issuer, asked = Issuer(portal), len(host.calls)
    browser.open(issuer.page)
    title = browser.run("return document.title")

    for html, css in templates(host.vectors()):
        issuer.write(f"{html}<p>{{{{ narrative }}}}", css)
        top = browser.run(RELOAD)
        browser.click((640, int(top) + 30))

    assert browser.log("browser") == []
    assert host.calls[asked:] == []
    assert set(browser.requested()) == {issuer.page, f"{issuer.page}/document"}
    assert browser.run("return document.title") == title == "Welder · Valid"
    # What the frame had said would have been heard.
    browser.run_in_frame("console.error('heard')")
    assert [entry["message"].rpartition(" ")[2] for entry in browser.log("browser")] == ['"heard"']


def test_a_document_is_shown_in_its_frame(browser: Browser, portal: Portal) -> None:
    """What the policy allows is not lost: styles, and images that were uploaded here."""
    issuer = Issuer(portal)
    image = issuer.upload_icon()
    issuer.write(
        '<h1 style="letter-spacing: 3px">{{ recipient_name }}</h1>'
        '<img src="{{ icon_image }}" alt="a seal"><img src="/images/nothing" alt="">',
        "h1 { color: rgb(1, 2, 3) }",
    )

    browser.open(issuer.page)

    assert browser.requested() == [issuer.page, f"{issuer.page}/document", image]
    assert browser.log("browser") == []
    shown = browser.run_in_frame(
        "const h1 = document.querySelector('h1'), style = getComputedStyle(h1),"
        " image = document.querySelector('img');"
        "return [style.color, style.letterSpacing, h1.innerText, image.naturalWidth]"
    )
    assert shown == ["rgb(1, 2, 3)", "3px", "Mina Demir", 23]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_frame_fits_the_screen_whatever_is_in_it(
    browser: Browser, portal: Portal, width: int, dark: bool
) -> None:
    """What is too wide is scrolled inside; what says nothing of its ground has a white one."""
    issuer = Issuer(portal)
    issuer.write("<pre>wide </pre><h1>{{ recipient_name }}</h1>", "pre { width: 3000px }")

    browser.open(issuer.page, width=width, height=844, dark=dark)

    assert browser.run("return document.documentElement.scrollWidth") <= width
    left, right, height = browser.run(
        "const box = document.querySelector('iframe').getBoundingClientRect();"
        "return [box.left, box.right, box.height]"
    )
    assert 0 <= left < right <= width
    assert 400 < height < 844
    ground, ink, size = browser.run_in_frame(
        "const style = getComputedStyle(document.body);"
        "return [style.backgroundColor, style.color, document.documentElement.scrollWidth]"
    )
    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(27, 29, 34)")
    assert size > 3000
    assert browser.log("browser") == []
