"""Assertions at the same moment, each request on a connection of its own, as from many clients."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tenants.walls import platform_work
from tests.conftest import Caller, make_member, sign_in
from tests.factories import assertion, definition, issuer_profile
from tests.organization_credentials.conftest import LIST, SIGNALS, at
from tests.together import committed_acme, meeting, together
from users import people

pytestmark = pytest.mark.django_db(transaction=True)

PASSED = {"signal": "COURSE_PASSED", "course": "c+1", "username": "ada"}


acme = committed_acme


@pytest.fixture
def admin(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "admin", Role.ADMIN))


@pytest.fixture
def school(acme: Tenant) -> IssuerProfile:
    with platform_work():
        return issuer_profile(acme)


@pytest.fixture
def welder(acme: Tenant, school: IssuerProfile) -> CredentialDefinition:
    with platform_work():
        return definition(acme, issuer=school, issuing_signal="COURSE_PASSED", courses=["c+1"])


def actions(kind: str = "assertion") -> Counter[str]:
    with platform_work():
        found = Event.objects.filter(object_kind=kind)
        return Counter(found.values_list("action", flat=True))


def issued() -> int:
    with platform_work():
        return Assertion.objects.count()


@pytest.mark.parametrize("keyed", [False, True])
def test_20_bulk_issues_of_the_same_100_people_make_100_assertions(
    acme: Tenant, admin: Caller, welder: CredentialDefinition, keyed: bool
) -> None:
    with platform_work():
        for n in range(10):
            make_member(acme, f"person{n}")
    users = [f"person{n}" for n in range(100)]
    path = at(welder.uuid, "assertions/bulk/")

    def post(index: int) -> Any:
        turned = users[index * 5 :] + users[: index * 5]
        headers = {"Idempotency-Key": f"{index}"} if keyed else {}
        return admin.post(path, {"users": turned[:: (1, -1)[index % 2]]}, headers=headers)

    answers = together(20, post)

    assert {answer.status_code for answer in answers} <= {200, 207}
    bodies = [answer.json() for answer in answers]
    assert all(len(body["issued"]) + len(body["skipped"]) == 100 for body in bodies)
    assert sum(len(body["issued"]) for body in bodies) == issued() == 100
    assert actions() == {"awarded": 100}


@pytest.mark.parametrize("identity", ["admin", "nobody yet"])
def test_of_20_single_issues_one_is_made(
    admin: Caller, welder: CredentialDefinition, identity: str
) -> None:
    def post(index: int) -> Any:
        sent = {"recipient": {"identity": (identity, identity.upper())[index % 2]}}
        return admin.post(at(welder.uuid, "assertions/"), sent)

    answers = together(20, post)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert (issued(), actions()) == (1, {"awarded": 1})


def test_20_signals_issue_each_definition_once(
    acme: Tenant, admin: Caller, welder: CredentialDefinition
) -> None:
    with platform_work():
        for _ in range(4):
            definition(acme, issuing_signal="COURSE_PASSED", courses=["c+1"])

    answers = together(20, lambda _: admin.post(SIGNALS, PASSED))

    assert {answer.status_code for answer in answers} == {200}
    assert sum(len(answer.json()["issued"]) for answer in answers) == issued() == 5
    assert actions() == {"awarded": 5}


@pytest.mark.parametrize("round_", range(5))
def test_an_issue_and_the_deletion_of_its_definition_do_not_both_happen(
    admin: Caller, welder: CredentialDefinition, round_: int
) -> None:
    body = {"recipient": {"identity": "ada"}}
    acts: list[Callable[[], Any]] = [
        lambda: admin.post(at(welder.uuid, "assertions/"), body),
        lambda: admin.delete(at(welder.uuid)),
    ]

    made, deleted = together(2, lambda index: acts[index]())

    assert (made.status_code, deleted.status_code) in {(201, 409), (404, 204)}
    with platform_work():
        welder.refresh_from_db()
    assert issued() == (1 if welder.deleted_at is None else 0)


@pytest.mark.parametrize("round_", range(5))
def test_a_definition_and_the_deletion_of_its_issuer_do_not_both_happen(
    admin: Caller, school: IssuerProfile, round_: int
) -> None:
    sent = {"name": "Welder", "issuer": str(school.uuid)}
    acts: list[Callable[[], Any]] = [
        lambda: admin.post(LIST, sent),
        lambda: admin.delete(at("issuers", school.uuid)),
    ]

    made, deleted = together(2, lambda index: acts[index]())

    assert (made.status_code, deleted.status_code) in {(201, 409), (400, 204)}
    with platform_work():
        school.refresh_from_db()
        assert CredentialDefinition.objects.count() == (1 if school.deleted_at is None else 0)


def test_20_revocations_write_one_event(admin: Caller, welder: CredentialDefinition) -> None:
    with platform_work():
        row = assertion("ada", welder)
    body = {"revoked": True, "revocation_reason": "Mistaken"}

    answers = together(20, lambda _: admin.put(at("assertions", row.uuid), body))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert actions() == {"awarded": 1, "revoked": 1}


def test_a_claim_locks_in_the_order_of_all_others(
    acme: Tenant, welder: CredentialDefinition
) -> None:
    """The admin revokes many at once: one that waits for what the other holds, and it for this."""
    with platform_work():
        user = make_member(acme, "ada").user
        held, waiting = assertion("ada", welder), assertion("nova", welder)

    def lock_both(meet: Callable[[], None]) -> None:
        with platform_work():
            Assertion.objects.select_for_update().get(pk=held.pk)
            meet()
            Assertion.objects.select_for_update(nowait=True).get(pk=waiting.pk)

    def rename() -> None:
        with platform_work():
            people.change(user.pk, {"username": "nova"}, by=OPERATOR, tenant_id=acme.pk)

    meeting(lock_both, rename)

    assert actions() == {"awarded": 2, "revoked": 1, "claimed": 1}


def test_of_20_requests_with_one_key_one_is_done(admin: Caller, school: IssuerProfile) -> None:
    def post(index: int) -> Any:
        path = at("", root=("/api", "/api/v1")[index % 2], user=("me", "ADMIN")[index // 2 % 2])
        sent = {"name": "Welder", "issuer": str(school.uuid)}
        return admin.post(path, sent, headers={"Idempotency-Key": "one"})

    answers = together(20, post)

    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert actions("credentialdefinition") == {"created": 1}


def test_changes_of_different_fields_at_once_are_all_kept(
    admin: Caller, welder: CredentialDefinition
) -> None:
    fields = ("name", "description", "criteria_text", "credential_type")

    def put(index: int) -> Any:
        return admin.put(at(welder.uuid), {fields[index % 4]: f"{index}"})

    answers = together(20, put)

    assert {answer.status_code for answer in answers} == {200}
    assert actions("credentialdefinition") == {"created": 1, "changed": 20}
    with platform_work():
        welder.refresh_from_db()
    assert all(getattr(welder, name).isdecimal() for name in fields)
