from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from credentials.models import Course, MicroCredential, Program, UserCredential
from tenants.models import Tenant
from tests.conftest import Caller, make_member
from tests.factories import micro_credential
from tests.verification.document import Document
from users.models import User

AWARDED = datetime(2026, 2, 3, 10, tzinfo=UTC)
Read = Callable[..., Document]


@pytest.fixture
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(acme: Tenant) -> User:
    """A member with a name."""
    user: User = make_member(acme, "ada").user
    user.first_name, user.last_name = "Ada", "Lovelace"
    user.save(update_fields=["first_name", "last_name"])
    return user


@pytest.fixture
def record(acme: Tenant, ada: User) -> MicroCredential:
    """From 1 March 2024 to 1 March 2027, both at nine."""
    return micro_credential(acme, ada)


@pytest.fixture
def welding(acme: Tenant) -> Course:
    return Course.objects.create(
        tenant=acme,
        course_id="course-v1:Acme+W1+2026",
        certificate_type=Course.CertificateType.VERIFIED,
        title="Metal Welding: Foundations",
    )


@pytest.fixture
def award(acme: Tenant, ada: User, welding: Course) -> UserCredential:
    return make_award(acme, ada, welding)


def make_award(
    tenant: Tenant, holder: User | None, certificate: Course | Program, **changes: Any
) -> UserCredential:
    """The row itself: what the page shows is the matter here, not how it came about."""
    fields: dict[str, Any] = {
        "tenant": tenant,
        "holder": holder,
        "username": holder.username if holder else "someone",
        "course" if isinstance(certificate, Course) else "program": certificate,
        "awarded_at": AWARDED,
        **changes,
    }
    return UserCredential.objects.create(**fields)


def revoke(award: UserCredential, reason: str = "") -> None:
    award.status = UserCredential.Status.REVOKED
    award.revoked_at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    award.revocation_reason = reason
    award.save(update_fields=["status", "revoked_at", "revocation_reason"])


def choose(tenant: Tenant, **settings: Any) -> None:
    tenant.settings = settings
    tenant.save(update_fields=["settings"])


@pytest.fixture
def read(anonymous: Caller) -> Read:
    """The page of a row, as anyone sees it."""

    def read(row: MicroCredential | UserCredential) -> Document:
        response = anonymous.get(f"/c/{row.uuid}")
        assert response.status_code == 200, response.content
        return Document(response.content.decode())

    return read
