"""Data directories of portals that were migrated: copied from one, as databases are."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from credentials_portal.embedded_postgres import lease
from tests.databases import ROOT, digest
from tests.postgres_plugin import DATA_DIR, FAST

DRAFT, PREFIX = "migrated-draft", "migrated-of-"


def lay_out(data_dir: Path) -> None:
    """As `manage.py migrate` left it, with no server running."""
    original = DATA_DIR / f"{PREFIX}{digest()}"
    with _alone():
        if not original.exists():
            for outdated in DATA_DIR.glob(f"{PREFIX}*"):
                shutil.rmtree(outdated)
            _make(original)
        shutil.copytree(original / "postgres", data_dir / "postgres")


def _make(original: Path) -> None:
    draft = DATA_DIR / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    with lease(draft, options=FAST):
        migrated = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "DATA_DIR": str(draft)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (migrated.returncode, migrated.stdout, migrated.stderr) == (0, "", "")
    draft.rename(original)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process of all makes the original; the others wait for it."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (DATA_DIR / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
