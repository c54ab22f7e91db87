"""/organizations/{id}/certification-types: an organization's own, and the standard ones."""

from typing import Any

import pytest

from credentials.models import CertificationType
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import OWN, TYPES
from tests.certifications.role_factories import shown
from tests.conftest import Caller
from tests.factories import certification_type

BODY = {"slug": "welding", "title": "Welding", "description": "By ISO 9606."}
BAD: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, [("/slug", "required"), ("/title", "required")]),
    ({"slug": "", "title": ""}, [("/slug", "blank"), ("/title", "blank")]),
    ({"slug": None, "title": None}, [("/slug", "null"), ("/title", "null")]),
    ({"slug": 1.5, "title": 1}, [("/slug", "invalid"), ("/title", "invalid")]),
    (BODY | {"slug": 5}, [("/slug", "invalid")]),
    (
        {"slug": "x" * 101, "title": "x" * 256},
        [("/slug", "max_length"), ("/title", "max_length")],
    ),
    ({"title": "a\0"}, [("/slug", "required"), ("/title", "null_characters_not_allowed")]),
    (BODY | {"description": None}, [("/description", "null")]),
    (BODY | {"description": "x" * 65_537}, [("/description", "max_length")]),
    (BODY | {"status": "Active"}, [("/status", "invalid_choice")]),
    (BODY | {"status": None}, [("/status", "null")]),
    ([], [("", "invalid")]),
]
BAD_SLUGS = [
    *("Welding", "wel ding", " welding", "welding\n", "-welding", "welding-", "wel--ding"),
    *("wélding", "welding/1", "welding.1", "_", "\u0661"),
]


def test_a_type_is_made_with_201(admin: Caller, acme: Tenant) -> None:
    response = admin.post(TYPES, BODY)

    row = CertificationType.objects.get()
    made = shown(row.created_at)
    assert response.status_code == 201
    assert list(response.json()["data"].items()) == [
        ("id", str(row.uuid)),
        ("slug", "welding"),
        ("title", "Welding"),
        ("description", "By ISO 9606."),
        ("scope", "organization"),
        ("status", "active"),
        ("organization_id", str(acme.uuid)),
        ("created_at", made),
        ("updated_at", made),
    ]
    event = Event.objects.get(object_kind="certificationtype")
    assert (event.action, event.object_id, event.tenant_id) == ("created", row.pk, acme.pk)


def test_what_may_be_left_out(admin: Caller) -> None:
    found = admin.post(TYPES, {"slug": "a_1-b", "title": "x"}).json()["data"]

    assert (found["description"], found["status"]) == ("", "active")
    sent = {"slug": "2", "title": "x", "description": "", "status": "archived", "scope": "standard"}
    made = admin.post(TYPES, sent).json()["data"]
    assert (made["status"], made["scope"]) == ("archived", "organization")


def test_a_slug_is_once_in_an_organization(admin: Caller, acme: Tenant, globex: Tenant) -> None:
    certification_type(globex, slug="welding")
    certification_type(None, slug="welding")
    assert admin.post(TYPES, BODY).status_code == 201

    again = admin.post(TYPES, BODY)

    assert_problem(again, 409, "conflict")
    assert "slug" in again.json()["detail"]
    assert CertificationType.objects.filter(tenant=acme).count() == 1


def test_a_key_replays_the_first_answer(admin: Caller) -> None:
    key = {"headers": {"Idempotency-Key": "k"}}
    first = admin.post(TYPES, BODY, **key)

    again = admin.post("/v1/organizations/acme/certification-types/", BODY, **key)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert CertificationType.objects.count() == 1


