"""What there is not, what is closed, and what goes wrong: told in a page."""

import json
import logging
import uuid
from typing import Any

import pytest
from django.db import OperationalError

from credentials.models import Course, MicroCredential, UserCredential
from credentials.verification import views
from credentials_portal.logs import JsonFormatter
from tenants.models import Membership, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.verification.conftest import make_award
from tests.verification.document import Document
from users.models import User

SECRET = "ada@acme.example has the password hunter2"


def assert_refusal(response: Any, status: int, heading: str) -> Document:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    for name, value in views.headers().items():
        assert response.headers[name] == value
    page = Document(response.content.decode())
    assert page.title == page.heading == heading
    assert page.metas["robots"] == "noindex"
    return page


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(state=User.State.INACTIVE)


@pytest.mark.parametrize(
    "record",
    [
        "6f9d2c1e-0d6b-4a57-8a0e-000000000000",
        "6f9d2c1e-0d6b-4a57-8a0e-00000000000",
        "6f9d2c1e0d6b4a578a0e000000000000",
        "{6f9d2c1e-0d6b-4a57-8a0e-000000000000}",
        "6f9d2c1e-0d6b-4a57-8a0e-000000000000/datum",
        "nonsense",
        "1",
        "%00",
        "%F0%9F%A6%BA",
        "%FF",
        "../admin",
        "a/b/c",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "x" * 5000,
        "",
    ],
)
def test_what_is_not_there_is_404_and_says_what_to_check(anonymous: Caller, record: str) -> None:
    response = anonymous.get(f"/c/{record}")

    page = assert_refusal(response, 404, "There is no credential at this address")
    assert len(page.texts("li")) == 4
    assert "alert" not in response.text


def test_an_archived_micro_credential_is_like_one_that_never_was(
    anonymous: Caller, record: MicroCredential
) -> None:
    unknown = anonymous.get(f"/c/{uuid.uuid4()}")
    record.state = MicroCredential.State.ARCHIVED
    record.save(update_fields=["state"])
    deactivate(record.holder)

    response = anonymous.get(f"/c/{record.uuid}")

    assert (response.status_code, response.content) == (404, unknown.content)
    assert_problem(anonymous.get(f"/c/{record.uuid}/data"), 404, "not-found")


def test_a_uuid_of_something_else_is_no_credential(
    anonymous: Caller, acme: Tenant, ada: User, welding: Course
) -> None:
    membership = Membership.objects.get(user=ada)
    others = [acme.uuid, ada.uuid, membership.uuid, welding.uuid]

    assert [anonymous.get(f"/c/{other}").status_code for other in others] == [404] * 4


def test_a_page_of_an_inactive_holder_is_closed_to_everyone_and_opens_again(
    request: pytest.FixtureRequest, anonymous: Caller, award: UserCredential, ada: User
) -> None:
    tag = anonymous.get(f"/c/{award.uuid}").headers["ETag"]
    deactivate(ada)

    for name in ("anonymous", "issuer", "superuser"):
        caller: Caller = request.getfixturevalue(name)
        response = caller.get(f"/c/{award.uuid}", headers={"If-None-Match": tag})
        assert_refusal(response, 403, "This credential is not shown at present")
        assert "Welding" not in response.text
        assert "Lovelace" not in response.text
        assert_problem(caller.get(f"/c/{award.uuid}/data"), 403, "person-inactive")
    User.objects.filter(pk=ada.pk).update(state=User.State.ACTIVE)

    assert anonymous.get(f"/c/{award.uuid}").status_code == 200


def test_a_holder_who_may_not_sign_in_or_has_left_is_not_inactive(
    anonymous: Caller, award: UserCredential, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    Membership.objects.filter(user=ada).update(status=Membership.Status.INACTIVE)

    assert anonymous.get(f"/c/{award.uuid}").status_code == 200


def test_an_award_to_nobody_yet_has_no_inactive_holder(
    anonymous: Caller, acme: Tenant, welding: Course
) -> None:
    unheld = make_award(acme, None, welding)

    assert anonymous.get(f"/c/{unheld.uuid}").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_a_page_is_only_read(anonymous: Caller, award: UserCredential, method: str) -> None:
    page = anonymous.request(method, f"/c/{award.uuid}")
    data = anonymous.request(method, f"/c/{award.uuid}/data")

    assert_refusal(page, 405, "This page can only be read")
    assert_problem(data, 405, "method-not-allowed")
    assert page.headers["Allow"] == data.headers["Allow"] == "GET, HEAD"


def test_too_many_requests_of_one_address_are_429(
    anonymous: Caller, award: UserCredential, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "address": 2}
    path, elsewhere = f"/c/{award.uuid}", {"REMOTE_ADDR": "192.0.2.9"}
    statuses = [anonymous.get(path).status_code, anonymous.get("/c/nonsense").status_code]

    refused = anonymous.get(path)

    assert statuses == [200, 404]
    assert_refusal(refused, 429, "Too many requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert_problem(anonymous.get(f"{path}/data"), 429, "throttled")
    assert anonymous.get(path, **elsewhere).status_code == 200


def test_an_unforeseen_failure_is_a_page_without_inner_text_and_is_logged(
    anonymous: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(record: str) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(views, "find", fail)
    caplog.handler.setFormatter(JsonFormatter())

    with caplog.at_level(logging.ERROR):
        response = anonymous.get("/c/x")

    page = assert_refusal(response, 500, "The page could not be made")
    assert response.headers["X-Request-ID"] in page.texts("main")[0]
    assert "hunter2" not in response.text + caplog.text
    assert [json.loads(line)["message"] for line in caplog.text.splitlines()] == ["unforeseen"]
    assert_problem(anonymous.get("/c/x/data"), 500, "internal")


def test_a_database_that_is_away_is_503(anonymous: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(record: str) -> None:
        raise OperationalError(SECRET)

    monkeypatch.setattr(views, "find", fail)

    response = anonymous.get("/c/x")

    assert_refusal(response, 503, "The portal is not ready")
    assert response.headers["Retry-After"] == "5"
