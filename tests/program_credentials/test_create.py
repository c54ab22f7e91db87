"""POST /user_credentials/: awarding, revoking and awarding again."""

from typing import Any

import pytest

from credentials.models import Course, Program, UserCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller, make_member
from tests.program_credentials.conftest import body, note, of_course

PATH = "/api/v1/user_credentials/"
# As the upstream service documents it, its missing comma mended.
DOCUMENTED: dict[str, Any] = {
    "username": "test_user",
    "credential": {"program_id": 1},
    "status": "awarded",
    "attributes": [
        {"namespace": "whitelist", "name": "Whitelist", "value": "Reason for whitelisting."},
        {"namespace": "grade", "name": "Final Grade", "value": "0.85"},
    ],
}


def actions() -> list[str]:
    found = Event.objects.filter(object_kind="usercredential").order_by("id")
    return list(found.values_list("action", flat=True))


def test_documented_request_is_400_at_its_grade_by_default_and_stores_nothing(
    issuer: Caller, program: Program
) -> None:
    response = issuer.post(PATH, DOCUMENTED)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/attributes/1", "not_for_programs")]
    assert UserCredential.objects.count() == 0
    assert actions() == []


def test_documented_request_works_where_any_attributes_are_taken(
    issuer: Caller, program: Program, acme: Tenant
) -> None:
    members.change_tenant(acme, by=OPERATOR, settings={"program_attributes": "any"})

    response = issuer.post(PATH, DOCUMENTED)

    assert response.status_code == 201
    assert response.json()["attributes"] == DOCUMENTED["attributes"]


def test_documented_request_without_its_grade_works_by_default(
    issuer: Caller, program: Program
) -> None:
    sent = DOCUMENTED | {"attributes": DOCUMENTED["attributes"][:1]}

    response = issuer.post(PATH, sent)

    assert response.status_code == 201
    assert response.json()["attributes"] == sent["attributes"]


def test_record_of_a_programs_award(issuer: Caller, program: Program, settings: Any) -> None:
    response = issuer.post(PATH, body(attributes=[note()]))

    row = UserCredential.objects.get()
    made = f"{row.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert response.status_code == 201
    assert list(response.json().items()) == [
        ("id", row.pk),
        ("username", "ada"),
        ("credential", {"credential_id": program.pk, "program_id": 1}),
        ("status", "awarded"),
        ("download_url", None),
        ("uuid", str(row.uuid)),
        ("attributes", [note()]),
        ("created", made),
        ("modified", made),
        ("certificate_url", f"{settings.PUBLIC_URL}/c/{row.uuid}"),
    ]


def test_record_of_a_courses_award(issuer: Caller, course: Course) -> None:
    response = issuer.post(PATH, body(credential=of_course(course)))

    assert response.status_code == 201
    assert response.json()["credential"] == {"credential_id": course.pk, **of_course(course)}


@pytest.mark.parametrize("status", ["revoked", "REVOKED", "Revoked", "awarded", "AWARDED"])
def test_status_is_taken_in_any_case_and_kept_in_lower_case(
    issuer: Caller, program: Program, status: str
) -> None:
    response = issuer.post(PATH, body(status=status))

    assert response.json()["status"] == status.lower()
    row = UserCredential.objects.get()
    assert row.status == status.lower()
    assert (row.revoked_at is None) == (row.status == "awarded")
    assert actions() == [status.lower()]


def test_second_post_changes_the_award_and_leaves_attributes_that_it_does_not_name(
    issuer: Caller, course: Course
) -> None:
    mine = body(credential=of_course(course))
    first = issuer.post(PATH, mine | {"attributes": [note("a", "A", "1"), note("b", "B", "1")]})

    second = issuer.post(
        PATH,
        mine
        | {
            "username": "ADA",
            "status": "revoked",
            "attributes": [note("c", "C", "1"), note("a", "A", "2")],
        },
    )

    assert second.status_code == 201
    assert second.json()["id"] == first.json()["id"]
    assert (second.json()["username"], second.json()["status"]) == ("ada", "revoked")
    assert second.json()["attributes"] == [
        note("a", "A", "2"),
        note("b", "B", "1"),
        note("c", "C", "1"),
    ]
    assert actions() == ["awarded", "revoked"]


def test_same_post_again_changes_nothing(issuer: Caller, program: Program) -> None:
    first = issuer.post(PATH, body(attributes=[note()]))
    before = stored(UserCredential.objects.get())

    again = issuer.post(PATH, body(attributes=[note()]))

    assert (again.status_code, again.content) == (201, first.content)
    assert stored(UserCredential.objects.get()) == before
    assert actions() == ["awarded"]


def test_award_is_the_members_who_bears_the_name_now_or_later(
    issuer: Caller, member: Caller, program: Program, acme: Tenant
) -> None:
    mine = issuer.post(PATH, body(username="MEMBER")).json()
    later = issuer.post(PATH, body(username="Ada")).json()
    assert (mine["username"], later["username"]) == ("member", "Ada")

    ada = make_member(acme, "ada")

    assert UserCredential.objects.get(pk=mine["id"]).holder_id == member.user.pk
    assert UserCredential.objects.get(pk=later["id"]).holder_id == ada.user_id
    again = issuer.post(PATH, body(username="aDA"))
    assert (again.json()["id"], again.json()["username"]) == (later["id"], "ada")


def test_username_is_kept_in_the_form_of_accounts(issuer: Caller, program: Program) -> None:
    response = issuer.post(PATH, body(username="\uff21da"))

    assert response.json()["username"] == "Ada"


def test_fixed_names_are_stored_as_printed(issuer: Caller, course: Course) -> None:
    sent = [note("WHITELIST", "whiteLIST"), note("grade", "FINAL grade", "1.0")]

    response = issuer.post(PATH, body(credential=of_course(course), attributes=sent))

    assert response.json()["attributes"] == [note(), note("grade", "Final Grade", "1.0")]


def test_event_names_who_did_it(issuer: Caller, program: Program) -> None:
    issuer.post(PATH, body())

    event = Event.objects.get(object_kind="usercredential")
    row = UserCredential.objects.get()
    assert (event.actor_id, event.actor_kind) == (issuer.user.pk, "user")
    assert (event.object_id, event.object_uuid) == (row.pk, row.uuid)


def test_unknown_and_read_only_fields_are_ignored(issuer: Caller, program: Program) -> None:
    sent = body(id=7, uuid="x", created="x", reason="x", credential={"program_id": 1, "other": 1})

    assert issuer.post(PATH, sent).status_code == 201


def test_key_replays_the_first_answer(issuer: Caller, program: Program) -> None:
    key = {"headers": {"Idempotency-Key": "k"}}
    first = issuer.post(PATH, body(), **key)

    again = issuer.post(PATH, body(), **key)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_issuer_awards_in_the_own_tenant_alone(
    outsider: Caller, program: Program, member: Caller
) -> None:
    response = outsider.post(PATH, body(username="member"))

    assert faults(response) == [("/credential", "unknown_certificate")]
    assert UserCredential.objects.count() == 0


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_record_takes_no_other_method(issuer: Caller, held: UserCredential, method: str) -> None:
    response = issuer.request(method, f"{PATH}{held.pk}")

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, PATCH"
