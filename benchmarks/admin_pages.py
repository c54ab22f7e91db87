"""How long the admin's pages take on a million rows of each kind, one at a time, over HTTP."""

import http.client
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.desks import Desks
from benchmarks.load import LoadError
from credentials.front_page.figures import KEPT_SECONDS
from tenants import walls
from users.models import User

TURNS = 7
MOST_MILLISECONDS = 500
KINDS = ("microcredential", "usercredential", "assertion", "certification", "diploma")
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Page:
    who: str
    what: str
    path: str


@dataclass(frozen=True)
class Timed:
    page: Page
    median: float
    worst: float


def pages() -> Iterator[Page]:
    """Each page for staff of the large organization, and for a superuser of all."""
    for who in ("staff", "superuser"):
        yield Page(who, "front page", "")
        yield Page(who, "search over everything", "search/?q=family77")
        for kind in (*(f"credentials/{kind}" for kind in KINDS), "tenants/event"):
            yield Page(who, f"{kind}: list", f"{kind}/")
            yield Page(who, f"{kind}: uuid", f"{kind}/?q={NOBODY}")
    for kind in KINDS:
        yield Page("staff", f"{kind}: part of a name", f"credentials/{kind}/?q=amily77")
        yield Page("staff", f"{kind}: two words", f"credentials/{kind}/?q=chiara+7")
        yield Page("staff", f"{kind}: nothing", f"credentials/{kind}/?q=zzzz")
        yield Page("superuser", f"{kind}: beginning", f"credentials/{kind}/?q=family77")
        yield Page("staff", f"{kind}: a change page", f"credentials/{kind}/{middle(kind)}/change/")
    for who in ("staff", "superuser"):
        yield Page(who, "certification: serial", f"credentials/certification/?q={quote('RC-77-7')}")
    yield Page("superuser", "people: beginning", "users/user/?q=family7")
    yield Page("staff", "members: part of a name", "tenants/membership/?q=amily7")


def middle(kind: str) -> int:
    table = f"credentials_{kind}"
    half = f"(select max(id) / 2 from {table})"
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(f"select min(id) from {table} where id > {half}")
        found: int = cursor.fetchone()[0]
        return found


def cookie(person: User) -> str:
    client = Client()
    with walls.platform_work():
        client.force_login(person, "users.backends.PersonBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


def timed(desks: Desks, port: int) -> list[Timed]:
    cookies = {"staff": cookie(desks.administrator), "superuser": cookie(desks.superuser)}
    found = []
    for page in pages():
        # The figures of a front page are kept for a while; the first look counts, too.
        took = [ask(page, cookies[page.who], port) for _ in range(TURNS)]
        found.append(Timed(page, statistics.median(took), max(took[1:])))
    return found


def ask(page: Page, session: str, port: int) -> float:
    """In milliseconds."""
    started = time.perf_counter()
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    caller.request("GET", f"/admin/{page.path}", headers={"Cookie": session})
    answer = caller.getresponse()
    answer.read()
    caller.close()
    if answer.status != 200:
        raise LoadError(f"/admin/{page.path} answered {answer.status}.")
    return (time.perf_counter() - started) * 1000


def table(found: list[Timed]) -> str:
    lines = ["| who | page | median ms | worst ms |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {each.page.who} | {each.page.what} | {each.median:.0f} | {each.worst:.0f} |"
        for each in found
    ]
    return "\n".join([*lines, f"\nFigures of a front page are kept for {KEPT_SECONDS} s."])


def missed(found: list[Timed]) -> list[str]:
    return [
        f"{each.page.who}, {each.page.what}: {each.median:.0f} ms"
        for each in found
        if each.median >= MOST_MILLISECONDS
    ]
