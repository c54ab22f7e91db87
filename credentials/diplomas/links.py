"""Signed addresses of files: for one method, one object, one tenant, and a quarter of an hour."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict
from uuid import UUID

import orjson
from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes

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


class Kept(TypedDict):
    """What an address says of a stored file: of a list's many, no models are made."""

    key: str
    name: str
    content_type: str


class Addresses:
    """Those of one answer: what they share is found once, whether the store signs, key and time."""

    def __init__(self) -> None:
        self._own = store().signer(LIFETIME)
        self._signer = Signer()

    def download(self, tenant: str, diploma: str, file: Kept | None) -> str:
        """The store's own where it has one; `file` is what is stored of the diploma, if any."""
        if file and self._own:
            key = object_key(UUID(tenant), UUID(file["key"]))
            return self._own(key, Download(file["name"], file["content_type"]))
        return self._address([GET, hexadecimal(tenant), hexadecimal(diploma)])

    def upload(self, tenant: str, file: str, *, by: Actor) -> str:
        whose = (by.kind, by.user_id, by.token_id)
        return self._address([PUT, hexadecimal(tenant), hexadecimal(file), *whose])

    def _address(self, meaning: list[str | int | None]) -> str:
        token = self._signer.sign(signing.b64_encode(orjson.dumps(meaning)).decode())
        return f"{settings.PUBLIC_URL}/files/{token}"


class Signer(signing.TimestampSigner):
    """Signs as Django's does, which derives the key and looks at the clock for each signature."""

    def __init__(self) -> None:
        super().__init__(salt=SALT)
        self._keyed = salted_hmac(f"{SALT}signer", "", self.key, algorithm=self.algorithm)
        self._time = super().timestamp()

    def timestamp(self) -> str:
        return self._time

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        if key is not None:
            return super().signature(value, key)
        made = self._keyed.copy()
        made.update(force_bytes(value))
        return signing.b64_encode(made.digest()).decode()


def hexadecimal(uuid: str) -> str:
    return uuid.replace("-", "")


def download_address(tenant: UUID, diploma: UUID, file: DiplomaFile | None) -> str:
    """One by itself."""
    kept: Kept | None = None
    if file and file.key:
        kept = {"key": str(file.key), "name": file.name, "content_type": file.content_type}
    return Addresses().download(str(tenant), str(diploma), kept)


def upload_address(tenant: UUID, file: UUID, *, by: Actor) -> str:
    return Addresses().upload(str(tenant), str(file), by=by)


def read(token: str, method: str) -> Link:
    """Raises LinkRefused (403)."""
    try:
        purpose, tenant, identifier, *by = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        raise LinkRefused from None
    if purpose != ("GET" if method == "HEAD" else method):
        raise LinkRefused
    return Link(UUID(tenant), UUID(identifier), Actor(*by) if by else OPERATOR)
