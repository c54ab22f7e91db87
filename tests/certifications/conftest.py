"""What the tests of this family are about."""

from datetime import date
from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants.models import Event, Membership, Tenant
from tests.clock import clock
from tests.conftest import Caller
from tests.factories import certification, certification_type

__all__ = ["clock"]

OWN = "/api/v1/certifications"
ORGANIZATION = "/api/v1/organizations/acme/certifications"
TYPES = "/api/v1/organizations/acme/certification-types"
PAIR: dict[str, Any] = {"external_source": "hr", "external_id": "17"}


@pytest.fixture
def kind(acme: Tenant) -> CertificationType:
    return certification_type(acme)


@pytest.fixture
def held(member: Caller, acme: Tenant, kind: CertificationType) -> Certification:
    """The member's, with all that can be verified of it."""
    return certification(
        acme,
        member.user,
        type=kind.uuid,
        issued_on=date(2026, 1, 1),
        expires_on=date(2030, 1, 1),
        issuer_name="Red Cross",
        serial_number="RC-17",
        **PAIR,
    )


def membership(caller: Caller) -> Membership:
    return Membership.objects.get(user=caller.user)


def actions() -> list[str]:
    """What happened to certifications, in order."""
    found = Event.objects.filter(object_kind="certification").order_by("id")
    return list(found.values_list("action", flat=True))
