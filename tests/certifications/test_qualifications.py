"""/organizations/{id}/qualifications: what each asks for, replaced as a whole."""

import uuid
from typing import Any

import orjson
import pytest

from credentials.models import (
    CertificationType,
    Qualification,
    Requirement,
    RequirementType,
)
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.role_factories import QUALIFICATIONS, qualification, requirement, shown
from tests.conftest import Caller
from tests.factories import certification_type

STRANGE = str(uuid.uuid4())
TYPES = {"certification_type_ids": [STRANGE], "minimum": 1}
BAD: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, [("/title", "required"), ("/requirements", "required")]),
    ({"title": None, "requirements": None}, [("/title", "null"), ("/requirements", "null")]),
    ({"title": "x", "requirements": []}, [("/requirements", "min_length")]),
    ({"title": "x", "requirements": [{}] * 51}, [("/requirements", "max_length")]),
    ({"title": "x", "requirements": {}}, [("/requirements", "not_a_list")]),
    (
        {"title": "x", "requirements": [{}]},
        [
            ("/requirements/0/certification_type_ids", "required"),
            ("/requirements/0/minimum", "required"),
        ],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"certification_type_ids": []}]},
        [("/requirements/0/certification_type_ids", "min_length")],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"certification_type_ids": ["x", STRANGE, 1]}]},
        [
            ("/requirements/0/certification_type_ids/0", "invalid"),
            ("/requirements/0/certification_type_ids/2", "invalid"),
        ],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"certification_type_ids": [STRANGE, STRANGE]}]},
        [("/requirements/0/certification_type_ids/1", "repeated")],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"minimum": 0}]},
        [("/requirements/0/minimum", "min_value")],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"minimum": 2}]},
        [("/requirements/0/minimum", "max_value")],
    ),
    (
        {"title": "x", "requirements": [TYPES | {"minimum": "1", "verified_only": "yes"}]},
        [("/requirements/0/minimum", "invalid"), ("/requirements/0/verified_only", "invalid")],
    ),
    (
        {"title": "x", "slug": "A B", "status": "Active", "requirements": [TYPES]},
        [
            ("/slug", "invalid"),
            ("/status", "invalid_choice"),
            ("/requirements/0/certification_type_ids/0", "unknown_type"),
        ],
    ),
    ([], [("", "invalid")]),
]


def contents(row: Qualification) -> list[tuple[str, Any, Any]]:
    found = Event.objects.filter(object_kind="qualification", object_id=row.pk).order_by("id")
    told = [(event.action, orjson.loads(event.content.content)) for event in found]
    return [(action, content["before"], content["after"]) for action, content in told]


def test_a_qualification_is_made_with_201(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    standard = certification_type(None, slug="standard")
    asked = [requirement(kind, standard, minimum=2, verified_only=True), requirement(kind)]

    response = admin.post(QUALIFICATIONS, {"title": "First responder", "requirements": asked})

    row = Qualification.objects.get()
    made = shown(row.created_at)
    assert response.status_code == 201
    assert list(response.json()["data"].items()) == [
        ("id", str(row.uuid)),
        ("slug", "first-responder"),
        ("title", "First responder"),
        ("status", "active"),
        ("requirements", asked),
        ("created_at", made),
        ("updated_at", made),
    ]
    ((action, before, after),) = contents(row)
    assert (action, before, after["requirements"]) == ("created", None, asked)


def test_it_reads_as_it_was_made_one_by_one_and_listed(
    admin: Caller, member: Caller, kind: CertificationType
) -> None:
    body = {"title": "Responder", "requirements": [requirement(kind)]}
    made = admin.post(QUALIFICATIONS, body).json()["data"]

    assert member.get(f"{QUALIFICATIONS}/{made['id']}").json() == {"data": made}
    assert member.get(QUALIFICATIONS).json()["data"] == [made]
    assert member.get(QUALIFICATIONS, {"status": "archived"}).json()["data"] == []


@pytest.mark.parametrize(("body", "expected"), BAD)
def test_bad_input_is_told_all_at_once(
    admin: Caller, body: Any, expected: list[tuple[str, str]]
) -> None:
    response = admin.post(QUALIFICATIONS, body)

    assert sorted(faults(response)) == sorted(expected)
    assert Qualification.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"requirements": [{}], "title": None},
            [
                ("/requirements/0/certification_type_ids", "required"),
                ("/requirements/0/minimum", "required"),
                ("/title", "null"),
            ],
        ),
        ({"requirements": []}, [("/requirements", "min_length")]),
        ({"slug": "", "status": "x"}, [("/slug", "blank"), ("/status", "invalid_choice")]),
        ({"slug": 5}, [("/slug", "invalid")]),
    ],
)
def test_a_change_is_checked_as_closely(
    admin: Caller, acme: Tenant, kind: CertificationType, change: Any, expected: Any
) -> None:
    path = f"{QUALIFICATIONS}/{qualification(acme, requirement(kind)).pk}"
    before = admin.get(path).json()

    assert faults(admin.patch(path, change)) == expected
    assert admin.get(path).json() == before


