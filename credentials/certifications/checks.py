"""Checks that find out by themselves whether a record is true, each a class in the settings.

`CERTIFICATION_CHECKS` names the classes. One that asks elsewhere must be quick and give up in time:
it runs inside the request's transaction, which holds the record.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from credentials.certifications.models import Certification
from credentials_portal.problems import Unavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """What a record says."""

    user_id: int | None  # of its subject; None for somebody who was invited and has not come
    type_title: str | None
    issued_on: date | None
    expires_on: date | None
    issuer_name: str | None
    serial_number: str | None


@dataclass(frozen=True)
class Verdict:
    """`pending` where the check cannot tell and somebody has to look."""

    status: Certification.Verification
    note: str = ""


@runtime_checkable
class Check(Protocol):
    method: str  # by which callers name it

    def verify(self, claim: Claim) -> Verdict: ...


@cache
def _loaded(names: tuple[str, ...]) -> dict[str, Check]:
    checks = {}
    for name in names:
        check = import_string(name)()
        if not isinstance(check, Check):
            raise TypeError(f"{name} is no check.")
        checks[check.method] = check
    return checks


def known() -> dict[str, Check]:
    """By their methods."""
    return _loaded(tuple(settings.CERTIFICATION_CHECKS))


def verdict(check: Check, claim: Claim) -> Verdict:
    """Raises Unavailable (503) where the check fails: then nothing is known."""
    try:
        return check.verify(claim)
    except Exception as error:
        logger.exception("check failed")
        raise Unavailable(f"The check {check.method!r} failed; try again later.") from error


@register()
def checks_load(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    try:
        methods = len(known())
    except (ImportError, AttributeError, TypeError) as error:
        return [Error(f"CERTIFICATION_CHECKS: {error}", id="credentials.E010")]
    if methods < len(settings.CERTIFICATION_CHECKS):
        return [Error("CERTIFICATION_CHECKS: two have the same method.", id="credentials.E011")]
    return []
