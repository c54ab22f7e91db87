"""What the page about backups says is done to the letter, from one server into another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from credentials import demo
from credentials.models import Diploma
from tenants import sealing, walls
from tenants.models import Membership, Tenant
from tests import factories
from tests.commands.conftest import answer
from tests.conftest import Caller, with_key
from tests.docs.blocks import DOCS, section
from tests.docs.servers import as_superuser, fresh_server, guards, moved_to, rows, run
from tests.storage.conftest import announce, download_path, put
from tests.storage.samples import PDF
from users import people

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = DOCS / "operations" / "backup.md"
VARIABLE = re.compile(r"(PGHOST|FILES_DIR|DATABASE|BACKUP)=\S+(?: [^)\s]+\))?")
ASKED = (
    "/api/v1/users/me",
    "/api/v1/users/me/credentials",
    "/api/v1/credentials?search=mina",
    "/api/v1/events?limit=200",
    "/api/v1/user-micro-credentials",
    "/api/v1/user_credentials/?username=mina",
    "/api/v1/credentials/orgs/acme/users/me/",
    "/api/v1/users/me/diplomas",
)


@dataclass(frozen=True)
class World:
    acme: Tenant
    owner: Caller
    diploma: Diploma
    head: str

    def answers(self) -> dict[str, Any]:
        people.forget()
        path = download_path(self.diploma)
        downloaded = Caller().get(path)
        told = {each: self.owner.get(each).json() for each in ASKED}
        return {**told, "file": (downloaded.status_code, b"".join(downloaded.streaming_content))}


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.FILES_DIR = tmp_path / "source" / "files"
    demo.load()
    with walls.platform_work():
        acme = Tenant.objects.get(slug="acme")
        member = Membership.objects.get(tenant=acme, user__username="olena")
        owner = with_key(member)
        held = factories.diploma(acme, member.user, title=factories.diploma_title(acme))
        sent = announce(held)
    assert put(sent, PDF).status_code == 204
    sealing.seal_all()
    head = answer("verify_events", "--tenant", "acme")["tenants"][0]["head"]
    # An upload that is on its way is no file yet.
    draft = settings.FILES_DIR / "incoming" / "draft"
    draft.write_bytes(PDF[:10])
    return World(acme, owner, held, head)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    with fresh_server(tmp_path / "target") as host:
        yield host


def script(title: str, **places: object) -> str:
    """The first block of the page, with these places, and the script below the heading."""
    variables = section(PAGE, "Back up")[0].text
    adapted, count = VARIABLE.subn(lambda found: f"{found[1]}='{places[found[1]]}'", variables)
    assert count == len(places)
    return adapted + section(PAGE, title)[1 if title == "Back up" else 0].text


def test_a_backup_restored_elsewhere_is_the_same_portal(
    world: World, other: str, settings: Any, tmp_path: Path
) -> None:
    here, database = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    places = {"DATABASE": database, "BACKUP": tmp_path / "backup"}
    before = world.answers()
    stored, guarded = rows(here, database), guards(here, database)

    run(script("Back up", PGHOST=here, FILES_DIR=settings.FILES_DIR, **places))
    settings.FILES_DIR = tmp_path / "target" / "files"
    run(script("Restore", PGHOST=other, FILES_DIR=settings.FILES_DIR, **places))

    assert rows(other, database) == stored
    differing = {name: each ^ guarded[name] for name, each in guards(other, database).items()}
    assert not any(differing.values()), differing
    assert {name for name, each in stored.items() if each} >= {"tenants_event", "tenants_seal"}
    with moved_to(other):
        assert world.answers() == before
        assert before["file"] == (200, PDF)
        assert not list(settings.FILES_DIR.glob("incoming/*"))
        look_after(world)
        try_the_walls(world, other, database)


def look_after(world: World) -> None:
    """As the page says to."""
    told = answer("verify_events", "--tenant", "acme", "--expect-head", world.head)
    assert told["fault_count"] == 0
    assert answer("storage_audit") == {"findings": [], "left": 0}
    found = {each["name"]: each["verdict"] for each in answer("doctor")["findings"]}
    assert found["database"] == found["migrations"] == found["storage"] == "ok"


def try_the_walls(world: World, host: str, database: str) -> None:
    """Not by their definitions, which are compared above, but by running against them."""
    with psycopg.connect(host=host, user="portal", dbname=database) as login:
        assert count(login) == 0
        for role, number in (("tenant", events_of(world, host, database)), ("platform", None)):
            login.execute("select set_config('role', %s, true)", [f"portal_{role}"])
            login.execute("select set_config('app.tenant_id', %s, true)", [str(world.acme.pk)])
            assert number is None or count(login) == number > 0
            with pytest.raises(psycopg.Error), login.transaction():
                login.execute("update tenants_event set kind = 'forged'")
            with pytest.raises(psycopg.Error), login.transaction():
                login.execute("delete from tenants_event")


def events_of(world: World, host: str, database: str) -> int:
    with as_superuser(host, database) as superuser:
        query = sql.SQL("select count(*) from tenants_event where tenant_id = {}")
        found = superuser.execute(query.format(world.acme.pk)).fetchone()
        assert found
        return int(found[0])


def count(login: psycopg.Connection[Any]) -> int:
    found = login.execute("select count(*) from tenants_event").fetchone()
    assert found
    return int(found[0])
