"""A sealer that is killed halfway leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tenants import chain_check, sealing
from tenants.models import Tenant
from tests.tenants.test_sealing import write
from tests.together import committed_acme

pytestmark = pytest.mark.django_db(transaction=True)


acme = committed_acme


@contextmanager
def halfway(acme: Tenant) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sealed, and did not come to its commit."""
    here = connection.settings_dict
    code = f"""
import sys, psycopg
with psycopg.connect(host={here["HOST"]!r}, port={here["PORT"]!r}, user={here["USER"]!r},
        dbname={here["NAME"]!r}) as own:
    own.execute("set local role {here["USER"]}_platform")
    (head,), = own.execute("select head from tenants_chain where tenant_id = {acme.pk} for update")
    own.execute(\"\"\"insert into tenants_seal (event_id, tenant_id, place, event_hash, chain_hash)
        select id, tenant_id, 1000, row_hash, row_hash from tenants_event
        where tenant_id = {acme.pk} order by id desc limit 1\"\"\")
    print("sealed", flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"sealed\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_sealer_that_is_killed_halfway_leaves_nothing(acme: Tenant) -> None:
    sealing.seal_all()
    write(acme)

    with halfway(acme) as process:
        assert sealing.seal_all() == 0
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        # Its connection may be there for a moment longer.
        while sealing.seal_all() == 0:
            pass

    verdict = chain_check.check(acme.pk)
    assert (verdict.faults, verdict.sealed) == ([], 2)
