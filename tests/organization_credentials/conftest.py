"""What the tests of this family are about."""

from datetime import datetime
from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tenants.models import Event, Tenant
from tests.clock import clock
from tests.conftest import Caller
from tests.factories import assertion, definition, issuer_profile

__all__ = ["clock"]

UNKNOWN = "497f6eca-6276-4993-bfeb-53cbbbba6f08"


def at(*parts: object, user: object = "me", org: object = "acme", root: str = "/api/v1") -> str:
    """The address of something below a person's path; a collection's ends in a slash."""
    return "/".join([f"{root}/credentials/orgs/{org}/users/{user}", *map(str, parts)])


LIST, ISSUERS, ASSERTIONS, SIGNALS = at(""), at("issuers", ""), at("assertions", ""), at("signals/")


@pytest.fixture
def school(acme: Tenant) -> IssuerProfile:
    return issuer_profile(acme)


@pytest.fixture
def welder(acme: Tenant, school: IssuerProfile) -> CredentialDefinition:
    return definition(acme, issuer=school)


@pytest.fixture
def held(member: Caller, welder: CredentialDefinition) -> Assertion:
    """The member's assertion."""
    return assertion("member", welder)


def result(response: Any, status: int = 200, description: str = "Ok") -> Any:
    """What the envelope of one record holds."""
    assert response.status_code == status, response.content
    answer = response.json()
    assert answer["status"] == {"success": True, "description": description}
    assert list(answer) == ["status", "result"]
    return answer["result"]


def listed(response: Any) -> list[Any]:
    """The records of a page."""
    page = result(response)
    assert list(page) == [
        *("next", "previous", "count", "data", "num_pages", "page_number", "max_page_size"),
    ]
    data: list[Any] = page["data"]
    return data


def told(instant: datetime) -> str:
    """As PostgreSQL tells it: with no more digits than it needs."""
    text = instant.isoformat().replace("+00:00", "")
    return f"{text.rstrip('0') if instant.microsecond else text}Z"


def history(row: Any) -> list[str]:
    """What happened to it."""
    found = Event.objects.filter(tenant_id=row.tenant_id, object_uuid=row.uuid).order_by("id")
    return list(found.values_list("action", flat=True))
