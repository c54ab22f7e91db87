"""Loaded before the settings: which database the tests use, and nothing else of the environment.

With DATABASE_URL unset it is an embedded PostgreSQL of the tests' own, started by the process that
was called and shared with its workers and with any other run in this checkout.
"""

import contextlib
import os
import re
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from credentials_portal.embedded_postgres import Address, EmbeddedPostgresError, lease

DATA_DIR = Path(__file__).parents[1] / ".data" / "test"
# What a crash could lose here is made anew by every run.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
# A developer's shell may hold settings of some portal; the tests state what they need.
FOREIGN = re.compile(
    r"DEBUG|PORT|PUBLIC_URL|(SECRET_KEY|JWT_SIGNING_KEY)(_FALLBACKS)?|ALLOWED_HOSTS"
    r"|CSRF_TRUSTED_ORIGINS|TRUSTED_PROXIES|SECURE_SSL|REDIS_URL|LOG_LEVEL|MAX_BODY_BYTES"
    r"|MAX_BODY_SECONDS|STATIC_ROOT|FILES_DIR|MAX_FILE_BYTES|CLAMAV"
    r"|(THROTTLE|LOGIN|ACCESS|REFRESH|STORAGE|S3)_\w+"
)

_stack = contextlib.ExitStack()

# A shell starts background jobs with Ctrl-C ignored, and what tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL", "").strip()


def _prepare_environment() -> None:
    for name in [name for name in os.environ if FOREIGN.fullmatch(name)]:
        del os.environ[name]
    os.environ["ENVIRONMENT"] = "development"
    os.environ["DATA_DIR"] = str(DATA_DIR)
    # Without compiled code each worker and each portal that is started would compile it all again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # Two runs side by side would drop each other's databases; workers inherit their run's.
    os.environ.setdefault("TEST_RUN", f"_{os.getpid()}")


if not is_worker():
    _prepare_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    if is_worker() or not is_embedded():
        return
    try:
        address = _stack.enter_context(lease(DATA_DIR, options=FAST))
    except EmbeddedPostgresError as error:
        pytest.exit(str(error), returncode=1)
    _drop_databases_of_killed_runs(address)


def pytest_unconfigure() -> None:
    _stack.close()


def _drop_databases_of_killed_runs(address: Address) -> None:
    with psycopg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        dbname=address.name,
        autocommit=True,
    ) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
        for (name,) in names:
            run = re.fullmatch(r"test_portal_(\d+)(_\w+)?", name)
            if run and not _is_alive(int(run[1])):
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                # Another run that starts now may drop it first.
                with contextlib.suppress(psycopg.Error):
                    connection.execute(drop.format(sql.Identifier(name)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
