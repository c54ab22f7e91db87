"""What the tests of this family are about: its people send both of their tokens."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from credentials.diplomas import links
from credentials.models import Diploma, DiplomaTitle
from tenants.models import Event, Tenant
from tests.clock import clock
from tests.conftest import Caller
from tests.factories import diploma, diploma_title

__all__ = ["clock"]

OWN, TITLES = "/api/v1/users/me/diplomas", "/api/v1/titles"
UNKNOWN = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
ATTACHMENT = {"name": "diploma.pdf", "mimeType": "application/pdf", "size": 48213}
RECORD = [
    *("id", "userId", "organizationId", "titleId", "obtainedAt", "deletedAt"),
    *("updatedAt", "createdAt"),
]


@dataclass
class Person(Caller):
    """Sends the session token beside the access token, as this family asks for."""

    def request(self, method: str, path: str, data: Any = None, **options: Any) -> Any:
        headers = {**self.both, **options.pop("headers", {})}
        return super().request(method, path, data, headers=headers, **options)


def person(caller: Caller) -> Person:
    return Person(caller.authorization, caller.user, caller.session)


@pytest.fixture
def member(member: Caller) -> Person:
    return person(member)


@pytest.fixture
def colleague(colleague: Caller) -> Person:
    return person(colleague)


@pytest.fixture
def issuer(issuer: Caller) -> Person:
    return person(issuer)


@pytest.fixture
def admin(admin: Caller) -> Person:
    return person(admin)


@pytest.fixture
def outsider(outsider: Caller) -> Person:
    return person(outsider)


@pytest.fixture
def title(acme: Tenant) -> DiplomaTitle:
    return diploma_title(acme, name="Master welder")


@pytest.fixture
def held(acme: Tenant, member: Person, title: DiplomaTitle) -> Diploma:
    """The member's."""
    return diploma(acme, member.user, title=title)


def of(user: Any) -> str:
    return f"/api/v1/users/{user.pk}/diplomas"


def told(instant: Any) -> str:
    """As this family tells it."""
    return str(instant.isoformat(timespec="milliseconds")).replace("+00:00", "Z")


def history(row: Any) -> list[str]:
    """What happened to it."""
    found = Event.objects.filter(tenant_id=row.tenant_id, object_uuid=row.uuid).order_by("id")
    return list(found.values_list("action", flat=True))


def opened(address: str, method: str) -> tuple[UUID, UUID]:
    """The tenant and the object that it names for this method."""
    path = urlsplit(address).path
    assert path.startswith("/files/")
    link = links.read(path.removeprefix("/files/"), method)
    return link.tenant, link.object
