"""The documented command works as printed, but for host, tokens and ids, on a real server."""

from typing import Any

import pytest

from credentials.models import Diploma, DiplomaTitle
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership
from tenants.walls import platform_work
from tests.conftest import make_member, sign_in, with_key
from tests.curl import Answer, curl
from tests.diplomas.conftest import opened, told
from tests.factories import diploma_title

pytestmark = pytest.mark.django_db(transaction=True)

SERVICE = "/users-organizations/v1/rs/users/"
CREATE = """
curl -X POST 'https://HOST/users-organizations/v1/rs/users/USER/diplomas' \\
  -H 'Authorization: Bearer ACCESS' \\
  -H 'x-session-token: SESSION' \\
  -H 'content-type: application/json' \\
  -d '{"titleId": TITLE, "obtainedAt": "2019-08-24T14:15:22.123Z"}'
"""
ROOTS = [
    SERVICE,
    f"/main{SERVICE}",
    f"/api/v1{SERVICE}",
    "/api/v1/users/",
]


@pytest.fixture
def ada(db: None) -> Membership:
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        return make_member(acme, "ada")


@pytest.fixture
def title(ada: Membership) -> DiplomaTitle:
    with platform_work():
        return diploma_title(ada.tenant)


def sent(command: str, server: Any, ada: Membership, title: DiplomaTitle, user: Any) -> Answer:
    caller = sign_in(ada)
    access = caller.authorization.removeprefix("Bearer ")
    ids = {"USER": user, "TITLE": title.pk}
    return curl(command, server.url, ACCESS=access, SESSION=caller.session, **ids)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_diploma_is_created_with_201_and_all_its_fields(
    live_server: Any, ada: Membership, title: DiplomaTitle, root: str, slash: str
) -> None:
    command = CREATE.replace(SERVICE, root).replace("/diplomas", f"/diplomas{slash}")

    answer = sent(command, live_server, ada, title, ada.user.pk)

    assert (answer.status, answer.content_type) == (201, "application/json")
    with platform_work():
        row = Diploma.objects.get()
    made = told(row.created_at)
    assert list(answer.json) == ["diploma", "presignedUrl"]
    assert list(answer.json["diploma"].items()) == [
        ("id", row.pk),
        ("userId", ada.user.pk),
        ("organizationId", ada.tenant_id),
        ("titleId", title.pk),
        ("obtainedAt", "2019-08-24T14:15:22.123Z"),
        ("deletedAt", None),
        ("updatedAt", made),
        ("createdAt", made),
    ]
    assert opened(answer.json["presignedUrl"], "GET") == (ada.tenant.uuid, row.uuid)


def test_me_is_whoever_asks(live_server: Any, ada: Membership, title: DiplomaTitle) -> None:
    answer = sent(CREATE, live_server, ada, title, "me")

    assert (answer.status, answer.json["diploma"]["userId"]) == (201, ada.user.pk)


def test_without_its_session_token_it_is_401(
    live_server: Any, ada: Membership, title: DiplomaTitle
) -> None:
    command = CREATE.replace("  -H 'x-session-token: SESSION' \\\n", "")
    assert command != CREATE

    assert sent(command, live_server, ada, title, "me").status == 401


def test_an_api_token_needs_no_session(
    live_server: Any, ada: Membership, title: DiplomaTitle
) -> None:
    with platform_work():
        key = with_key(ada, "diplomas:write").authorization.removeprefix("Api-Token ")
    command = CREATE.replace("  -H 'x-session-token: SESSION' \\\n", "")

    answer = curl(command, live_server.url, ACCESS=key, USER="me", TITLE=title.pk)

    assert (answer.status, answer.json["diploma"]["userId"]) == (201, ada.user.pk)
