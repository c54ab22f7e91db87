"""PUT and PATCH /api/v1/user-micro-credential/{id}"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants.models import Event, Membership, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller, with_key
from tests.factories import micro_credential, micro_credential_body

PATH = "/api/v1/user-micro-credential"
READERS_ONLY = ["colleague", "issuer", "admin", "owner", "superuser"]


def changes(record: MicroCredential) -> list[dict[str, Any]]:
    """The content of each event after the first."""
    events = Event.objects.filter(object_kind="microcredential", object_id=record.pk)
    found = events.exclude(action="created").order_by("id").select_related("content")
    return [{"action": event.action, **json.loads(event.content.content)} for event in found]


def test_put_replaces_every_field_and_what_is_left_out_becomes_its_default(
    acme: Tenant, member: Caller
) -> None:
    record = micro_credential(acme, member.user, website_url="https://school.example")
    body = micro_credential_body(title="Cooking", issued="2020-01-01T00:00:00+02:00")
    del body["website_url"]

    response = member.put(f"{PATH}/{record.pk}", body)

    assert response.status_code == 200
    answer = response.json()
    assert (answer["title"], answer["issued"]) == ("Cooking", "2019-12-31T22:00:00Z")
    assert answer["website_url"] == ""
    row = MicroCredential.objects.get(pk=record.pk)
    assert (row.title, row.website_url) == ("Cooking", "")
    assert row.issued_at == datetime(2019, 12, 31, 22, tzinfo=UTC)
    assert (row.uuid, row.created_at) == (record.uuid, record.created_at)
    assert row.modified_at > record.modified_at
    assert member.get(f"{PATH}/{record.pk}").json() == answer


def test_put_without_the_required_fields_names_them_all_and_changes_nothing(
    member: Caller, record: MicroCredential
) -> None:
    before = stored(record)

    response = member.put(f"{PATH}/{record.pk}", {"website_url": "ftp://school.example"})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [
        ("/expires", "required"),
        ("/issued", "required"),
        ("/title", "required"),
        ("/website_url", "invalid_url"),
    ]
    assert stored(record) == before
    assert changes(record) == []


@pytest.mark.parametrize("name", ["id", "uuid"])
def test_patch_changes_what_is_sent_and_leaves_the_rest(
    acme: Tenant, member: Caller, name: str
) -> None:
    record = micro_credential(acme, member.user, website_url="https://school.example")
    before = stored(record)

    response = member.patch(f"{PATH}/{getattr(record, name)}/", {"title": " Cooking "})

    assert response.status_code == 200
    assert response.json()["title"] == " Cooking "
    after = stored(record)
    assert after.pop("modified_at") > before.pop("modified_at")
    assert after == before | {"title": " Cooking "}


def test_the_event_keeps_what_changed_and_only_that(
    member: Caller, record: MicroCredential
) -> None:
    body = micro_credential_body(title="Cooking", website_url="")

    member.put(f"{PATH}/{record.pk}", body)

    assert changes(record) == [
        {
            "action": "changed",
            "address": "127.0.0.1",
            "before": {"title": "Welding, basic level"},
            "after": {"title": "Cooking"},
        }
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "Welding, basic level"},
        {"issued": "2024-03-01T10:00:00+01:00"},
        {"state": 0, "id": 7, "user_id": 7, "tenant_id": 7, "created_time": None, "colour": "red"},
    ],
)
def test_a_patch_that_changes_nothing_leaves_no_trace(
    member: Caller, record: MicroCredential, body: dict[str, Any]
) -> None:
    before = stored(record)

    response = member.patch(f"{PATH}/{record.pk}", body)

    assert response.status_code == 200
    assert response.json()["state"] == 1
    assert stored(record) == before
    assert changes(record) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"expires": "2024-03-01T08:59:59Z"}, "/expires"),
        ({"issued": "2027-03-01T09:00:00.000001Z"}, "/issued"),
        ({"issued": "2030-01-01T00:00:00Z", "expires": "2029-01-01T00:00:00Z"}, "/expires"),
        ({"issued": "2030-01-01T00:00:00Z", "expires": "2030-01-01T00:00:00+00:01"}, "/expires"),
    ],
)
def test_a_patch_may_not_leave_the_dates_out_of_order(
    member: Caller, record: MicroCredential, body: dict[str, Any], pointer: str
) -> None:
    before = stored(record)

    response = member.patch(f"{PATH}/{record.pk}", {"title": "Cooking", **body})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(pointer, "dates_out_of_order")]
    assert stored(record) == before


def test_both_dates_may_move_past_the_old_ones_together(
    member: Caller, record: MicroCredential
) -> None:
    body = {"issued": "2030-01-01T00:00:00Z", "expires": "2030-01-01T00:00:00Z"}

    response = member.patch(f"{PATH}/{record.pk}", body)

    assert response.status_code == 200
    assert stored(record)["expires_at"] == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_record_from_the_first_year_to_the_last_can_be_changed(
    acme: Tenant, member: Caller
) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    record = micro_credential(acme, member.user, issued_at=first, expires_at=last)

    response = member.patch(f"{PATH}/{record.pk}", {"expires": "9999-12-31T23:59:58Z"})

    assert response.status_code == 200
    assert response.json()["issued"] == "0001-01-01T00:00:00Z"
    row = stored(record)
    assert (row["issued_at"], row["expires_at"]) == (first, last.replace(second=58))


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("role", READERS_ONLY)
def test_nobody_but_the_holder_changes_a_record(
    request: pytest.FixtureRequest, record: MicroCredential, role: str, method: str
) -> None:
    caller: Caller = request.getfixturevalue(role)
    before = stored(record)

    response = caller.request(method, f"{PATH}/{record.pk}", micro_credential_body(title="Mine"))

    assert_problem(response, 403, "forbidden")
    assert stored(record) == before
    assert changes(record) == []


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_needs_a_token_and_the_write_scope(
    acme: Tenant, anonymous: Caller, record: MicroCredential, method: str
) -> None:
    membership = Membership.objects.get(tenant=acme, user_id=record.holder_id)
    reader = with_key(membership, "micro_credentials:read")
    before = stored(record)

    for caller, status, slug in ((anonymous, 401, "unauthorized"), (reader, 403, "missing-scope")):
        response = caller.request(method, f"{PATH}/{record.pk}", micro_credential_body(title="New"))
        assert_problem(response, status, slug)
    assert stored(record) == before


@pytest.mark.parametrize("method", ["put", "patch"])
def test_an_archived_record_cannot_be_changed(acme: Tenant, member: Caller, method: str) -> None:
    record = micro_credential(acme, member.user, state=MicroCredential.State.ARCHIVED)
    before = stored(record)

    response = member.request(method, f"{PATH}/{record.pk}", micro_credential_body(title="New"))

    assert_problem(response, 404, "not-found")
    assert stored(record) == before


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_meant_for_the_record_as_it_is_goes_through(
    member: Caller, record: MicroCredential, method: str
) -> None:
    path = f"{PATH}/{record.pk}"
    tag = member.get(path).headers["ETag"]

    for asked in (tag, "*"):
        response = member.request(
            method, path, micro_credential_body(title=asked), headers={"If-Match": asked}
        )
        assert (response.status_code, stored(record)["title"]) == (200, asked)


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_meant_for_an_older_state_is_refused(
    member: Caller, record: MicroCredential, method: str
) -> None:
    path = f"{PATH}/{record.pk}"
    old = member.get(path).headers["ETag"]
    member.patch(path, {"title": "Changed meanwhile"})
    before = stored(record)

    for asked in (old, f'"other", {old}', "nonsense"):
        response = member.request(
            method, path, micro_credential_body(title="Too late"), headers={"If-Match": asked}
        )
        assert_problem(response, 412, "precondition-failed")
    assert stored(record) == before


def test_a_condition_tells_nothing_to_those_who_may_not_change(
    colleague: Caller, record: MicroCredential
) -> None:
    for asked in ("*", '"other"'):
        response = colleague.patch(f"{PATH}/{record.pk}", {}, headers={"If-Match": asked})
        assert_problem(response, 403, "forbidden")
