"""Pages as a person sees them, in headless Chromium that can reach nothing but the portal."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.external.browser import FLAGS
from tests.external.portal import Portal

pytestmark = pytest.mark.browser

DUMP = ["--virtual-time-budget=10000", "--dump-dom"]


def rendered(url: str, profile: Path) -> str:
    """The page's document after its scripts ran."""
    program = shutil.which("chromium")
    assert program, "apt-get install chromium"
    done = subprocess.run(
        [program, *FLAGS, *DUMP, f"--user-data-dir={profile}", url],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_docs_show_every_operation_with_packaged_assets(portal: Portal, tmp_path: Path) -> None:
    page = rendered(f"{portal.url}/api/v1/docs", tmp_path)

    assert "/api/v1/user-micro-credentials" in page
    assert 'class="opblock' in page
    assert "Failed to load" not in page


def test_admin_asks_for_a_password(portal: Portal, tmp_path: Path) -> None:
    page = rendered(f"{portal.url}/admin/login/", tmp_path)

    assert 'type="password"' in page
    assert "Credentials Portal" in page


def test_the_page_behind_a_problem_explains_it(portal: Portal, tmp_path: Path) -> None:
    page = rendered(f"{portal.url}/problems/not-found", tmp_path)

    assert "HTTP status 404" in page
