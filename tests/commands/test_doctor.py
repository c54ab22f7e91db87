"""What `doctor` finds well, and each illness with its advice."""

import io
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from credentials import demo
from credentials.doctor import database, surroundings
from credentials.storage.configured import store
from credentials_portal import environment
from credentials_portal.health import needed_migrations
from tenants import walls
from tenants.idempotency import StoredAnswer
from tenants.models import Tenant
from tests.commands.conftest import call
from tests.conftest import Caller
from tests.factories import micro_credential

STRONG = "wQ7fJ0zR2mXkV9bT4nLhC6yD1sPgU8eAoi3K5WrHxNtBjZqMvYcGdFlSaEup"
NAMES = [
    *("database", "migrations", "clock", "daily_work", "sealing", "secrets"),
    *("storage", "disk", "mail", "counters", "scanning"),
]


@pytest.fixture(autouse=True)
def _well(platform: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A healthy portal in production."""
    settings.FILES_DIR = settings.DATA_DIR = tmp_path
    settings.PRODUCTION, settings.SECRET_KEY, settings.SECURE_SSL = True, STRONG, True
    settings.PUBLIC_URL = "https://portal.example"
    settings.MAIL_SERVER = {"EMAIL_HOST": "mail.example"}
    room = SimpleNamespace(free=10 * surroundings.GIBIBYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_HOST = "mail.example"


def examined() -> tuple[dict[str, dict[str, str]], int]:
    """The findings by name, and the exit code."""
    printed, code = io.StringIO(), 0
    with walls.work(walls.NOBODY):
        try:
            call_command("doctor", "--json", stdout=printed)
        except SystemExit as ended:
            code = int(str(ended.code))
    told = json.loads(printed.getvalue())
    assert told["is_well"] is (code == 0)
    return {each["name"]: each for each in told["findings"]}, code


def found(name: str) -> tuple[str, str, str]:
    each = examined()[0][name]
    return each["verdict"], each["text"], each["advice"]


def test_a_healthy_portal_is_ok_in_every_part() -> None:
    told, code = examined()

    assert list(told) == NAMES
    assert {each["verdict"] for each in told.values()} == {"ok"}
    assert {each["advice"] for each in told.values()} == {""}
    assert code == 0
    assert list(store().objects()) == []


def test_people_read_a_line_for_each_part() -> None:
    lines = call("doctor").splitlines()

    assert [line.split()[:2] for line in lines] == [["ok", name] for name in NAMES]


def test_migrations_that_wait_or_are_unknown_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = needed_migrations()
    monkeypatch.setattr(database, "needed_migrations", lambda: needed | {("users", "9999_new")})
    assert found("migrations") == (
        "fail",
        "1 migrations wait",
        "Run: python manage.py migrate",
    )
    last = max(name for app, name in needed if app == "users")
    monkeypatch.setattr(database, "needed_migrations", lambda: needed - {("users", last)})
    verdict, text, _ = found("migrations")
    assert (verdict, text) == ("fail", f"the database is of a newer version of the portal ({last})")


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0.5, "ok"), (2, "warn"), (-2, "warn"), (31, "fail"), (-3600, "fail")]
)
def test_clocks_apart_are_told(
    monkeypatch: pytest.MonkeyPatch, seconds: float, verdict: str
) -> None:
    class Elsewhere(database.datetime):  # type: ignore[misc,name-defined]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + timedelta(seconds=seconds)

    monkeypatch.setattr(database, "datetime", Elsewhere)

    assert found("clock")[0] == verdict


def test_what_nobody_prunes_is_told(acme: Tenant) -> None:
    StoredAnswer.objects.create(
        tenant=acme,
        user_id=1,
        operation="POST",
        key="k",
        payload_hash=b"",
        status=200,
        content_type="application/json",
        body=b"{}",
        created_at=timezone.now() - timedelta(days=4),
    )

    assert found("daily_work")[::2] == ("warn", "Run once a day: python manage.py prune")


def test_a_history_that_nobody_seals_is_told(
    acme: Tenant, member: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    micro_credential(acme, member.user)
    assert found("sealing")[0] == "ok"

    monkeypatch.setattr(database, "UNSEALED", timedelta(hours=-1))

    assert found("sealing")[::2] == ("warn", "Run now and then: python manage.py seal_events")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("DEBUG", True, "DEBUG shows inner texts to strangers"),
        ("SECRET_KEY", "short", "SECRET_KEY has less than 50 random characters"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY has less than 50 random characters"),
        ("SECURE_SSL", False, "PUBLIC_URL or SECURE_SSL allows requests without TLS"),
        ("PUBLIC_URL", "http://a.b", "PUBLIC_URL or SECURE_SSL allows requests without TLS"),
    ],
)
def test_a_weak_setting_fails_in_production(
    settings: Any, name: str, value: Any, text: str
) -> None:
    setattr(settings, name, value)

    told, code = examined()

    assert (told["secrets"]["verdict"], told["secrets"]["text"], code) == ("fail", text, 1)


def test_development_is_told_and_no_failure(settings: Any) -> None:
    settings.PRODUCTION = False

    assert found("secrets")[:2] == ("warn", "ENVIRONMENT is development")


def test_the_demo_in_production_fails(settings: Any) -> None:
    settings.PRODUCTION = False
    demo.load()
    settings.PRODUCTION = True

    assert found("secrets")[:2] == (
        "fail",
        "the demo's accounts, whose passwords everyone knows, are here",
    )


@pytest.mark.parametrize(("free", "verdict"), [(2.0, "ok"), (0.9, "warn"), (0.1, "fail")])
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, free: float, verdict: str) -> None:
    room = SimpleNamespace(free=int(free * surroundings.GIBIBYTE))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)

    assert found("disk")[0] == verdict


def test_a_store_that_takes_nothing_fails(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "a file").write_text("")
    settings.FILES_DIR = tmp_path / "a file" / "files"

    verdict, text, advice = found("storage")

    assert verdict == "fail"
    assert "a file" in text
    assert advice.startswith("See FILES_DIR or the S3_ settings")


def test_no_mail_server_is_told_and_a_dead_one_fails(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    verdict, text, advice = found("mail")
    assert (verdict, advice) == ("fail", "See EMAIL_URL.")
    assert "refused" in text

    settings.MAIL_SERVER = None
    assert found("mail")[:2] == ("warn", "no mail is sent")


def test_a_cache_that_is_away_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "cache", RedisCache("redis://127.0.0.1:1", {}))

    assert found("counters")[::2] == ("fail", "See REDIS_URL.")


@contextmanager
def daemon(answer: bytes) -> Iterator[int]:
    """Takes a stream as clamd does, and says this."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    received = b""
                    while not received.endswith(b"\0\0\0\0"):
                        received += client.recv(4096)
                    client.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_the_scanner_is_asked_where_there_is_one(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer, verdict in ((b"stream: OK\0", "ok"), (b"stream: Doubt FOUND\0", "fail")):
        with daemon(answer) as port:
            monkeypatch.setenv("CLAMAV", f"tcp://127.0.0.1:{port}")
            settings.CLAMAV = environment.scanner("CLAMAV")
            assert found("scanning")[0] == verdict
    assert found("scanning")[::2] == ("fail", "See CLAMAV, and whether clamd runs.")


def test_without_a_database_the_rest_is_looked_at_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = connection.get_connection_params() | {"host": "127.0.0.1", "port": 1}
    monkeypatch.setattr(connection, "get_connection_params", lambda: away)

    told, code = examined()

    assert code == 1
    assert {name for name in NAMES if told[name]["verdict"] == "fail"} == {
        *("database", "migrations", "clock", "daily_work", "sealing", "secrets")
    }
    assert told["migrations"]["text"] == "the database cannot be asked"
    assert "refused" in told["database"]["text"]
