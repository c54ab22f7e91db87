"""A portal behind PgBouncer in transaction mode: scopes never leak from one client to another."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from credentials_portal.embedded_postgres import lease
from tests.external.portal import Portal
from tests.factories import micro_credential_body

pytestmark = pytest.mark.pgbouncer

# Far fewer server connections than clients: every transaction may land on any of them.
CONFIGURATION = """
[databases]
* = host={host} user=portal
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
"""


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that PgBouncer's account may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def portal(open_path: Path, tmp_path: Path) -> Iterator[Portal]:
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert program, "apt-get install pgbouncer"
    with lease(open_path) as address:
        folder = Path(address.host)
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(CONFIGURATION.format(host=folder, folder=folder))
        configuration.chmod(0o644)
        # Like PostgreSQL it refuses to be root, and it is let in as PostgreSQL's own account.
        as_account = ["-u", "nobody"] if os.geteuid() == 0 else []
        pooler = subprocess.Popen(
            [program, "-q", *as_account, str(configuration)], stderr=subprocess.DEVNULL
        )
        wait_for(folder / ".s.PGSQL.6432")
        database = f"postgresql://portal@/portal?host={folder}&port=6432"
        portal = Portal(
            tmp_path / "portal",
            {"DATABASE_URL": database, "DATABASE_PREPARED_STATEMENTS": "false"},
        )
        yield portal
        portal.stop()
        pooler.terminate()
        pooler.wait(timeout=10)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def test_two_tenants_at_once_each_see_only_their_own(portal: Portal) -> None:
    keys = {}
    for slug in ("north", "south"):
        portal.command("create_tenant", "--slug", slug, "--name", slug.title())
        portal.command(
            *("create_user", "--username", f"{slug}-user", "--email", f"{slug}@portal.example"),
            *("--tenant", slug, "--role", "issuer"),
        )
        made = portal.command(
            *("create_api_token", "--tenant", slug, "--user", f"{slug}-user"),
            *("--name", "ci", "--scope", "all"),
        )
        keys[slug] = f"Api-Token {made['key']}"

    def write_and_list(number: int) -> tuple[str, set[str]]:
        slug = ("north", "south")[number % 2]
        status, _, _ = portal.call(
            "POST",
            "/api/v1/user-micro-credentials",
            micro_credential_body(title=f"{slug} {number}"),
            Authorization=keys[slug],
            Idempotency_Key=f"key-{number}",
        )
        assert status == 200
        status, _, listed = portal.call(
            "GET", "/api/v1/user-micro-credentials?limit=500", Authorization=keys[slug]
        )
        assert status == 200
        assert listed["count"] == len(listed["results"])
        return slug, {record["title"].split()[0] for record in listed["results"]}

    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(write_and_list, range(80)))

    assert all(owners == {slug} for slug, owners in seen)
    for slug, key in keys.items():
        _, _, listed = portal.call("GET", "/api/v1/user-micro-credentials", Authorization=key)
        assert listed["count"] == 40, slug
