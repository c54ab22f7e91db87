"""Chromium by its driver: a page at a given width, with all that went on while it was open."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.external.portal import free_port

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# Frames in a process of their own would be hidden from the driver's logs.
ONE_PROCESS = ["--disable-features=IsolateSandboxedIframes", "--disable-site-isolation-trials"]
TAB, ENTER = "\ue004", "\ue007"  # as WebDriver writes the keys
SIGN_IN = """
const form = document.querySelector("#login-form");
for (const [name, value] of Object.entries(%s)) form.elements[name].value = value;
form.submit();
"""


class Browser:
    def __init__(self, profile: Path, *flags: str) -> None:
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        assert program, "apt-get install chromium"
        assert driver, "apt-get install chromium-driver"
        self.port = free_port()
        self.process = subprocess.Popen(
            [driver, f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.session = ""
        self._wait()
        options = {"args": [*FLAGS, *flags, f"--user-data-dir={profile}"], "binary": program}
        logs = {"browser": "ALL", "performance": "ALL"}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": logs}
        made = self._ask("/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{made['sessionId']}"

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.devtools("Emulation.setDeviceMetricsOverride", **metrics)
        self.devtools("Emulation.setEmulatedMedia", features=[scheme])
        self.log("browser")
        self.log("performance")
        self._ask("/url", {"url": url})

    def run(self, script: str) -> Any:
        """What the function body returns in the page. A page's policy does not bind the driver."""
        return self._ask("/execute/sync", {"script": script, "args": []})

    def run_in_frame(self, script: str) -> Any:
        """The same in the page's first frame."""
        frame = self._ask("/element", {"using": "css selector", "value": "iframe"})
        self._ask("/frame", {"id": frame})
        try:
            return self.run(script)
        finally:
            self._ask("/frame", {"id": None})

    def click(self, *points: tuple[int, int]) -> None:
        """As a mouse does, whatever is there: pixels from the window's corner."""
        steps: list[dict[str, Any]] = []
        for x, y in points:
            steps += [
                {"type": "pointerMove", "duration": 0, "x": x, "y": y},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ]
        self._ask("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]})

    def press(self, key: str) -> None:
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._ask("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": keys}]})

    def choose_file(self, selector: str, file: Path) -> None:
        found = self._ask("/element", {"using": "css selector", "value": selector})
        (element,) = found.values()
        self._ask(f"/element/{element}/value", {"text": str(file)})

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What came since it was last asked: the console, or DevTools events."""
        entries: list[dict[str, Any]] = self._ask("/se/log", {"type": kind})
        return entries

    def requested(self) -> list[str]:
        """Every address asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self._ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def pdf(self) -> bytes:
        return base64.b64decode(self.devtools("Page.printToPDF", preferCSSPageSize=True)["data"])

    def stop(self) -> None:
        self._call("DELETE", self.session)
        self.process.terminate()
        self.process.wait(timeout=20)

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", self.session + path, json.dumps(body).encode())

    def _call(self, method: str, path: str, data: bytes | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=data,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)["value"]

    def _wait(self) -> None:
        for _ in range(100):
            try:
                self._call("GET", "/status")
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("chromedriver does not answer")


def sign_in(browser: Browser, portal: str, **account: str) -> None:
    """To the admin."""
    browser.open(f"{portal}/admin/login/")
    browser.run(SIGN_IN % account)
    until(lambda: browser.run("return location.pathname") == "/admin/")


def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, holds
        time.sleep(0.05)
