"""Wherever the checkout and its data lie, the embedded PostgreSQL runs, and opens nothing."""

import os
import shutil
from pathlib import Path

import pytest

from credentials_portal import embedded_postgres, postgres_server
from credentials_portal.embedded_postgres import EmbeddedPostgresError, address, lease
from tests.start.holders import FAST, ask, servers


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(tmp_path):
    long = tmp_path / ("d" * 60) / ("e" * 60)

    with lease(long, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

        assert len(here.host) < 80
        assert Path(here.host).stat().st_mode & 0o777 == 0o700
        assert address(long) == here

    assert not Path(here.host).exists()


@pytest.mark.parametrize("name", ["a,b", "with space", 'quo"te', "ünï"])
def test_any_name_of_a_directory_will_do(tmp_path, name):
    with lease(tmp_path / name, options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)


def test_a_directory_closed_to_all_others_will_do_and_stays_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with lease(closed / "data", options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)

    assert servers(closed / "data") == []
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == os.geteuid()


def test_programs_in_a_directory_closed_to_all_others_run_too(tmp_path, monkeypatch):
    package = postgres_server.PACKAGE
    installed = postgres_server.find_programs().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    unused = shutil.ignore_patterns("pginstall", "include", "__pycache__")
    shutil.copytree(installed, closed / package, ignore=unused)
    if (libraries := installed.with_name(f"{package}.libs")).exists():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.syspath_prepend(closed)

    with lease(closed / "data", options=FAST) as here:
        assert ask(here, "SELECT 1") == (1,)
        (pid,) = servers(closed / "data")
        assert Path(f"/proc/{pid}/exe").readlink().is_relative_to(closed)

    assert servers(closed / "data") == []


def test_a_link_laid_in_the_place_of_the_short_directory_is_refused(tmp_path):
    long = tmp_path / ("d" * 120)
    target = tmp_path / "target"
    target.mkdir()
    place = Path(address(long).host)
    place.symlink_to(target)

    try:
        with pytest.raises(EmbeddedPostgresError, match=place.name), lease(long, options=FAST):
            pass
    finally:
        place.unlink()

    assert list(target.iterdir()) == []
    assert servers(long) == []


def test_an_address_is_computed_without_touching_the_disk(tmp_path):
    here = embedded_postgres.address(tmp_path / "portal")

    assert here.as_settings() == {
        "HOST": str(tmp_path / "portal" / "run"),
        "PORT": "5432",
        "USER": "portal",
        "NAME": "portal",
    }
    assert not (tmp_path / "portal").exists()
