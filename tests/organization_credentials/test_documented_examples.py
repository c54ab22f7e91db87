"""The requests of the documents, literally but for host, key, organization, user and issuer."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test.client import MULTIPART_CONTENT

from credentials.models import CredentialDefinition, IssuerProfile
from tenants.models import Role, Tenant
from tests.conftest import Caller, make_member, with_key
from tests.factories import definition
from tests.organization_credentials.conftest import at, listed, result

# As generated from the documented schema, `issuer` apart.
BODY = {
    "credential_id": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
    "credential_url": "http://example.com",
    "name": "string",
    "credential_type": "string",
    "issued_on": "2019-08-24T14:15:22Z",
    "expires_at": "2019-08-24T14:15:22Z",
    "revoked": True,
}
JSON_TYPES = ["application/json", "application/scim+json", "*/*", "text/plain", ""]
# How clients spell the key that they were given.
SCHEMES = ["Api-Token ", "Token ", "Api-Key ", "Bearer ", ""]


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def form_of(fields: dict[str, Any], content_type: str) -> dict[str, Any]:
    if content_type == "multipart/form-data":
        return {"data": fields, "content_type": MULTIPART_CONTENT}
    return {"data": urlencode(fields), "content_type": content_type}


@pytest.fixture
def key(acme: Tenant) -> Caller:
    """An administrator's, with every scope."""
    return with_key(make_member(acme, "robot", Role.ADMIN))


@pytest.mark.parametrize("expires_at", ["2019-08-24T14:15:22Z", None])
@pytest.mark.parametrize("content_type", JSON_TYPES)
def test_example_is_served_and_its_server_made_fields_are_made_anew(
    key: Caller, school: IssuerProfile, content_type: str, expires_at: str | None
) -> None:
    sent = BODY | {"issuer": str(school.uuid), "expires_at": expires_at}

    record = result(
        key.post(at("", root="/api", user="robot"), encoded(sent), content_type=content_type),
        201,
        "Created",
    )

    made = {"credential_id", "credential_url"}
    assert {name: record[name] for name in sent} == sent | {name: record[name] for name in made}
    assert record["credential_id"] == record["entity_id"] != BODY["credential_id"]
    assert record["credential_url"].endswith(f"/orgs/acme/users/me/{record['entity_id']}")


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_example_is_served_as_a_form(key: Caller, school: IssuerProfile, content_type: str) -> None:
    sent = BODY | {"issuer": str(school.uuid)}
    form = {name: "true" if value is True else value for name, value in sent.items()}

    response = key.post(at("", root="/api", user="robot"), **form_of(form, content_type))

    record = result(response, 201, "Created")
    assert {name: record[name] for name in ("name", "issuer", "expires_at", "revoked")} == {
        name: sent[name] for name in ("name", "issuer", "expires_at", "revoked")
    }


def test_what_was_posted_can_be_put_back_and_changes_nothing(
    key: Caller, school: IssuerProfile
) -> None:
    sent = BODY | {"issuer": str(school.uuid)}
    record = result(key.post(at("", root="/api", user="robot"), sent), 201, "Created")
    path = at(record["entity_id"], root="/api", user="robot")

    assert result(key.put(path, sent), 200, "Updated") == record
    assert result(key.get(path)) == record
    assert key.delete(path).status_code == 204
    assert not CredentialDefinition.objects.filter(deleted_at=None).exists()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_key_is_taken_in_every_documented_spelling(
    key: Caller, welder: CredentialDefinition, scheme: str
) -> None:
    caller = Caller(key.authorization.replace("Api-Token ", scheme))

    for root in ("/api", "/api/v1"):
        (record,) = listed(caller.get(at("", root=root, user="robot")))
        assert record["entity_id"] == str(welder.uuid)


def test_list_reads_as_documented(key: Caller, acme: Tenant) -> None:
    for n in range(11):
        definition(acme, name=f"{n}")

    page = key.get(at("", root="/api", user="robot"), {"platform_org": "acme", "page": 2}).json()

    first = "http://testserver/api/credentials/orgs/acme/users/robot/?platform_org=acme&page=1"
    assert page["status"] == {"success": True, "description": "Ok"}
    assert {name: page["result"][name] for name in page["result"] if name != "data"} == {
        "next": None,
        "previous": first,
        "count": 11,
        "num_pages": 2,
        "page_number": 2,
        "max_page_size": 100,
    }
    assert set(BODY) | {"issuer", "entity_id"} <= set(page["result"]["data"][0])
