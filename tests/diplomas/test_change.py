"""PATCH and DELETE /users/{userId}/diplomas/{id}"""

import pytest

from credentials.models import Diploma, DiplomaFile
from tenants.models import Tenant
from tests.answers import assert_problem, stored
from tests.diplomas.conftest import ATTACHMENT, OWN, TITLES, Person, history, of, opened, told
from tests.factories import diploma_file, diploma_title


def test_a_change_saves_what_is_sent_and_nothing_else(
    member: Person, acme: Tenant, held: Diploma
) -> None:
    other = diploma_title(acme, name="Baker")

    response = member.patch(f"{OWN}/{held.pk}", {"titleId": other.pk, "userId": 7, "id": 7})

    assert response.status_code == 200, response.content
    held.refresh_from_db()
    assert response.json()["diploma"]["titleId"] == held.title_id == other.pk
    assert response.json()["diploma"]["updatedAt"] == told(held.modified_at)
    assert (held.holder_id, held.obtained_at) == (member.user.pk, None)
    assert response.headers["Cache-Control"] == "no-store"
    assert history(held) == ["created", "changed"]


def test_null_takes_the_date_away(member: Person, held: Diploma) -> None:
    path = f"{OWN}/{held.pk}"
    dated = member.patch(path, {"obtainedAt": "2025-06-30T08:15Z"}).json()
    assert dated["diploma"]["obtainedAt"] == "2025-06-30T08:15:00.000Z"

    assert member.patch(path, {"obtainedAt": None}).json()["diploma"]["obtainedAt"] is None


def test_what_is_announced_replaces_what_was_and_leaves_what_is_stored(
    member: Person, acme: Tenant, held: Diploma
) -> None:
    kept = diploma_file(held)
    former = diploma_file(held, is_stored=False, name="former.pdf")
    before = held.modified_at

    response = member.patch(f"{OWN}/{held.pk}", {"attachment": ATTACHMENT})

    awaited = DiplomaFile.objects.get(key=None)
    assert {kept.pk, awaited.pk} == set(DiplomaFile.objects.values_list("pk", flat=True))
    assert awaited.pk != former.pk
    assert opened(response.json()["uploadUrl"], "PUT") == (acme.uuid, awaited.uuid)
    held.refresh_from_db()
    assert held.modified_at > before
    assert history(held) == ["created", "file_announced"]


def test_an_issuer_changes_a_members_and_does_not_delete_it(
    issuer: Person, member: Person, held: Diploma
) -> None:
    path = f"{of(member.user)}/{held.pk}"

    assert issuer.patch(path, {"obtainedAt": "2025-06-30T08:15Z"}).status_code == 200
    assert_problem(issuer.delete(path), 403, "forbidden")
    held.refresh_from_db()
    assert held.deleted_at is None


@pytest.mark.parametrize("who", ["member", "admin"])
def test_a_deleted_diploma_is_gone_and_its_row_stays(
    request: pytest.FixtureRequest, member: Person, held: Diploma, who: str
) -> None:
    caller: Person = request.getfixturevalue(who)
    path = f"{of(member.user)}/{held.pk}"
    diploma_file(held)

    response = caller.delete(path)

    assert (response.status_code, response.content) == (204, b"")
    held.refresh_from_db()
    assert held.deleted_at is not None
    assert DiplomaFile.objects.exists()
    assert history(held) == ["created", "deleted"]
    for answer in (caller.get(path), caller.patch(path, {}), caller.delete(path)):
        assert_problem(answer, 404, "not-found")
    assert history(held) == ["created", "deleted"]


def test_a_colleague_neither_changes_nor_deletes(
    colleague: Person, member: Person, held: Diploma
) -> None:
    before = stored(held)

    for path in (f"{of(member.user)}/{held.pk}", f"{OWN}/{held.pk}"):
        assert_problem(colleague.patch(path, {"obtainedAt": None}), 404, "not-found")
        assert_problem(colleague.delete(path), 404, "not-found")
    assert stored(held) == before


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_tag_names_no_diploma_as_none_was_given(
    member: Person, held: Diploma, method: str
) -> None:
    before, path = stored(held), f"{OWN}/{held.pk}"
    tag = member.get(TITLES).headers["ETag"]

    response = member.request(method, path, {}, headers={"If-Match": tag})

    assert_problem(response, 412, "precondition-failed")
    assert stored(held) == before
    assert member.request(method, path, {}, headers={"If-Match": "*"}).status_code < 300
