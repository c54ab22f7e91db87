"""An import that ends in the middle, and again from the start."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from credentials_portal import embedded_postgres
from credentials_portal.embedded_postgres import Address
from tests.clusters import lay_out
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
# Tenants by their slugs, each with what the rows of its file need.
CATALOGUES = """
from tenants import members
from tenants.events import OPERATOR
from tenants.walls import platform_work
from tests.conftest import make_member
from tests.factories import definition, program

with platform_work():
    for slug, make in {{{made}}}.items():
        print(slug, make(members.create_tenant(slug=slug, name=slug, by=OPERATOR)))
"""


@dataclass(frozen=True)
class Kind:
    """Of rows: `made` is what they need in the database, and the word for it in each row."""

    command: str
    made: str
    header: str
    row: str
    outcome: str
    counts: str


AWARDS = Kind(
    "import_program_credentials",
    "program(tenant).program_id",
    "username,program_id,status",
    "learner{number},{word},awarded",
    "created",
    COUNTS.format(table="usercredential", name="username"),
)
ASSERTIONS = Kind(
    "import_assertions",
    "definition(tenant).uuid",
    "recipient,credential",
    "learner{number}@acme.example,{word}",
    "issued",
    COUNTS.format(table="assertion", name="identity"),
)
CERTIFICATIONS = Kind(
    "import_certifications",
    "make_member(tenant, 'ada').user.username",
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
        self.environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)}
        self.own = psycopg.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            dbname=address.name,
            autocommit=True,
        )
        self.words: dict[str, str] = {}

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

    def run(self, *words: str) -> str:
        process = self.start(*words)
        told, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
        return told

    def query(self, sql: str, *parameters: Any) -> Any:
        with self.own.transaction():
            self.own.execute("set local role portal_platform")
            return self.own.execute(sql, parameters).fetchone()

    def furnish(self) -> None:
        made = ", ".join(
            f"{slug_of(kind, ending)!r}: lambda tenant: {kind.made}" for kind, ending in ENDINGS
        )
        told = self.run("shell", "--no-imports", "-c", CATALOGUES.format(made=made))
        self.words = dict(line.split() for line in told.splitlines())


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp("portal")
    lay_out(data_dir)
    with embedded_postgres.lease(data_dir, options={"fsync": "off"}) as address:
        running = Portal(data_dir, address)
        with running.own:
            running.furnish()
            yield running


@pytest.mark.parametrize(("kind", "ending"), ENDINGS)
def test_after_a_kill_the_same_again_makes_exactly_what_the_file_says_with_one_event_each(
    portal: Portal, tmp_path: Path, kind: Kind, ending: signal.Signals
) -> None:
    slug = slug_of(kind, ending)
    word = portal.words[slug]
    lines = "".join(f"{kind.row.format(number=number, word=word)}\n" for number in range(ROWS))
    path = write(tmp_path / "rows.csv", f"{kind.header}\n{lines}")
    command = (kind.command, str(path), f"--tenant={slug}", "--json")

    process = portal.start(*command)
    deadline = time.monotonic() + 60
    while portal.query(kind.counts, slug)[0] < ENOUGH:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, ending)
    told, said = process.communicate(timeout=30)

    done = portal.query(kind.counts, slug)[0]
    assert (told, said) == ("", "")
    assert process.returncode in (-ending, 128 + ending)
    assert ENOUGH <= done < ROWS
    assert done % 1_000 == 0

    again = json.loads(portal.run(*command))

    assert (again[kind.outcome], again["unchanged"]) == (ROWS - done, done)
    assert portal.query(kind.counts, slug) == (ROWS, ROWS, ROWS)