@pytest.mark.parametrize(("sent", "expected"), BAD, ids=lambda each: str(each)[:50])
def test_bad_bodies(admin: Caller, sent: Any, expected: list[tuple[str, str]]) -> None:
    response = admin.post(TYPES, sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert CertificationType.objects.count() == 0


@pytest.mark.parametrize("slug", BAD_SLUGS)
def test_bad_slugs(admin: Caller, slug: str) -> None:
    response = admin.post(TYPES, BODY | {"slug": slug})

    assert faults(response) == [("/slug", "invalid")]


def test_the_list_has_own_and_standard_ones_newest_first(
    member: Caller, acme: Tenant, globex: Tenant
) -> None:
    rows = [
        certification_type(acme),
        certification_type(None),
        certification_type(acme, slug="old", status="archived"),
    ]
    certification_type(globex)

    def listed(**query: str) -> list[tuple[str, str]]:
        found = member.get(TYPES, query).json()["data"]
        return [(each["id"], each["scope"]) for each in found]

    names = [(str(row.uuid), "standard" if row.owner == 0 else "organization") for row in rows]
    assert listed() == names[::-1]
    assert listed(status="active") == names[1::-1]
    assert listed(status="archived") == names[2:]
    assert faults(member.get(TYPES, {"status": "x"})) == [("/status", "invalid_choice")]


@pytest.mark.parametrize("name", ["pk", "uuid"])
@pytest.mark.parametrize("is_standard", [False, True])
def test_a_type_is_read_by_either_id(
    member: Caller, acme: Tenant, name: str, is_standard: bool
) -> None:
    row = certification_type(None if is_standard else acme)

    found = member.get(f"{TYPES}/{getattr(row, name)}").json()["data"]

    assert found["id"] == str(row.uuid)
    assert found["organization_id"] == (None if is_standard else str(acme.uuid))


def test_a_change_takes_what_is_sent(admin: Caller, kind: CertificationType) -> None:
    path = f"{TYPES}/{kind.uuid}"

    response = admin.patch(path, {"title": "Help", "status": "archived", "scope": "standard"})

    found = response.json()["data"]
    assert (found["title"], found["status"], found["slug"]) == ("Help", "archived", "first-aid")
    assert found["scope"] == "organization"
    assert admin.get(path).json() == response.json()
    event = Event.objects.get(object_kind="certificationtype")
    assert (event.action, event.object_uuid) == ("changed", kind.uuid)


def test_a_change_to_another_s_slug_is_409(
    admin: Caller, kind: CertificationType, acme: Tenant
) -> None:
    other = certification_type(acme, slug="other")
    before = stored(other)

    assert_problem(admin.patch(f"{TYPES}/{other.pk}", {"slug": "first-aid"}), 409, "conflict")
    assert stored(other) == before


@pytest.mark.parametrize("sent", [{"title": ""}, {"slug": "X"}, {"status": "x"}, {"title": None}])
def test_a_bad_change_changes_nothing(
    admin: Caller, kind: CertificationType, sent: dict[str, Any]
) -> None:
    before = stored(kind)

    response = admin.patch(f"{TYPES}/{kind.pk}", sent | {"description": "new"})

    assert_problem(response, 400, "invalid-input")
    assert stored(kind) == before


@pytest.mark.parametrize("who", ["admin", "owner", "superuser"])
def test_standard_types_are_kept_by_the_platform(who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)
    standard = certification_type(None)
    before = stored(standard)

    for name in (standard.pk, standard.uuid):
        assert_problem(caller.patch(f"{TYPES}/{name}", {"title": "Mine"}), 403, "forbidden")
    assert stored(standard) == before


def test_if_match_names_the_type_as_it_was_read(admin: Caller, kind: CertificationType) -> None:
    path = f"{TYPES}/{kind.uuid}"
    tag = {"If-Match": admin.get(path).headers["ETag"]}
    assert admin.patch(path, {"title": "One"}, headers=tag).status_code == 200

    assert_problem(admin.patch(path, {"title": "Two"}, headers=tag), 412, "precondition-failed")
    assert CertificationType.objects.get().title == "One"


def test_an_archived_type_stays_on_its_records_and_comes_on_no_other(
    admin: Caller, member: Caller, kind: CertificationType
) -> None:
    named = {"certification_type_id": str(kind.uuid)}
    made = member.post(OWN, named).json()["data"]
    admin.patch(f"{TYPES}/{kind.uuid}", {"status": "archived"})

    found = member.get(f"{OWN}/{made['id']}").json()["data"]

    assert found["certification_type"]["status"] == "archived"
    assert faults(member.post(OWN, named)) == [("/certification_type_id", "unknown_type")]
