"""What `serve` prints once it answers: where to look, who may sign in, what to try."""

import json
import shlex
from collections.abc import Iterator
from typing import TypedDict


class Account(TypedDict):
    username: str
    password: str
    tenant: str
    role: str


class Demo(TypedDict):
    """What the demo made; the first account is one that may record micro-credentials."""

    accounts: list[Account]
    public_page: str  # below the portal's address


def text(base: str, demo: Demo | None) -> str:
    return "\n".join(_lines(base, demo)) + "\n"


def _lines(base: str, demo: Demo | None) -> Iterator[str]:
    yield "Credentials Portal is running. Ctrl-C ends it."
    yield ""
    yield f"  API docs     {base}/api/v1/docs"
    yield f"  Admin        {base}/admin/"
    if demo is None:
        return
    yield f"  Public page  {base}/{demo['public_page']}"
    yield ""
    yield "Demo accounts:"
    for account in demo["accounts"]:
        place = (
            f"{account['role']} of {account['tenant']}" if account["tenant"] else account["role"]
        )
        yield f"  {account['username']:<12} {account['password']:<20} {place}"
    yield ""
    yield "Try it:"
    yield from _requests(base, demo["accounts"][0])


def _requests(base: str, account: Account) -> Iterator[str]:
    """Three lines for a shell with curl and sed."""
    sign_in = {"username": account["username"], "password": account["password"]}
    record = {
        "title": "First aid at work",
        "issued": "2026-01-15T09:00:00Z",
        "expires": "2029-01-15T09:00:00Z",
    }
    of_json = "-H 'Content-Type: application/json'"
    as_person = '-H "Authorization: Bearer $TOKEN"'
    access = r"""sed 's/.*"access": *"\([^"]*\)".*/\1/'"""
    url = f"{base}/api/v1"
    yield f"  TOKEN=$(curl -s {url}/token {of_json} -d {_quoted(sign_in)} | {access})"
    yield f"  curl -s {url}/user-micro-credentials {as_person} {of_json} -d {_quoted(record)}"
    yield f"  curl -s {url}/user-micro-credentials {as_person}"


def _quoted(body: dict[str, str]) -> str:
    return shlex.quote(json.dumps(body))
