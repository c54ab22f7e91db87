"""Two servers of a test's own: a foreign host that notes who calls, and a stage for documents."""

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.external.browser import Browser

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "xss_vectors.txt").read_text().splitlines()
    if line.startswith('"')
]
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nAccess-Control-Allow-Origin: *\r\n"
    b"Content-Length: 8\r\nConnection: close\r\n\r\nalert(1)"
)


class ForeignHost:
    """Counts connections, whatever is said in them: also an attempt at TLS tells of a visit."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.name = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[caller], daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller:
            caller.settimeout(5)
            try:
                asked = caller.recv(4096)
                caller.sendall(ANSWER)
            except OSError:
                asked = b""
            self.calls.append(asked.partition(b"\r\n")[0])

    def requests(self) -> list[bytes]:
        """The first line of each call that said something."""
        return [call for call in self.calls if call]

    def vectors(self) -> list[str]:
        return [vector.replace("xss.example", self.name) for vector in VECTORS]

    def stop(self) -> None:
        self.socket.close()


class Stage:
    """Documents in frames of one page, each under the same headers."""

    WIDTH, HEIGHT, COLUMNS = 200, 60, 6  # of a frame, in pixels; and how many stand in a row
    AT_ONCE = 24

    def __init__(self) -> None:
        self.strangers: set[str] = set()  # asked for by the last that were shown
        self.documents: Sequence[str] = ()
        self.headers: Mapping[str, str] = {}
        self.page = ""
        self.page_headers: Mapping[str, str] = {}
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.strip("/")
                if name.isdecimal():
                    self.answer(stage.documents[int(name)], stage.headers)
                else:
                    self.answer(stage.page if not name else "", stage.page_headers)

            def answer(self, html: str, headers: Mapping[str, str]) -> None:
                content = html.encode("utf-8", "replace")
                self.send_response(200)
                for header in {**headers, "Content-Type": "text/html; charset=utf-8"}.items():
                    self.send_header(*header)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(
        self,
        browser: Browser,
        documents: Sequence[str],
        *,
        headers: Mapping[str, str] | None = None,
        page_headers: Mapping[str, str] | None = None,
        sandbox: str | None = None,
    ) -> list[str]:
        """What the console said while each was loaded, and clicked near its beginning."""
        self.headers, self.page_headers = headers or {}, page_headers or {}
        messages: list[str] = []
        self.strangers = set()
        for start in range(0, len(documents), self.AT_ONCE):
            self.documents = documents[start : start + self.AT_ONCE]
            self.page = self.page_of_frames("" if sandbox is None else f'sandbox="{sandbox}"')
            browser.open(self.url)
            places = (divmod(number, self.COLUMNS) for number in range(len(self.documents)))
            browser.click(*((x * self.WIDTH + 14, y * self.HEIGHT + 14) for y, x in places))
            messages += [entry["message"] for entry in browser.log("browser")]
            asked = set(browser.requested())
            self.strangers |= {url for url in asked if not url.startswith(self.url)}
        return messages

    def page_of_frames(self, attribute: str) -> str:
        frames = "".join(
            f'<iframe src="/{number}" {attribute}></iframe>'
            for number in range(len(self.documents))
        )
        return (
            "<!doctype html><title>stage</title><style>"
            f"body {{ margin: 0; font-size: 0; width: {self.WIDTH * self.COLUMNS}px }}"
            f"iframe {{ width: {self.WIDTH}px; height: {self.HEIGHT}px; border: 0 }}"
            f"</style>{frames}"
        )

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
