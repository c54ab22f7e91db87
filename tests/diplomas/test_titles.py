"""/titles"""

from typing import Any

import pytest

from credentials.diplomas import recording
from credentials.models import Diploma, DiplomaTitle
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import with_key
from tests.diplomas.conftest import TITLES, UNKNOWN, Person, history, told
from tests.factories import diploma_title

RECORD = ["id", "name", "organizationId", "createdAt", "updatedAt"]


def test_an_administrator_adds_a_title(admin: Person, acme: Tenant) -> None:
    response = admin.post(TITLES, {"name": " Schweißer\u202fI "})

    row = DiplomaTitle.objects.get()
    assert response.status_code == 201
    assert list(response.json()) == RECORD
    assert response.json() == {
        "id": row.pk,
        "name": " Schweißer\u202fI ",
        "organizationId": acme.pk,
        "createdAt": told(row.created_at),
        "updatedAt": told(row.created_at),
    }
    assert history(row) == ["created"]


def test_a_key_is_honoured(admin: Person) -> None:
    first = admin.post(TITLES, {"name": "Baker"}, headers={"Idempotency-Key": "once"})
    again = admin.post(TITLES, {"name": "Baker"}, headers={"Idempotency-Key": "once"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_titles_are_listed_newest_first_by_pages(
    member: Person, acme: Tenant, globex: Tenant
) -> None:
    rows = [diploma_title(acme) for _ in range(3)][::-1]
    diploma_title(globex)

    whole = member.get(TITLES)
    page = member.get(TITLES, {"page": 2, "pageSize": 2}).json()

    assert [each["id"] for each in whole.json()["data"]] == [row.pk for row in rows]
    assert [list(each) for each in whole.json()["data"]] == [RECORD] * 3
    assert "ETag" in whole.headers
    assert [each["id"] for each in page["data"]] == [rows[2].pk]
    assert (page["totalCount"], page["pagination"]) == (3, {"page": 2, "pageSize": 2})


def test_a_title_reads_by_id_and_uuid_with_a_tag(member: Person, title: DiplomaTitle) -> None:
    for name in (title.pk, title.uuid):
        response = member.get(f"{TITLES}/{name}")

        assert response.json()["id"] == title.pk
        tag = {"If-None-Match": response.headers["ETag"]}
        assert member.get(f"{TITLES}/{name}", headers=tag).status_code == 304


def test_a_title_is_renamed_while_it_is_the_one_that_was_read(
    admin: Person, title: DiplomaTitle
) -> None:
    path = f"{TITLES}/{title.pk}"
    tag = {"If-Match": admin.get(path).headers["ETag"]}

    renamed = admin.patch(path, {"name": "Welder"}, headers=tag)
    late = admin.patch(path, {"name": "Baker"}, headers=tag)

    assert (renamed.status_code, renamed.json()["name"]) == (200, "Welder")
    assert_problem(late, 412, "precondition-failed")
    title.refresh_from_db()
    assert title.name == "Welder"
    assert history(title) == ["created", "changed"]


def test_a_name_is_there_once_in_any_case(
    admin: Person, acme: Tenant, title: DiplomaTitle, globex: Tenant
) -> None:
    diploma_title(globex, name="Baker")
    other = diploma_title(acme, name="Other")

    assert_problem(admin.post(TITLES, {"name": "MASTER welder"}), 409, "conflict")
    assert_problem(admin.patch(f"{TITLES}/{other.pk}", {"name": title.name}), 409, "conflict")
    assert admin.post(TITLES, {"name": "Baker"}).status_code == 201
    assert DiplomaTitle.objects.filter(tenant=acme).count() == 3


def test_a_title_that_no_diploma_has_is_deleted(admin: Person, title: DiplomaTitle) -> None:
    path = f"{TITLES}/{title.pk}"

    assert admin.delete(path).status_code == 204

    assert not DiplomaTitle.objects.exists()
    assert history(title) == ["created", "deleted"]
    for answer in (admin.get(path), admin.patch(path, {}), admin.delete(path)):
        assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_title_in_use_stays(
    admin: Person, title: DiplomaTitle, held: Diploma, is_deleted: bool
) -> None:
    """In that of a deleted diploma, too: it may be restored."""
    if is_deleted:
        recording.delete(held, by=OPERATOR)

    assert_problem(admin.delete(f"{TITLES}/{title.pk}"), 409, "title-in-use")

    assert DiplomaTitle.objects.filter(pk=title.pk).exists()
    assert history(title) == ["created"]


def test_members_and_issuers_read_titles_and_keep_none(
    member: Person, issuer: Person, title: DiplomaTitle
) -> None:
    before, path = stored(title), f"{TITLES}/{title.pk}"

    for caller in (member, issuer):
        assert caller.get(path).status_code == 200
        assert_problem(caller.post(TITLES, {"name": "Baker"}), 403, "forbidden")
        assert_problem(caller.patch(path, {"name": "Baker"}), 403, "forbidden")
        assert_problem(caller.delete(path), 403, "forbidden")
    assert stored(title) == before
    assert DiplomaTitle.objects.count() == 1


def test_titles_belong_to_the_scope_of_diplomas(admin: Person, title: DiplomaTitle) -> None:
    membership = admin.user.memberships.get()
    reads = with_key(membership, "diplomas:read", name="reads")
    other = with_key(membership, "program_credentials:write", name="other")

    assert reads.get(TITLES).status_code == 200
    assert_problem(reads.post(TITLES, {"name": "Baker"}), 403, "missing-scope")
    assert_problem(other.get(TITLES), 403, "missing-scope")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((value, "blank") for value in ("", " ", "\t\u3000")),
        *((7, "invalid"), (True, "invalid"), ([], "invalid"), ({}, "invalid")),
        (None, "null"),
        ("a\0b", "null_characters_not_allowed"),
        ("x" * 256, "max_length"),
    ],
)
def test_a_wrong_name_is_refused(admin: Person, title: DiplomaTitle, name: Any, code: str) -> None:
    before = stored(title)

    for response in (
        admin.post(TITLES, {"name": name}),
        admin.patch(f"{TITLES}/{title.pk}", {"name": name}),
    ):
        assert_problem(response, 400, "invalid-input")
        assert faults(response) == [("/name", code)]
    assert stored(title) == before
    assert DiplomaTitle.objects.count() == 1


def test_a_title_needs_a_name(admin: Person) -> None:
    assert faults(admin.post(TITLES, {})) == [("/name", "required")]


@pytest.mark.parametrize("record", ["0", UNKNOWN, "x", "-1", str(2**63)])
def test_an_unknown_title_is_404(admin: Person, record: str) -> None:
    for method in ("get", "patch", "delete"):
        assert_problem(admin.request(method, f"{TITLES}/{record}"), 404, "not-found")
