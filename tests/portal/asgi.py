"""The server's side of requests, without one."""

from dataclasses import dataclass, field
from typing import Any

DISCONNECT = {"type": "http.disconnect"}


def scope_of(path: str = "/", **changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "client": ("192.0.2.7", "50000"),
        "server": ("127.0.0.1", 8000),
        **changes,
    }


def pieces_of(*bodies: bytes) -> list[dict[str, Any]]:
    pieces = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    return [*pieces, {"type": "http.request", "body": b"", "more_body": False}]


@dataclass
class Exchange:
    """What the client sends, after which it leaves, and what it is sent."""

    messages: list[dict[str, Any]]
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def receive(self) -> dict[str, Any]:
        return self.messages.pop(0) if self.messages else DISCONNECT

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])
