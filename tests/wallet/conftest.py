"""One credential of each kind, and how a page is read."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from credentials.models import Certification, DiplomaTitle
from tenants.models import Tenant
from tests.conftest import Caller
from tests.factories import (
    assertion,
    award,
    certification,
    certification_type,
    definition,
    diploma,
    diploma_title,
    micro_credential,
    program,
)

OWN, SEARCH = "/api/v1/users/me/credentials", "/api/v1/credentials"
UNKNOWN = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
KINDS = [
    *("micro_credential", "program_credential", "organization_credential"),
    *("certification", "diploma"),
]
FIELDS = [
    *("kind", "uuid", "title", "issuer", "status"),
    *("issued_at", "expires_at", "public_url"),
]
Read = Callable[..., list[dict[str, Any]]]


def of(user: Any) -> str:
    return f"/api/v1/users/{user.pk}/credentials"


def listed(caller: Caller, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    while True:
        response = caller.get(path, query)
        assert response.status_code == 200, response.content
        answer = response.json()
        found += answer["data"]
        if not answer["page"]["has_more"]:
            assert answer["page"]["next_cursor"] is None
            return found
        query["cursor"] = answer["page"]["next_cursor"]


def uuids(items: list[dict[str, Any]]) -> list[str]:
    return [item["uuid"] for item in items]


def hold_one_each(acme: Tenant, user: Any, number: int = 1) -> list[Any]:
    """In the order of the kinds, which is that in which they are recorded."""
    return [
        micro_credential(
            acme,
            user,
            title=f"Soldering {number}",
            issued_at=datetime(2026, 1, 1, 9, tzinfo=UTC),
            expires_at=datetime(2090, 1, 1, 9, tzinfo=UTC),
        ),
        award(user.username, program(acme, program_id=number, title=f"Metalwork {number}")),
        assertion(user.username, definition(acme, name=f"Welder {number}")),
        certified(acme, user, number),
        diploma(
            acme,
            user,
            title=named_title(acme, f"Master smith {number}"),
            obtained_at=datetime(2020, 6, 30, tzinfo=UTC),
        ),
    ]


def certified(acme: Tenant, user: Any, number: int, **changes: Any) -> Certification:
    kind = certification_type(acme, slug=f"first-aid-{number}", title=f"First aid {number}")
    facts: dict[str, Any] = {
        "issued_on": date(2026, 1, 1),
        "expires_on": date(2090, 1, 1),
        "issuer_name": "Red Cross",
        "serial_number": f"RC-{number}",
    }
    return certification(acme, user, type=kind.uuid, **(facts | changes))


def named_title(acme: Tenant, name: str) -> DiplomaTitle:
    known = DiplomaTitle.objects.filter(tenant_id=acme.pk, name=name).first()
    return known or diploma_title(acme, name=name)


@pytest.fixture
def held(acme: Tenant, member: Caller) -> list[Any]:
    """The member's, one of each kind."""
    return hold_one_each(acme, member.user)
