"""POST /users/{userId}/diplomas"""

import json
from datetime import timedelta
from typing import Any

import pytest

from credentials.models import Diploma, DiplomaFile, DiplomaTitle
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import with_key
from tests.diplomas.conftest import ATTACHMENT, OWN, RECORD, Person, history, of, opened, told

OBTAINED = "2025-06-30T08:15:42.123Z"


def test_member_adds_a_diploma_of_their_own(
    member: Person, acme: Tenant, title: DiplomaTitle
) -> None:
    response = member.post(OWN, {"titleId": title.pk, "obtainedAt": OBTAINED})

    assert response.status_code == 201, response.content
    row = Diploma.objects.get()
    made = told(row.created_at)
    answer = response.json()
    assert list(answer) == ["diploma", "presignedUrl"]
    assert list(answer["diploma"]) == RECORD
    assert answer["diploma"] == {
        "id": row.pk,
        "userId": member.user.pk,
        "organizationId": acme.pk,
        "titleId": title.pk,
        "obtainedAt": OBTAINED,
        "deletedAt": None,
        "updatedAt": made,
        "createdAt": made,
    }
    assert (row.holder_id, row.tenant_id, row.title_id) == (member.user.pk, acme.pk, title.pk)
    assert opened(answer["presignedUrl"], "GET") == (acme.uuid, row.uuid)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert history(row) == ["created"]


def test_an_announced_file_is_awaited_at_an_address_of_its_own(
    member: Person, acme: Tenant, title: DiplomaTitle
) -> None:
    answer = member.post(OWN, {"titleId": title.pk, "attachment": ATTACHMENT}).json()

    row, file = Diploma.objects.get(), DiplomaFile.objects.get()
    assert list(answer) == ["diploma", "presignedUrl", "uploadUrl"]
    assert opened(answer["uploadUrl"], "PUT") == (acme.uuid, file.uuid)
    assert opened(answer["presignedUrl"], "GET") == (acme.uuid, row.uuid)
    assert (file.diploma_id, file.key, file.stored_at) == (row.pk, None, None)
    assert (file.name, file.content_type, file.size) == tuple(ATTACHMENT.values())
    assert history(row) == ["created", "file_announced"]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2024-02-29T00:00Z", "2024-02-29T00:00:00.000Z"),
        ("2000-02-29T23:59:59Z", "2000-02-29T23:59:59.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"),
        ("2025-06-30T08:15:42.1Z", "2025-06-30T08:15:42.100Z"),
        ("2025-06-30T08:15:42.9996Z", "2025-06-30T08:15:42.999Z"),
        (None, None),
    ],
)
def test_obtained_at_is_told_to_the_millisecond(
    member: Person, title: DiplomaTitle, sent: str | None, answered: str | None
) -> None:
    response = member.post(OWN, {"titleId": title.pk, "obtainedAt": sent})

    assert response.status_code == 201, response.content
    assert response.json()["diploma"]["obtainedAt"] == answered


def test_an_issuer_adds_a_members_diploma(
    issuer: Person, member: Person, title: DiplomaTitle
) -> None:
    response = issuer.post(of(member.user), {"titleId": title.pk})

    assert response.status_code == 201
    assert response.json()["diploma"]["userId"] == member.user.pk
    assert Diploma.objects.get().holder_id == member.user.pk


def test_a_member_adds_nothing_to_a_colleagues(
    member: Person, colleague: Person, title: DiplomaTitle
) -> None:
    assert_problem(member.post(of(colleague.user), {"titleId": title.pk}), 404, "not-found")

    assert not Diploma.objects.exists()


def test_a_key_needs_no_session_and_its_scope(member: Person, title: DiplomaTitle) -> None:
    membership = member.user.memberships.get()
    writes = with_key(membership, "diplomas:write", name="writes")
    reads = with_key(membership, "diplomas:read", name="reads")

    assert writes.post(OWN, {"titleId": title.pk}).status_code == 201
    assert_problem(reads.post(OWN, {"titleId": title.pk}), 403, "missing-scope")


def test_the_same_key_gives_the_first_diploma_again_with_new_addresses(
    member: Person, title: DiplomaTitle, clock: Any
) -> None:
    body = {"titleId": title.pk, "attachment": ATTACHMENT}
    keyed = {"Idempotency-Key": "once"}
    first = member.post(OWN, body, headers=keyed)
    clock.move(timedelta(minutes=2))

    again = member.post(of(member.user), body, headers=keyed)

    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["diploma"] == first.json()["diploma"]
    for name, method in (("presignedUrl", "GET"), ("uploadUrl", "PUT")):
        assert again.json()[name] != first.json()[name]
        assert opened(again.json()[name], method) == opened(first.json()[name], method)
    assert again.headers["Cache-Control"] == "no-store"
    assert Diploma.objects.count() == 1


def test_a_refusal_is_given_again_and_leaves_nothing(
    member: Person, acme: Tenant, title: DiplomaTitle
) -> None:
    body = {"titleId": title.pk + 1, "attachment": ATTACHMENT}
    keyed = {"Idempotency-Key": "once"}

    first = member.post(OWN, body, headers=keyed)
    DiplomaTitle.objects.create(pk=title.pk + 1, tenant=acme, name="Came later")
    again = member.post(OWN, body, headers=keyed)

    for answer in (first, again):
        assert_problem(answer, 400, "invalid-input")
        assert faults(answer) == [("/titleId", "unknown_title")]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert not Diploma.objects.exists()
    assert not DiplomaFile.objects.exists()
    assert not Event.objects.filter(object_kind="diploma").exists()


def test_a_key_of_another_diploma_writes_nothing(member: Person, title: DiplomaTitle) -> None:
    keyed = {"Idempotency-Key": "once"}
    member.post(OWN, {"titleId": title.pk}, headers=keyed)

    for title_id in (title.pk, title.pk + 1):
        body = {"titleId": title_id, "attachment": ATTACHMENT}
        answer = member.post(OWN, body, headers=keyed)
        assert_problem(answer, 422, "idempotency-key-reused")

    assert history(Diploma.objects.get()) == ["created"]
    assert not DiplomaFile.objects.exists()


def test_what_is_announced_is_told_by_its_event(member: Person, title: DiplomaTitle) -> None:
    member.post(OWN, {"titleId": title.pk, "attachment": ATTACHMENT})

    created, event = Event.objects.filter(object_kind="diploma").order_by("occurred_at")
    row = Diploma.objects.get()
    assert (created.action, event.action) == ("created", "file_announced")
    assert row.created_at <= created.occurred_at <= DiplomaFile.objects.get().created_at
    assert (event.object_kind, event.object_id, event.object_uuid) == ("diploma", row.pk, row.uuid)
    assert (event.actor_kind, event.actor_id) == ("user", member.user.pk)
    told = json.loads(event.content.content)
    assert told["before"] is None
    assert told["after"] == {
        "name": ATTACHMENT["name"],
        "content_type": ATTACHMENT["mimeType"],
        "size": ATTACHMENT["size"],
    }
