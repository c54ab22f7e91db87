"""Secrets: strict in production, made once and kept beside the data in development."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from credentials_portal import environment

MIN_LENGTH, MIN_DISTINCT = 50, 12


def required(name: str) -> str:
    value = environment.text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set.")
    return _strong(name, value)


def former(name: str) -> list[str]:
    """Secrets that sign no more, and whose signatures are good still; a weak one is refused."""
    return [_strong(name, value) for value in environment.listing(name)]


def _strong(name: str, value: str) -> str:
    if len(value) < MIN_LENGTH or len(set(value)) < MIN_DISTINCT:
        raise ImproperlyConfigured(
            f"{name} is too weak: use at least {MIN_LENGTH} random characters."
        )
    return value


def optional(name: str, main: str) -> str:
    """A secret of its own where one is set; a weak one is refused all the same."""
    return required(name) if environment.text(name) else derived(main, name)


def kept_in(path: Path) -> str:
    """The secret in this file, made on first use; readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        # A link, not a rename: two processes that start together must agree on one secret.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def derived(secret: str, purpose: str) -> str:
    """A key for one purpose, so that no two parts of the portal share one."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()
