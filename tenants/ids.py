"""Ids: new ones, and those in paths, an integer or a uuid, each in one spelling."""

import re
import secrets
import time
from uuid import UUID

INTEGER = re.compile(r"0|[1-9][0-9]{0,18}")
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MAX_INTEGER = 2**63 - 1


def as_integer(text: str) -> int | None:
    """None for what no row can have as its id."""
    number = int(text) if INTEGER.fullmatch(text) else None
    return number if number is not None and number <= MAX_INTEGER else None


def as_uuid(text: str) -> UUID | None:
    """With its hyphens: without them some slugs are uuids too."""
    return UUID(text) if UUID_FORM.fullmatch(text) else None


def new_uuid() -> UUID:
    """Version 7 (RFC 9562): the time in milliseconds, then 74 random bits.

    Time first, so that new rows meet in the same pages of an index; nobody guesses the rest.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    high, low = random >> 62, random & (2**62 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
