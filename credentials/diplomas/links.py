"""Signed addresses of files: for one method, one object, one tenant, and a quarter of an hour."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing

from credentials.diplomas.models import DiplomaFile
from credentials.storage.base import Download
from credentials.storage.configured import store
from credentials.storage.keys import object_key
from credentials_portal.problems import Forbidden
from tenants.events import OPERATOR, Actor

SALT = "diploma-file"
LIFETIME = timedelta(minutes=15)
GET, PUT = "GET", "PUT"


class LinkRefused(Forbidden):
    detail = "This address was changed, has expired, or is for another method; ask for a new one."


@dataclass(frozen=True)
class Link:
    """What an address is for: GET what a diploma has, PUT what one announced file awaits."""

    tenant: UUID
    object: UUID
    by: Actor = OPERATOR  # who was given it, to PUT


class Kept(NamedTuple):
    """What an address says of a stored file: of a list's many, no models are made."""

    key: UUID
    name: str
    content_type: str


def download_address(tenant: UUID, diploma: UUID, file: DiplomaFile | Kept | None) -> str:
    """The store's own where it has one; `file` is what is stored of the diploma, if anything is."""
    if file and file.key:
        key, download = object_key(tenant, file.key), Download(file.name, file.content_type)
        own = store().download_url(key, download, LIFETIME)
        if own is not None:
            return own
    return _address([GET, tenant.hex, diploma.hex])


def upload_address(tenant: UUID, file: UUID, *, by: Actor) -> str:
    return _address([PUT, tenant.hex, file.hex, by.kind, by.user_id, by.token_id])


def read(token: str, method: str) -> Link:
    """Raises LinkRefused (403)."""
    try:
        purpose, tenant, identifier, *by = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        raise LinkRefused from None
    if purpose != ("GET" if method == "HEAD" else method):
        raise LinkRefused
    return Link(UUID(tenant), UUID(identifier), Actor(*by) if by else OPERATOR)


def _address(meaning: list[str | int | None]) -> str:
    return f"{settings.PUBLIC_URL}/files/{signing.dumps(meaning, salt=SALT)}"
