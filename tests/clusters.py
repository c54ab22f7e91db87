"""Data directories of portals that were migrated, copied from one as databases are; and commands
of this process for a portal that is running on one."""

import contextlib
import fcntl
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from credentials_portal.connections import disconnect
from credentials_portal.embedded_postgres import address, lease
from tests.databases import ROOT, digest
from tests.postgres_plugin import DATA_DIR, FAST

DRAFT, PREFIX = "migrated-draft", "migrated-of-"
KEPT = ("postgres", "files")


def lay_out(data_dir: Path, *, demo: bool = False) -> None:
    """As `manage.py migrate` left it, or `manage.py demo` after it; no server is running."""
    with _alone():
        original = _with_demo() if demo else _migrated()
        for kept in KEPT:
            if (original / kept).is_dir():
                shutil.copytree(original / kept, data_dir / kept)


def _migrated() -> Path:
    original = DATA_DIR / f"{PREFIX}{digest()}"
    if not original.exists():
        for outdated in DATA_DIR.glob(f"{PREFIX}*"):
            shutil.rmtree(outdated)
        draft = _draft()
        with lease(draft, options=FAST):
            _run(draft, "migrate", "--verbosity=0")
        draft.rename(original)
    return original


def _with_demo() -> Path:
    migrated = _migrated()
    original = migrated.with_name(f"{migrated.name}-demo")
    if not original.exists():
        draft = _draft()
        shutil.copytree(migrated / "postgres", draft / "postgres")
        with lease(draft, options=FAST):
            _run(draft, "demo", "--json")
        draft.rename(original)
    return original


def _draft() -> Path:
    """Under another name until it is whole."""
    draft = DATA_DIR / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    return draft


def _run(data_dir: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process of all makes the original; the others wait for it."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (DATA_DIR / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def connected_to(data_dir: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """The portal of this process, on the database of that directory, which is running."""
    there, here = address(data_dir).as_settings(), connection.settings_dict
    before = {name: here[name] for name in there}
    with blocker.unblock():
        disconnect()
        here.update(there)
        try:
            yield
        finally:
            disconnect()
            here.update(before)


def told(command: str, *arguments: str) -> Any:
    """The JSON that a command prints, where its process is not what is tested.

    In no transaction, as in a process of its own: its batches are committed one by one.
    """
    printed = io.StringIO()
    call_command(command, *arguments, "--json", stdout=printed)
    return json.loads(printed.getvalue())
