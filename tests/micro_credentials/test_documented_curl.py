"""The documented commands work as printed, but for host and token, through a real server."""

from datetime import datetime
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership
from tenants.walls import platform_work
from tests.conftest import PASSWORD, make_member, sign_in, with_key
from tests.curl import curl
from tests.factories import micro_credential
from users import people
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = """
curl -X POST 'https://HOST/api/v1/user-micro-credentials' \\
  -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer TOKEN' \\
  -d '{"title": "string", "issued": "1990-01-01T00:00:00Z", "expires": "1990-01-01T00:00:00Z",
       "website_url": "https://example.com"}'
"""
LIST = """
curl 'https://HOST/api/v1/user-micro-credentials?offset=0&limit=10&sort_field=id' \\
  -H 'Authorization: Bearer TOKEN'
"""
READ = """
curl -X GET 'https://HOST/api/v1/user-micro-credential/ID' -H 'Authorization: Bearer TOKEN'
"""
READ_PUBLIC = """
curl -X GET 'https://HOST/api/v1/public/user-micro-credential/ID' -H 'Accept: application/json'
"""
REPLACE = """
curl -X PUT 'https://HOST/api/v1/user-micro-credential/ID' \\
  -H 'Content-Type: application/json' -H 'Authorization: Bearer TOKEN' \\
  -d '{"title": "other", "issued": "1990-01-01T00:00:00Z", "expires": "1991-01-01T00:00:00Z"}'
"""
CHANGE = """
curl -X PATCH 'https://HOST/api/v1/user-micro-credential/ID' \\
  -H 'Content-Type: application/json' -H 'Authorization: Bearer TOKEN' -d '{"title": "again"}'
"""
DELETE = """
curl -X DELETE 'https://HOST/api/v1/user-micro-credential/ID' -H 'Authorization: Bearer TOKEN'
"""
SIGN_IN = """
curl -X POST 'https://HOST/api/v1/token' -H 'Content-Type: application/json' \\
  -d '{"username": "ada", "password": "PASSWORD"}'
"""


@pytest.fixture
def ada(db: None) -> Membership:
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        return make_member(acme, "ada")


@pytest.fixture
def token(ada: Membership) -> str:
    return sign_in(ada).authorization.removeprefix("Bearer ")


@pytest.fixture
def record(ada: Membership) -> MicroCredential:
    with platform_work():
        return micro_credential(ada.tenant, ada.user)


def test_a_record_is_created_with_200(live_server: Any, token: str, ada: Membership) -> None:
    answer = curl(CREATE, live_server.url, TOKEN=token)

    assert (answer.status, answer.content_type) == (200, "application/json")
    with platform_work():
        row = MicroCredential.objects.get()
    assert answer.json == {
        "id": row.pk,
        "uuid": str(row.uuid),
        "tenant_id": ada.tenant_id,
        "user_id": ada.user_id,
        "title": "string",
        "issued": "1990-01-01T00:00:00Z",
        "expires": "1990-01-01T00:00:00Z",
        "website_url": "https://example.com",
        "state": 1,
        "created_time": answer.json["created_time"],
        "modified_time": answer.json["modified_time"],
    }
    assert datetime.fromisoformat(answer.json["created_time"]) == row.created_at


def test_the_token_comes_from_a_sign_in(live_server: Any, ada: Membership) -> None:
    signed_in = curl(SIGN_IN, live_server.url, PASSWORD=PASSWORD)
    created = curl(CREATE, live_server.url, TOKEN=signed_in.json["access"])

    assert (signed_in.status, created.status) == (200, 200)
    assert created.json["user_id"] == ada.user_id


@pytest.mark.parametrize("spelling", ["Bearer ", "Api-Token ", "Token ", "Api-Key ", ""])
def test_an_api_token_does_in_every_documented_spelling(
    live_server: Any, ada: Membership, spelling: str
) -> None:
    with platform_work():
        key = with_key(ada).authorization.removeprefix("Api-Token ")

    answer = curl(CREATE.replace("Bearer ", spelling), live_server.url, TOKEN=key)

    assert (answer.status, answer.json["user_id"]) == (200, ada.user_id)


def test_records_are_listed_and_read(live_server: Any, token: str, record: MicroCredential) -> None:
    listed = curl(LIST, live_server.url, TOKEN=token)
    read = curl(READ, live_server.url, TOKEN=token, ID=record.pk)

    assert (listed.status, read.status, read.json["id"]) == (200, 200, record.pk)
    assert listed.json == {"count": 1, "results": [read.json]}


@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_anyone_reads_the_public_record(
    live_server: Any, record: MicroCredential, name: str
) -> None:
    answer = curl(READ_PUBLIC, live_server.url, ID=getattr(record, name))

    assert (answer.status, answer.content_type) == (200, "application/json")
    assert (answer.json["id"], answer.json["uuid"]) == (record.pk, str(record.uuid))


def test_the_public_record_of_an_inactive_person_is_403(
    live_server: Any, token: str, record: MicroCredential
) -> None:
    User.objects.filter(pk=record.holder_id).update(state=User.State.INACTIVE)
    people.forget()
    with_token = READ_PUBLIC.strip() + " -H 'Authorization: Bearer TOKEN'"

    assert curl(READ_PUBLIC, live_server.url, ID=record.pk).status == 403
    assert curl(with_token, live_server.url, ID=record.pk, TOKEN=token).status == 200
    without_token = DELETE.partition(" -H")[0]
    assert curl(without_token, live_server.url, ID=record.pk).status == 403


def test_a_record_is_replaced_changed_and_deleted(
    live_server: Any, token: str, record: MicroCredential
) -> None:
    replaced = curl(REPLACE, live_server.url, TOKEN=token, ID=record.pk)
    changed = curl(CHANGE, live_server.url, TOKEN=token, ID=record.uuid)
    deleted = curl(DELETE, live_server.url, TOKEN=token, ID=record.pk)
    afterwards = curl(READ, live_server.url, TOKEN=token, ID=record.pk)

    assert (replaced.status, replaced.json["expires"]) == (200, "1991-01-01T00:00:00Z")
    assert (changed.status, changed.json["title"]) == (200, "again")
    assert (deleted.status, deleted.body) == (204, b"")
    assert (afterwards.status, afterwards.content_type) == (404, "application/problem+json")


def test_without_a_token_deleting_is_401(live_server: Any, record: MicroCredential) -> None:
    without_token = DELETE.partition(" -H")[0]

    assert curl(without_token, live_server.url, ID=record.pk).status == 401
    with platform_work():
        record.refresh_from_db()
    assert record.state == MicroCredential.State.ACTIVE
