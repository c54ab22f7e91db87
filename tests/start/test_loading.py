"""What takes long to load is loaded by who needs it: each process starts from nothing."""

import os
import subprocess
import sys

import pytest

from tests.start.portals import CHECKOUT

NEEDLESS = {
    "redis": "a portal without REDIS_URL",
    "drf_spectacular.plumbing": "who is not asked for the OpenAPI document",
    "segno": "who shows no page with a QR code",
    "boto3": "a portal without S3_BUCKET",
    "openpyxl": "who imports no workbook",
}
LOADED = """
import sys
import django
django.setup()
from django.urls import get_resolver
from credentials_portal.wsgi import application
assert get_resolver().url_patterns
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Modules of a process that is ready to answer."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=CHECKOUT,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "DJANGO_SETTINGS_MODULE": "credentials_portal.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", NEEDLESS)
def test_nobody_loads_what_they_have_no_use_for(loaded: set[str], module: str) -> None:
    assert "credentials.core.fields" in loaded
    assert module not in loaded, f"{NEEDLESS[module]} has no use for it"
