"""Typed readers of the environment. Each failure names the variable, never its value."""

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return value in TRUE


def integer(name: str, default: int, *, at_least: int = 0) -> int:
    value = text(name)
    try:
        number = int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None
    if number < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least}.")
    return number


def listing(name: str, default: Sequence[str] = ()) -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [item.strip() for item in text(name).split(",") if item.strip()] or list(default)


def choice(name: str, allowed: Sequence[str]) -> str:
    """One of `allowed`, in any case; the first is the default."""
    value = next((one for one in allowed if one.lower() == text(name, allowed[0]).lower()), None)
    if value is None:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(allowed)}.")
    return value


def database(name: str) -> dict[str, Any] | None:
    """Django's connection fields from `postgresql://user:password@host:port/name`; None if unset.

    Parameters (`?sslmode=require`) are libpq's; `host` may be a socket directory.
    """
    if not (value := text(name)):
        return None
    try:
        url = urlsplit(value)
        port = str(url.port or "")
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a valid URL.") from None
    if url.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must start with postgresql://.")
    # Not parse_qsl's reading of "+": a password may hold one.
    pairs = (pair.partition("=")[::2] for pair in url.query.split("&") if pair)
    options = {unquote(key): unquote(value) for key, value in pairs}
    fields = {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or options.pop("host", "")),
        "PORT": port or options.pop("port", ""),
        "OPTIONS": options,
    }
    if not fields["NAME"] or not fields["USER"]:
        raise ImproperlyConfigured(f"{name} must name a user and a database.")
    return fields


MAIL = {
    "smtp": {},
    "smtp+tls": {"EMAIL_USE_TLS": True},
    "smtps": {"EMAIL_USE_SSL": True},
}


def mail(name: str) -> dict[str, Any] | None:
    """Django's mail settings from `smtp+tls://user:password@host:587`; None if unset.

    `smtp+tls` begins in plain text and turns to TLS, `smtps` is TLS from the start.
    """
    if not (value := text(name)):
        return None
    try:
        url = urlsplit(value)
        port = url.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a valid URL.") from None
    if url.scheme not in MAIL:
        raise ImproperlyConfigured(f"{name} must start with one of: {', '.join(MAIL)}; then ://.")
    if not url.hostname:
        raise ImproperlyConfigured(f"{name} must name a host.")
    return {
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[url.scheme],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        **MAIL[url.scheme],
    }


S3_FIELDS = (
    "bucket",
    "endpoint_url",
    "public_endpoint_url",
    "region",
    "access_key_id",
    "secret_access_key",
)


def s3(prefix: str) -> tuple[tuple[str, str], ...] | None:
    """What is told of an S3-compatible store; None without a bucket."""
    told = {name: text(f"{prefix}{name.upper()}") for name in S3_FIELDS}
    if not told["bucket"]:
        return None
    for name in ("endpoint_url", "public_endpoint_url"):
        if told[name] and urlsplit(told[name]).scheme not in {"http", "https"}:
            raise ImproperlyConfigured(
                f"{prefix}{name.upper()} must start with http:// or https://."
            )
    if bool(told["access_key_id"]) != bool(told["secret_access_key"]):
        raise ImproperlyConfigured(
            f"{prefix}ACCESS_KEY_ID and {prefix}SECRET_ACCESS_KEY go together."
        )
    return tuple(told.items())


def scanner(name: str) -> SplitResult | None:
    """A ClamAV daemon, `tcp://host:3310` or `unix:///run/clamd.socket`; None if unset."""
    if not (value := text(name)):
        return None
    try:
        url = urlsplit(value)
        is_whole = url.hostname and url.port if url.scheme == "tcp" else url.path
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a valid URL.") from None
    if url.scheme not in {"tcp", "unix"} or not is_whole:
        raise ImproperlyConfigured(f"{name} must read tcp://host:port or unix:///path.")
    return url
