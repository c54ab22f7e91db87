"""Settings come from the environment; a bad one stops the start and names its variable."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from credentials_portal import settings as loaded

SETTINGS = str(Path(str(loaded.__file__)))
STRONG = "wQ7fJ0zR2mXkV9bT4nLhC6yD1sPgU8eAoi3K5WrHxNtBjZqMvYcGdFlSaEup"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "credentials.example, www.credentials.example",
    "PUBLIC_URL": "https://credentials.example/",
    "DATABASE_URL": "postgresql://portal:hunter2@db.example/portal",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def read(**environment: str) -> dict[str, Any]:
    """The settings as they would be with these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return runpy.run_path(SETTINGS)


def refusal(**environment: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**environment)
    return str(refused.value)


def test_production_starts_with_all_that_it_needs() -> None:
    settings = read(**PRODUCTION)

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["credentials.example", "www.credentials.example"]
    assert settings["PUBLIC_URL"] == "https://credentials.example"
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["EMBEDDED_POSTGRES"] is False


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL"])
@pytest.mark.parametrize("value", ["", "  "])
def test_production_refuses_a_missing_variable_by_name(name: str, value: str) -> None:
    assert name in refusal(**PRODUCTION | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "secret"),
        ("SECRET_KEY", STRONG[:49]),
        ("SECRET_KEY", "a" * 100),
        ("SECRET_KEY", "abcdefghijk" * 10),
        ("JWT_SIGNING_KEY", "x"),
        ("JWT_SIGNING_KEY", "0" * 64),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "credentials.example,*"),
        ("ALLOWED_HOSTS", ","),
        ("DEBUG", "true"),
        ("DEBUG", "1"),
    ],
)
def test_production_refuses_a_weak_value_by_name_and_keeps_it_to_itself(
    name: str, value: str
) -> None:
    message = refusal(**PRODUCTION | {name: value})

    assert name in message
    assert len(value) < 8 or value not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("DEBUG", "perhaps"),
        ("SECURE_SSL", "2"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("MAX_BODY_BYTES", "1MB"),
        ("ACCESS_TOKEN_SECONDS", "0"),
        ("REFRESH_TOKEN_DAYS", "1.5"),
        ("LOGIN_FAILURE_LIMIT", "0"),
        ("LOGIN_LOCK_MINUTES", "none"),
        ("THROTTLE_USER", "-5"),
        ("DATABASE_POOL_SIZE", "many"),
        ("DATABASE_PREPARED_STATEMENTS", "sometimes"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://portal:hunter2@db.example/portal"),
        ("DATABASE_URL", "postgresql://portal:hunter2@db.example"),
        ("DATABASE_URL", "postgresql://db.example/portal?password=hunter2"),
        ("DATABASE_URL", "postgresql://portal:hunter2@db.example:port/portal"),
        ("DATABASE_URL", "postgresql://portal:hunter2@[::1/portal"),
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_URL", "http://portal:hunter2@mail.example"),
        ("EMAIL_URL", "smtp://portal:hunter2@mail.example:port"),
        ("EMAIL_URL", "smtps://"),
    ],
)
def test_a_malformed_value_is_refused_by_name_everywhere(name: str, value: str) -> None:
    for environment in ({}, PRODUCTION):
        message = refusal(**environment | {name: value})

        assert name in message
        assert "hunter2" not in message


def test_development_needs_nothing_and_keeps_its_secret(tmp_path: Path) -> None:
    first, second = read(), read()

    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    kept = tmp_path / "data" / "secret_key"
    assert kept.stat().st_mode & 0o077 == 0
    assert first["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert first["EMBEDDED_POSTGRES"] is True
    assert first["DATABASES"]["default"]["HOST"].startswith("/")


def test_development_listens_to_no_other_host() -> None:
    assert "*" not in read()["ALLOWED_HOSTS"]
    assert read()["DEBUG"] is False


def test_tokens_have_a_key_of_their_own() -> None:
    derived = read(**PRODUCTION)["SIMPLE_JWT"]["SIGNING_KEY"]
    own = STRONG[::-1]

    assert derived != STRONG
    assert len(derived) >= 64
    assert read(**PRODUCTION, JWT_SIGNING_KEY=own)["SIMPLE_JWT"]["SIGNING_KEY"] == own


def test_the_forwarded_protocol_is_believed_only_behind_a_proxy() -> None:
    assert "SECURE_PROXY_SSL_HEADER" not in read(**PRODUCTION)
    assert read(**PRODUCTION, TRUSTED_PROXIES="1")["SECURE_PROXY_SSL_HEADER"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://portal:p%40ss%2Fword+@db.example:6432/por%20tal",
            ("db.example", "6432", "portal", "p@ss/word+", "por tal", {}),
        ),
        (
            "postgres://portal@/portal?host=%2Frun%2Fpostgresql&port=5433",
            ("/run/postgresql", "5433", "portal", "", "portal", {}),
        ),
        (
            "postgresql://portal@[::1]/portal?sslmode=verify-full&application_name=a%20b",
            (
                "::1",
                "",
                "portal",
                "",
                "portal",
                {"sslmode": "verify-full", "application_name": "a b"},
            ),
        ),
    ],
)
def test_the_database_is_where_its_url_says(url: str, expected: tuple[Any, ...]) -> None:
    database = read(DATABASE_URL=url)["DATABASES"]["default"]

    named = (database[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME"))
    *fields, parameters = expected
    assert list(named) == fields
    assert parameters.items() <= database["OPTIONS"].items()
    assert "pool" in database["OPTIONS"]


@pytest.mark.parametrize(("value", "level"), [("debug", "DEBUG"), ("Warning", "WARNING")])
def test_the_log_level_is_read_in_any_case(value: str, level: str) -> None:
    assert read(LOG_LEVEL=value)["LOGGING"]["root"]["level"] == level


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", {})),
        (
            "smtp+tls://portal%40x:p%2Fw@mail.example",
            ("mail.example", 587, "portal@x", "p/w", {"EMAIL_USE_TLS": True}),
        ),
        (
            "smtps://portal:pw@mail.example:4650",
            ("mail.example", 4650, "portal", "pw", {"EMAIL_USE_SSL": True}),
        ),
    ],
)
def test_a_mail_server_is_named_by_its_address(url: str, expected: Any) -> None:
    settings = read(**PRODUCTION, EMAIL_URL=url)

    *named, encrypted = expected
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
    assert [settings[name] for name in names] == named
    assert {name: settings[name] for name in settings if name.startswith("EMAIL_USE")} == encrypted
    assert settings["EMAIL_BACKEND"].endswith(".smtp.EmailBackend")
    assert settings["SENDS_MAIL"] is True
    assert settings["DEFAULT_FROM_EMAIL"] == "credentials-portal@credentials.example"


def test_without_a_mail_server_development_shows_mail_and_production_sends_none() -> None:
    assert read()["SENDS_MAIL"] is True
    assert read()["EMAIL_BACKEND"] == "credentials_portal.console_mail.EmailBackend"
    assert read(**PRODUCTION)["SENDS_MAIL"] is False
