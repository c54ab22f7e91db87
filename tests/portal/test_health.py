"""GET /healthz and GET /readyz"""

from typing import Any, NoReturn

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from psycopg_pool import PoolTimeout

from tests.answers import assert_problem
from tests.conftest import Caller


def test_a_process_that_answers_is_healthy_without_a_database() -> None:
    response = Caller().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_migrated_database_is_ready(anonymous: Caller) -> None:
    response = anonymous.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_a_waiting_migration_is_503(anonymous: Caller) -> None:
    MigrationRecorder.Migration.objects.filter(app="credentials").latest("id").delete()

    assert_problem(anonymous.get("/readyz"), 503, "unavailable")


@pytest.mark.parametrize("error", [OperationalError, PoolTimeout])
def test_an_unreachable_database_is_503_without_inner_text(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(self: Any) -> NoReturn:
        raise error("connection to db.example failed for user portal")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)

    response = Caller().get("/readyz")

    assert_problem(response, 503, "unavailable")
    assert "db.example" not in response.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_needs_no_host_name_and_no_tls(anonymous: Caller, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert anonymous.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
