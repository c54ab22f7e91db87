"""Files of certifications, and what their rows name."""

from collections.abc import Callable

import pytest

from credentials.models import CertificationType
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.conftest import make_member
from tests.factories import certification_type

NAME = "import_certifications"
NEEDED = "member,external_source,external_id"
HEADER = (
    "member,type,external_source,external_id,source,issued_on,expires_on,issuer_name,serial_number"
)
PAIR = {"external_source": "hr", "external_id": "1"}

File = Callable[[str], str]


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    membership = make_member(acme, "ada")
    members.change(membership, by=OPERATOR, external_id="E7")
    return membership


@pytest.fixture
def first_aid(acme: Tenant) -> CertificationType:
    return certification_type(acme)


def table(*rows: str, header: str = HEADER) -> str:
    return "".join(f"{row}\n" for row in (header, *rows))


def events() -> list[tuple[str, str]]:
    found = Event.objects.filter(object_kind="certification").order_by("id")
    return list(found.values_list("action", "actor_kind"))
