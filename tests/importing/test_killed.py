"""An import that ends in the middle, and again from the start."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from credentials_portal import embedded_postgres
from credentials_portal.embedded_postgres import Address
from tests.importing.conftest import write

ROOT = Path(__file__).parents[2]
ROWS = 8_000
COUNTS = """
select count(*), count(distinct username),
    (select count(*) from tenants_event e
        where e.tenant_id = t.id and e.object_kind = 'usercredential')
from tenants_tenant t left join credentials_usercredential r on r.tenant_id = t.id
where t.slug = %s group by t.id
"""


class Portal:
    def __init__(self, data_dir: Path, address: Address) -> None:
        self.environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)}
        self.address = address

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
        here = self.address
        with psycopg.connect(
            host=here.host, port=here.port, user=here.user, dbname=here.name
        ) as own:
            own.execute("set local role portal_platform")
            found = own.execute(sql, parameters)
            return found.fetchone() if found.description else None


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp("portal")
    with embedded_postgres.lease(data_dir, options={"fsync": "off"}) as address:
        running = Portal(data_dir, address)
        running.run("migrate", "--verbosity=0")
        yield running


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_after_a_kill_the_same_again_makes_exactly_the_awards_of_the_file_with_one_event_each(
    portal: Portal, tmp_path: Path, ending: signal.Signals
) -> None:
    slug = ending.name.lower()
    portal.run("create_tenant", f"--slug={slug}", f"--name={slug}")
    portal.query(
        "insert into credentials_program (tenant_id, uuid, program_id, title, is_active,"
        " created_at, modified_at) select id, gen_random_uuid(), 1, 'Metalwork', true, now(), now()"
        " from tenants_tenant where slug = %s",
        slug,
    )
    lines = "".join(f"learner{number},1,awarded\n" for number in range(ROWS))
    path = write(tmp_path / "awards.csv", f"username,program_id,status\n{lines}")
    command = ("import_program_credentials", str(path), f"--tenant={slug}", "--json")

    process = portal.start(*command)
    deadline = time.monotonic() + 60
    while portal.query(COUNTS, slug)[0] < 2_000:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, ending)
    told, said = process.communicate(timeout=30)

    done = portal.query(COUNTS, slug)[0]
    assert (told, said) == ("", "")
    assert process.returncode in (-ending, 128 + ending)
    assert 2_000 <= done < ROWS
    assert done % 1_000 == 0

    again = json.loads(portal.run(*command))

    assert (again["created"], again["unchanged"]) == (ROWS - done, done)
    assert portal.query(COUNTS, slug) == (ROWS, ROWS, ROWS)
