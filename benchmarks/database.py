"""A PostgreSQL of the benchmark's own, set up as the portal's."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import django
from django.core.management import call_command

from credentials_portal.connections import disconnect
from credentials_portal.embedded_postgres import lease

TEMPORARY = Path(__file__).resolve().parent.parent / ".data" / "benchmark"


@contextlib.contextmanager
def directory(named: Path | None) -> Iterator[Path]:
    """The one named, which is kept for the next run, or a temporary one."""
    if named is not None:
        yield named.resolve()
        return
    TEMPORARY.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=TEMPORARY))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[None]:
    """Start it with PostgreSQL's own settings (fsync on), migrate, and set up Django here."""
    with lease(data_dir) as address:
        os.environ.update(production(data_dir))
        os.environ["DATABASE_URL"] = (
            f"postgresql://{address.user}@/{address.name}?host={quote(address.host, safe='/')}"
        )
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        try:
            yield
        finally:
            disconnect()


def production(data_dir: Path) -> dict[str, str]:
    """The settings of production, but for limits, which would end a load test in a second."""
    return {
        "DJANGO_SETTINGS_MODULE": "credentials_portal.settings",
        "ENVIRONMENT": "production",
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": "for-measuring-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_URL": "http://127.0.0.1",
        "SECURE_SSL": "false",
        "STATIC_ROOT": str(Path(__file__).parent),
        "ACCESS_TOKEN_SECONDS": "7200",
        "LOG_LEVEL": "INFO",
        "THROTTLE_USER": "0",
        "THROTTLE_TOKEN": "0",
        "THROTTLE_ADDRESS": "0",
        "THROTTLE_SIGN_IN": "0",
    }
