"""GET /c/{uuid}/data: what the page shows, for programs."""

from typing import Any

import pytest

from credentials.models import Assertion, MicroCredential, UserCredential
from tests.conftest import Caller
from tests.verification.conftest import revoke

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture(autouse=True)
def address(settings: Any) -> str:
    settings.PUBLIC_URL = "https://credentials.example.org"
    return "https://credentials.example.org/c"


def test_data_of_an_award(anonymous: Caller, award: UserCredential, address: str) -> None:
    response = anonymous.get(f"/c/{award.uuid}/data")

    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {
        "uuid": str(award.uuid),
        "url": f"{address}/{award.uuid}",
        "kind": "Course certificate, verified",
        "title": "Metal Welding: Foundations",
        "holder": "Ada Lovelace",
        "issuer": "Acme",
        "organization": "Acme",
        "recorded_by": "organization",
        "issued": "2026-02-03T10:00:00Z",
        "valid_from": None,
        "expires": None,
        "status": "valid",
        "verification": None,
        "revoked": None,
        "revocation_reason": None,
        "description": None,
        "criteria_text": None,
        "criteria_url": None,
        "narrative": None,
        "evidence_url": None,
        "website_url": None,
        "document_url": None,
    }


def test_data_of_an_assertion(anonymous: Caller, welder: Assertion, address: str) -> None:
    data = anonymous.get(f"/c/{welder.uuid}/data").json()

    assert (data["issuer"], data["organization"]) == ("School of Metalwork", "Acme")
    assert data["description"] == "Joins metals by heat."
    assert data["criteria_text"] == "A seam\nof ten metres."
    assert data["criteria_url"] == "https://school.example/criteria"
    assert (data["narrative"], data["evidence_url"]) == (
        "In one go.",
        "https://school.example/seam",
    )
    assert data["document_url"] == f"{address}/{welder.uuid}/document"


def test_data_of_a_revoked_award(anonymous: Caller, award: UserCredential) -> None:
    revoke(award, "not for everyone")

    data = anonymous.get(f"/c/{award.uuid}/data").json()

    assert (data["status"], data["revoked"]) == ("revoked", "2026-05-06T07:00:00Z")
    assert data["revocation_reason"] is None


def test_data_of_a_micro_credential(anonymous: Caller, record: MicroCredential) -> None:
    record.website_url = "https://school.example/welding"
    record.save(update_fields=["website_url"])

    data = anonymous.get(f"/c/{record.uuid}/data/").json()

    assert (data["recorded_by"], data["organization"]) == ("holder", "Acme")
    assert data["issuer"] is None
    assert (data["issued"], data["valid_from"]) == ("2024-03-01T09:00:00Z",) * 2
    assert (data["expires"], data["status"]) == ("2027-03-01T09:00:00Z", "valid")
    assert data["website_url"] == "https://school.example/welding"


def test_data_gives_the_title_as_it_is_stored(anonymous: Caller, record: MicroCredential) -> None:
    record.title = "<b>a</b> & \u202eb\u202c 🦺"
    record.save(update_fields=["title"])

    assert anonymous.get(f"/c/{record.uuid}/data").json()["title"] == record.title
