"""Typed readers of the environment. Each failure names the variable, never its value."""

import os
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

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
    """One of `allowed`; the first is the default."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(allowed)}.")
    return value


def database(name: str) -> dict[str, str] | None:
    """Django's connection fields from `postgresql://user:password@host:port/name`; None if unset.

    The host may be a socket directory, written as `?host=/path` in libpq's way.
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
    options = dict(pair.partition("=")[::2] for pair in url.query.split("&") if pair)
    fields = {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or options.get("host", "")),
        "PORT": port or options.get("port", ""),
    }
    if not fields["NAME"] or not fields["USER"]:
        raise ImproperlyConfigured(f"{name} must name a user and a database.")
    return fields
