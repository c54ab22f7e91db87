"""Processes that use an embedded PostgreSQL, and how to look at it from outside."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

CHECKOUT = Path(__file__).parents[2]
# Nothing here outlives the test; the machine's own crash is not what is tested.
FAST = {"fsync": "off", "shared_buffers": "16MB"}
# Looks up now and then: a signal that comes just before a read begins does not end the read.
HOLDER = f"""
import select
import sys
from pathlib import Path
from credentials_portal.embedded_postgres import lease
try:
    with lease(Path(sys.argv[1]), options={FAST!r}):
        print("holds", flush=True)
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            pass
except KeyboardInterrupt:
    sys.exit(130)
"""


@contextlib.contextmanager
def holder(data_dir, env=None):
    """A process that holds a lease until its input ends."""
    process = start_holder(data_dir, env)
    try:
        assert process.stdout.readline() == "holds\n"
        yield process
    finally:
        process.communicate(timeout=20)


def start_holder(data_dir, env=None) -> Any:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=env,
        start_new_session=True,
    )


def servers(data_dir):
    """The pids of the postmasters of this data directory."""
    mark = os.fsencode(f"-D\0{data_dir}/postgres\0")
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def ask(here, query):
    with psycopg.connect(host=here.host, port=here.port, user=here.user, dbname=here.name) as c:
        return c.execute(query).fetchone()
