"""An import that ends in the middle, and again from the start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from credentials_portal import embedded_postgres
from credentials_portal.embedded_postgres import Address
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests import factories
from tests.clusters import connected_to, lay_out, told
from tests.conftest import make_member
from tests.importing.conftest import write

ROOT = Path(__file__).parents[2]
ROWS, ENOUGH = 5_000, 1_000
COUNTS = """
select count(*), count(distinct {name}),
    (select count(*) from tenants_event e
        where e.tenant_id = t.id and e.object_kind = '{table}')
from tenants_tenant t left join credentials_{table} r on r.tenant_id = t.id
where t.slug = %s group by t.id
"""


@dataclass(frozen=True)
class Kind:
    """Of rows: `make` makes what they need in the database, and is the word for it in each row."""

    command: str
    make: Callable[[Tenant], Any]
    header: str
    row: str
    outcome: str
    counts: str


AWARDS = Kind(
    "import_program_credentials",
    lambda tenant: factories.program(tenant).program_id,
    "username,program_id,status",
    "learner{number},{word},awarded",
    "created",
    COUNTS.format(table="usercredential", name="username"),
)
ASSERTIONS = Kind(
    "import_assertions",
    lambda tenant: factories.definition(tenant).uuid,
    "recipient,credential",
    "learner{number}@acme.example,{word}",
    "issued",
    COUNTS.format(table="assertion", name="identity"),
)
CERTIFICATIONS = Kind(
    "import_certifications",
    lambda tenant: make_member(tenant, "ada").user.username,
    "member,external_source,external_id",
    "{word},hr,{number}",
    "created",
    COUNTS.format(table="certification", name="external_id"),
)


ENDINGS = [
    (AWARDS, signal.SIGKILL),
    (AWARDS, signal.SIGINT),
    (AWARDS, signal.SIGTERM),
    (ASSERTIONS, signal.SIGKILL),
    (CERTIFICATIONS, signal.SIGKILL),
]


def slug_of(kind: Kind, ending: signal.Signals) -> str:
    return f"{kind.command}-{ending.name}".replace("_", "-").lower()


class Portal:
    def __init__(self, data_dir: Path, address: Address) -> None:
        self.data_dir = data_dir
        self.environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)}
        self.own = psycopg.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            dbname=address.name,
            autocommit=True,
        )
        self.words: dict[str, Any] = {}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def query(self, sql: str, *parameters: Any) -> Any:
        with self.own.transaction():
            self.own.execute("set local role portal_platform")
            return self.own.execute(sql, parameters).fetchone()

    def furnish(self) -> None:
        """A tenant for each ending, with what the rows of its file need."""
        with walls.platform_work():
            for kind, ending in ENDINGS:
                slug = slug_of(kind, ending)
                tenant = members.create_tenant(slug=slug, name=slug, by=OPERATOR)
                self.words[slug] = kind.make(tenant)


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp("portal")
    lay_out(data_dir)
    with embedded_postgres.lease(data_dir, options={"fsync": "off"}) as address:
        running = Portal(data_dir, address)
        with running.own:
            with connected_to(data_dir, django_db_blocker):
                running.furnish()
            yield running


@pytest.mark.parametrize(("kind", "ending"), ENDINGS)
def test_after_a_kill_the_same_again_makes_exactly_what_the_file_says_with_one_event_each(
    portal: Portal,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    django_db_blocker: DjangoDbBlocker,
    kind: Kind,
    ending: signal.Signals,
) -> None:
    slug = slug_of(kind, ending)
    word = portal.words[slug]
    lines = "".join(f"{kind.row.format(number=number, word=word)}\n" for number in range(ROWS))
    path = write(tmp_path / "rows.csv", f"{kind.header}\n{lines}")
    command = (kind.command, str(path), f"--tenant={slug}")

    process = portal.start(*command, "--json")
    deadline = time.monotonic() + 60
    while portal.query(kind.counts, slug)[0] < ENOUGH:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, ending)
    output = process.communicate(timeout=30)

    done = portal.query(kind.counts, slug)[0]
    assert output == ("", "")
    assert process.returncode in (-ending, 128 + ending)
    assert ENOUGH <= done < ROWS
    assert done % 1_000 == 0

    with connected_to(portal.data_dir, django_db_blocker):
        again = told(*command)

    assert capfd.readouterr() == ("", "")
    assert (again[kind.outcome], again["unchanged"]) == (ROWS - done, done)
    assert portal.query(kind.counts, slug) == (ROWS, ROWS, ROWS)