def test_what_is_left_out_of_a_requirement_is_its_default(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    path = f"{QUALIFICATIONS}/{qualification(acme, requirement(kind)).pk}"
    sent = {"certification_type_ids": [str(kind.uuid)], "minimum": 1}

    response = admin.patch(path, {"requirements": [sent]})

    assert response.json()["data"]["requirements"] == [sent | {"verified_only": False}]


def test_foreign_archived_and_unknown_types_are_400_at_their_pointers(
    admin: Caller, acme: Tenant, globex: Tenant, kind: CertificationType
) -> None:
    foreign = certification_type(globex)
    archived = certification_type(acme, slug="old", status="archived")
    asked = [requirement(kind, foreign), requirement(archived, kind)]

    response = admin.post(QUALIFICATIONS, {"title": "x", "requirements": asked})

    assert faults(response) == [
        ("/requirements/0/certification_type_ids/1", "unknown_type"),
        ("/requirements/1/certification_type_ids/0", "unknown_type"),
    ]
    assert Qualification.objects.count() == Requirement.objects.count() == 0


def test_requirements_are_replaced_as_a_whole(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    other = certification_type(acme, slug="other")
    before = [requirement(kind, verified_only=True), requirement(other)]
    row = qualification(acme, *before)
    after = [requirement(kind, other, minimum=2)]

    response = admin.patch(
        f"{QUALIFICATIONS}/{row.uuid}", {"requirements": after, "title": "Responder II"}
    )

    assert response.status_code == 200
    assert response.json()["data"]["requirements"] == after
    assert (Requirement.objects.count(), RequirementType.objects.count()) == (1, 2)
    assert contents(row)[1:] == [
        (
            "changed",
            {"title": "Responder", "requirements": before},
            {"title": "Responder II", "requirements": after},
        )
    ]


def test_the_same_again_writes_nothing(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    row = qualification(acme, requirement(kind))
    rows = list(Requirement.objects.values_list("pk", flat=True))

    response = admin.patch(
        f"{QUALIFICATIONS}/{row.pk}",
        {"requirements": [requirement(kind)], "title": "Responder", "id": "x"},
    )

    assert response.status_code == 200
    assert list(Requirement.objects.values_list("pk", flat=True)) == rows
    assert len(contents(row)) == 1


def test_an_archived_type_stays_where_it_is_and_comes_nowhere_else(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    row, other = qualification(acme, requirement(kind)), certification_type(acme, slug="other")
    second = qualification(acme, requirement(other), title="Second")
    CertificationType.objects.filter(pk=kind.pk).update(status="archived")
    asked = {"requirements": [requirement(kind, other)]}

    assert admin.patch(f"{QUALIFICATIONS}/{row.pk}", asked).status_code == 200
    refused = admin.patch(f"{QUALIFICATIONS}/{second.pk}", asked)
    assert faults(refused) == [("/requirements/0/certification_type_ids/0", "unknown_type")]
    assert admin.get(f"{QUALIFICATIONS}/{second.pk}").json()["data"]["requirements"] == [
        requirement(other)
    ]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("First  Responder (EU), 2026!", "first-responder-eu-2026"),
        ("École d'été", "ecole-d-ete"),
        ("x" * 255, "x" * 100),
    ],
)
def test_a_slug_is_made_of_the_title(
    admin: Caller, kind: CertificationType, title: str, slug: str
) -> None:
    body = {"title": title, "requirements": [requirement(kind)]}

    assert admin.post(QUALIFICATIONS, body).json()["data"]["slug"] == slug


def test_titles_of_other_scripts_have_slugs_too(admin: Caller, kind: CertificationType) -> None:
    made = [
        admin.post(QUALIFICATIONS, {"title": title, "requirements": [requirement(kind)]})
        for title in ("救急", "إسعاف")
    ]

    assert [response.status_code for response in made] == [201, 201]
    assert len({response.json()["data"]["slug"] for response in made}) == 2


def test_a_slug_is_one_tenants_own(
    admin: Caller, outsider: Caller, globex: Tenant, kind: CertificationType
) -> None:
    body = {"title": "Responder", "requirements": [requirement(kind)]}
    assert admin.post(QUALIFICATIONS, body).status_code == 201

    assert_problem(admin.post(QUALIFICATIONS, body), 409, "conflict")
    named = body | {"slug": "responder-2"}
    assert admin.post(QUALIFICATIONS, named).status_code == 201
    theirs = {"title": "Responder", "requirements": [requirement(certification_type(globex))]}
    path = QUALIFICATIONS.replace("acme", "globex")
    assert outsider.post(path, theirs).status_code == 201


def test_anothers_qualification_is_not_there(
    admin: Caller, globex: Tenant, kind: CertificationType
) -> None:
    row = qualification(globex, requirement(certification_type(globex, slug="theirs")))

    for path in (f"{QUALIFICATIONS}/{row.pk}", f"{QUALIFICATIONS}/{row.uuid}"):
        assert_problem(admin.get(path), 404, "not-found")
        assert_problem(admin.patch(path, {"title": "x"}), 404, "not-found")


def test_a_change_of_what_others_changed_is_412(
    admin: Caller, acme: Tenant, kind: CertificationType
) -> None:
    path = f"{QUALIFICATIONS}/{qualification(acme, requirement(kind)).pk}"
    read = {"If-Match": admin.get(path).headers["ETag"]}
    # Of the requirements alone, too.
    admin.patch(path, {"requirements": [requirement(kind, verified_only=True)]})

    assert_problem(admin.patch(path, {"title": "x"}, headers=read), 412, "precondition-failed")
