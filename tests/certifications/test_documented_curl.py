"""The documented command works as printed, but for host, token and ids, on a real server."""

from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role
from tenants.walls import platform_work
from tests.certifications.conftest import membership
from tests.certifications.role_factories import shown
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.curl import curl
from tests.factories import certification_type

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = """
curl -X POST 'https://HOST/v1/certifications' \\
  -H 'Authorization: Bearer TOKEN' \\
  -H 'Content-Type: application/json' \\
  -d '{"organization_member_id": "MEMBER", "external_id": "17", "external_source": "hr",
       "certification_type_id": "TYPE", "source": "manual", "issued_on": "2023-12-25",
       "expires_on": "2999-12-25", "issuer_name": "Red Cross", "serial_number": "RC-17"}'
"""
LIST = """
curl 'https://HOST/v1/certifications?limit=10' -H 'Authorization: Bearer TOKEN'
"""


@pytest.fixture
def ada(db: None) -> Membership:
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        return make_member(acme, "ada")


@pytest.fixture
def kind(ada: Membership) -> CertificationType:
    with platform_work():
        return certification_type(ada.tenant)


@pytest.fixture
def token(ada: Membership) -> str:
    return sign_in(ada).authorization.removeprefix("Bearer ")


@pytest.mark.parametrize("mount", ["/v1/", "/api/v1/", "/v1/certifications/?"])
def test_a_record_is_created_with_201_and_all_its_fields(
    live_server: Any, token: str, ada: Membership, kind: CertificationType, mount: str
) -> None:
    path = mount if mount.endswith("?") else f"{mount}certifications"
    command = CREATE.replace("/v1/certifications", path)

    answer = curl(command, live_server.url, TOKEN=token, MEMBER=ada.uuid, TYPE=kind.uuid)

    assert (answer.status, answer.content_type) == (201, "application/json")
    assert list(answer.json) == ["data"]
    assert list(answer.json["data"].items()) == documented(ada, kind)


def documented(ada: Membership, kind: CertificationType) -> list[tuple[str, Any]]:
    """The object of the contract, for the one record that there is."""
    with platform_work():
        row = Certification.objects.get()
    made = shown(row.created_at)
    named = {"id": str(kind.uuid), "slug": "first-aid", "title": "First aid", "status": "active"}
    return [
        ("id", str(row.uuid)),
        ("organization_id", str(ada.tenant.uuid)),
        ("organization_member_id", str(ada.uuid)),
        ("user_id", str(ada.user.uuid)),
        ("external_id", "17"),
        ("external_source", "hr"),
        ("certification_type_id", str(kind.uuid)),
        ("lifecycle_status", "active"),
        ("source", "manual"),
        ("issued_on", "2023-12-25"),
        ("expires_on", "2999-12-25"),
        ("issuer_name", "Red Cross"),
        ("serial_number", "RC-17"),
        ("verification_status", "unverified"),
        ("validity_status", "valid"),
        ("verification_method", None),
        ("last_verified_at", None),
        ("created_at", made),
        ("updated_at", made),
        ("certification_type", named),
    ]


@pytest.mark.parametrize("spelling", ["Bearer ", "Api-Token ", "Token ", "Api-Key ", ""])
def test_an_api_token_does_in_every_documented_spelling(
    live_server: Any, ada: Membership, kind: CertificationType, spelling: str
) -> None:
    with platform_work():
        key = with_key(ada, "certifications:write").authorization.removeprefix("Api-Token ")
    ids = {"TOKEN": key, "MEMBER": ada.uuid, "TYPE": kind.uuid}

    answer = curl(CREATE.replace("Bearer ", spelling), live_server.url, **ids)

    assert (answer.status, answer.json["data"]["user_id"]) == (201, str(ada.user.uuid))


def test_records_are_listed(
    live_server: Any, token: str, ada: Membership, kind: CertificationType
) -> None:
    ids = {"TOKEN": token, "MEMBER": ada.uuid, "TYPE": kind.uuid}
    made = curl(CREATE, live_server.url, **ids)

    listed = curl(LIST, live_server.url, TOKEN=token)

    assert listed.status == 200
    assert listed.json == {
        "data": [made.json["data"]],
        "page": {"next_cursor": None, "has_more": False},
    }


def test_an_issuer_records_for_the_member_at_the_organization(
    live_server: Any, ada: Membership, kind: CertificationType
) -> None:
    with platform_work():
        issuer: Caller = sign_in(make_member(ada.tenant, "issuer", Role.ISSUER))
        assert membership(issuer).pk != ada.pk
    command = CREATE.replace("/v1/", f"/v1/organizations/{ada.tenant.uuid}/")
    token = issuer.authorization.removeprefix("Bearer ")

    answer = curl(command, live_server.url, TOKEN=token, MEMBER=ada.uuid, TYPE=kind.uuid)

    assert (answer.status, answer.json["data"]["user_id"]) == (201, str(ada.user.uuid))
