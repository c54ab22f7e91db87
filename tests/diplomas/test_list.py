"""GET /users/{userId}/diplomas"""

from typing import Any

import pytest

from credentials.diplomas import recording
from credentials.models import Diploma, DiplomaTitle
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import with_key
from tests.diplomas.conftest import OWN, Person, of, opened, told
from tests.factories import diploma, diploma_file, diploma_title

ITEM = [
    *("id", "userId", "title", "attachment", "obtainedAt", "deletedAt", "updatedAt"),
    "createdAt",
]


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["data"]]


@pytest.fixture
def shelf(acme: Tenant, member: Person, title: DiplomaTitle) -> list[Diploma]:
    """Newest first: one without a file, one that awaits its file, one whose file is there."""
    baker = diploma_title(acme, name="Baker, 100%_pure")
    rows = [diploma(acme, member.user, title=each) for each in (title, title, baker)]
    diploma_file(rows[0], name="Zeugnis.PDF")
    diploma_file(rows[0], is_stored=False, name="new.pdf")
    diploma_file(rows[1], is_stored=False, name="scan.png", content_type="image/png")
    return rows[::-1]


def test_a_list_reads_newest_first_and_names_titles_and_files(
    member: Person, colleague: Person, acme: Tenant, shelf: list[Diploma]
) -> None:
    diploma(acme, colleague.user)

    response = member.get(OWN)

    page = response.json()
    assert list(page) == ["data", "totalCount", "pagination"]
    assert (page["totalCount"], page["pagination"]) == (3, {"page": 1, "pageSize": 50})
    assert ids(response) == [row.pk for row in shelf]
    assert [item["attachment"] and item["attachment"]["name"] for item in page["data"]] == [
        None,
        "scan.png",
        "Zeugnis.PDF",
    ]
    first = page["data"][0]
    assert list(first) == ITEM
    assert first["title"] == {"id": shelf[0].title_id, "name": "Baker, 100%_pure"}
    assert first["createdAt"] == told(shelf[0].created_at)
    assert "ETag" in response.headers
    again = member.get(OWN, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_addresses_come_when_they_are_asked_for_and_are_not_stored(
    member: Person, acme: Tenant, shelf: list[Diploma]
) -> None:
    response = member.get(OWN, {"extend": "presigned-url"})

    for item, row in zip(response.json()["data"], shelf, strict=True):
        assert list(item) == [*ITEM, "presignedUrl"]
        assert opened(item["presignedUrl"], "GET") == (acme.uuid, row.uuid)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_both_extensions_come_together(member: Person, shelf: list[Diploma]) -> None:
    response = member.get(f"{OWN}?extend=actions-info&extend=presigned-url&extend=actions-info")

    for item in response.json()["data"]:
        assert list(item) == [*ITEM, "presignedUrl", "actions"]
        assert item["actions"] == {"canBeUpdated": True, "canBeDeleted": True}


def test_actions_are_those_of_the_caller(
    member: Person, issuer: Person, admin: Person, shelf: list[Diploma]
) -> None:
    reads = with_key(member.user.memberships.get(), "diplomas:read", name="reads")
    path, query = of(member.user), {"extend": "actions-info"}

    found = [
        tuple(caller.get(path, query).json()["data"][0]["actions"].values())
        for caller in (issuer, admin, reads)
    ]

    assert found == [(True, False), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"whereTitleName": "WELD"}, [1, 2]),
        ({"whereTitleName": "%_p"}, [0]),
        ({"whereTitleName": "a%r"}, []),
        ({"whereTitleName": ""}, [0, 1, 2]),
        ({"whereAttachmentName": "zeugnis.pdf"}, [2]),
        ({"whereAttachmentName": "n"}, [1, 2]),
        ({"whereAttachmentName": "new"}, []),
        ({"whereAttachmentName": "n", "whereTitleName": "baker"}, []),
        ({"whereTitleId": "0"}, []),
        ({"whereTitleId": "-9007199254740991"}, []),
        ({"page": "2", "pageSize": "2"}, [2]),
        ({"page": "9"}, []),
    ],
)
def test_filters_and_pages_narrow(
    member: Person, shelf: list[Diploma], query: dict[str, str], places: list[int]
) -> None:
    response = member.get(OWN, query)

    assert ids(response) == [shelf[place].pk for place in places]
    counted = 3 if "page" in query else len(places)
    assert response.json()["totalCount"] == counted


def test_the_title_narrows_by_its_number(member: Person, shelf: list[Diploma]) -> None:
    assert ids(member.get(OWN, {"whereTitleId": shelf[0].title_id})) == [shelf[0].pk]


def test_a_deleted_diploma_is_in_no_list(member: Person, shelf: list[Diploma]) -> None:
    recording.delete(shelf[0], by=OPERATOR)

    assert ids(member.get(OWN)) == [row.pk for row in shelf[1:]]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("extend=everything", "/extend/0", "invalid_choice"),
        ("extend=presigned-url&extend=", "/extend/1", "invalid_choice"),
        ("page=0", "/page", "min_value"),
        ("page=1.0", "/page", "invalid"),
        ("pageSize=201", "/pageSize", "max_value"),
        ("pageSize=0", "/pageSize", "min_value"),
        ("page=%D9%A1", "/page", "invalid"),
        ("whereTitleId=x", "/whereTitleId", "invalid"),
        ("whereTitleId=true", "/whereTitleId", "invalid"),
        ("whereTitleId=9007199254740992", "/whereTitleId", "max_value"),
        ("whereTitleName=%00", "/whereTitleName", "null_characters_not_allowed"),
        ("whereAttachmentName=" + "x" * 256, "/whereAttachmentName", "max_length"),
    ],
)
def test_a_wrong_query_is_refused(member: Person, query: str, pointer: str, code: str) -> None:
    response = member.get(f"{OWN}?{query}")

    assert_problem(response, 400, "invalid-input")
    assert (pointer, code) in faults(response)
