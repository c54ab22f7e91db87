"""Where an object lies: names of our own making, so that none from outside reaches a store."""

import re
from uuid import UUID

UUID_FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEY = re.compile(rf"(?P<tenant>{UUID_FORM})/(?P<part>[0-9a-f]{{2}})/(?P<object>{UUID_FORM})")


def object_key(tenant: UUID, identifier: UUID) -> str:
    """`<tenant>/<two digits>/<uuid>`; the last digits, which are random: the first are the time."""
    return f"{tenant}/{str(identifier)[-2:]}/{identifier}"


def is_key(text: str) -> bool:
    return parse(text) is not None


def parse(text: str) -> tuple[UUID, UUID] | None:
    """Tenant and object; None for what `object_key` would not have made."""
    found = KEY.fullmatch(text)
    if found is None:
        return None
    tenant, identifier = UUID(found["tenant"]), UUID(found["object"])
    return (tenant, identifier) if text == object_key(tenant, identifier) else None
