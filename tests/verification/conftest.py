from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from credentials.core.models import AwardedCredential, HeldCredential
from credentials.models import (
    Assertion,
    Certification,
    Course,
    MicroCredential,
    Program,
    UserCredential,
)
from tenants.models import Tenant
from tests.conftest import Caller, make_member
from tests.factories import (
    assertion,
    certification,
    certification_type,
    definition,
    issuer_profile,
    micro_credential,
)
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


@pytest.fixture
def welder(acme: Tenant, ada: User) -> Assertion:
    """With a template, and all that a page of its family may show."""
    school = issuer_profile(acme, name="School of Metalwork")
    welder = definition(
        acme,
        issuer=school,
        name="Welder",
        description="Joins metals by heat.",
        criteria_text="A seam\nof ten metres.",
        criteria_url="https://school.example/criteria",
        html_template="<h1>{{ recipient_name }}</h1>",
        css_template="h1 { color: #123456 }",
    )
    facts = {"narrative": "In one go.", "evidence_url": "https://school.example/seam"}
    return assertion("ada", welder, expires_at=datetime(2029, 1, 31, tzinfo=UTC), **facts)


@pytest.fixture
def first_aid(acme: Tenant, ada: User) -> Certification:
    """From 1 March 2024 to the end of 28 February 2027."""
    return certification(
        acme,
        ada,
        type=certification_type(acme).uuid,
        issued_on=date(2024, 3, 1),
        expires_on=date(2027, 2, 28),
        issuer_name="Red Cross",
        serial_number="RC-17",
    )


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


def revoke(award: AwardedCredential, reason: str = "") -> None:
    award.status = award.Status.REVOKED
    award.revoked_at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    award.revocation_reason = reason
    award.save(update_fields=["status", "revoked_at", "revocation_reason"])


def choose(tenant: Tenant, **settings: Any) -> None:
    tenant.settings = settings
    tenant.save(update_fields=["settings"])


@pytest.fixture
def read(anonymous: Caller) -> Read:
    """The page of a row, as anyone sees it."""

    def read(row: HeldCredential) -> Document:
        response = anonymous.get(f"/c/{row.uuid}")
        assert response.status_code == 200, response.content
        return Document(response.content.decode())

    return read
