"""Awards at the same moment, each request on a connection of its own, as from many clients."""

from collections import Counter
from typing import Any

import pytest

from credentials.models import Attribute, Program, UserCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Role, Tenant
from tenants.walls import platform_work
from tests.conftest import Caller, make_member, sign_in
from tests.factories import award
from tests.factories import program as make_program
from tests.program_credentials.conftest import body, note
from tests.together import committed_acme, together
from users import people
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/v1/user_credentials"


acme = committed_acme


@pytest.fixture
def issuer(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "issuer", Role.ISSUER))


@pytest.fixture
def program(acme: Tenant) -> Program:
    with platform_work():
        return make_program(acme)


def actions() -> Counter[str]:
    with platform_work():
        found = Event.objects.filter(object_kind="usercredential")
        return Counter(found.values_list("action", flat=True))


def statuses(answers: list[Any]) -> set[int]:
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("username", ["issuer", "nobody yet"])
def test_20_posts_of_one_award_make_one_row_and_one_event(
    issuer: Caller, program: Program, username: str, keyed: bool
) -> None:
    def post(index: int) -> Any:
        headers = {"Idempotency-Key": f"{index}"} if keyed else {}
        name = (username, username.upper())[index % 2]
        sent = body(username=name, attributes=[note()])
        return issuer.post(f"{PATH}/", sent, headers=headers)

    answers = together(20, post)

    assert statuses(answers) == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert actions() == {"awarded": 1}
    with platform_work():
        assert UserCredential.objects.count() == Attribute.objects.count() == 1


def test_award_and_the_member_of_that_name_always_meet(
    acme: Tenant, issuer: Caller, program: Program
) -> None:
    with platform_work():
        users = [User.objects.create_user(f"person{n}") for n in range(12)]

    def act(index: int) -> Any:
        user = users[index // 2]
        if index % 2:
            with platform_work():
                return members.add_member(acme, user.pk, Role.MEMBER, by=OPERATOR)
        return issuer.post(f"{PATH}/", body(username=user.username.upper())).status_code

    answers = together(24, act)

    assert set(answers[::2]) == {201}
    with platform_work():
        held = UserCredential.objects.values_list("holder_id", flat=True)
        assert sorted(filter(None, held)) == sorted(user.pk for user in users)
    assert actions()["awarded"] == 12


def test_award_and_the_rename_to_its_name_always_meet(
    acme: Tenant, issuer: Caller, program: Program
) -> None:
    with platform_work():
        users = [make_member(acme, f"person{n}").user for n in range(8)]

    def act(index: int) -> Any:
        user = users[index // 3]
        if index % 3 == 0:
            with platform_work():
                return people.change(
                    user.pk, {"username": f"new{user.pk}"}, by=OPERATOR, tenant_id=acme.pk
                )
        # By the old name and by the new one: either may be first.
        name = (f"new{user.pk}", user.username)[index % 3 - 1]
        return issuer.post(f"{PATH}/", body(username=name)).status_code

    answers = together(24, act)

    assert {answer for index, answer in enumerate(answers) if index % 3} == {201}
    with platform_work():
        waiting = UserCredential.objects.filter(holder=None)
        # None waits for a name that a member bears and could have claimed it.
        for row in waiting:
            bearer = User.objects.filter(username__iexact=row.username).first()
            assert not bearer or UserCredential.objects.filter(holder=bearer).exists()
        held = UserCredential.objects.filter(holder__in=users).values_list("holder_id", flat=True)
        assert sorted(filter(None, held)) == sorted(user.pk for user in users)


def test_batches_of_the_same_awards_in_any_order_do_not_block_each_other(
    issuer: Caller, program: Program
) -> None:
    items = [body(username=f"person {n}", attributes=[note(value="x")]) for n in range(60)]
    with platform_work():
        for n in range(0, 60, 7):
            award(f"person {n}", program)

    def post(index: int) -> Any:
        if index % 3 == 0:
            return issuer.post(f"{PATH}/", items[index])
        turned = items[index:] + items[:index]
        return issuer.post(f"{PATH}/bulk/", turned[:: (1, -1)[index % 2]])

    answers = together(12, post)

    assert statuses(answers) == {201, 207}
    with platform_work():
        assert UserCredential.objects.count() == Attribute.objects.count() == 60
    assert actions() == {"awarded": 60, "changed": 9}


def test_20_revocations_of_one_award_write_one_event(issuer: Caller, program: Program) -> None:
    with platform_work():
        row = award("ada", program)

    answers = together(20, lambda _: issuer.patch(f"{PATH}/{row.pk}", {"status": "revoked"}))

    assert statuses(answers) == {200}
    assert actions() == {"awarded": 1, "revoked": 1}


def test_an_award_and_the_end_of_its_program_never_both_succeed(acme: Tenant) -> None:
    """The award comes first, and the program stays; or there is no such program any more."""
    with platform_work():
        admin = sign_in(make_member(acme, "admin", Role.ADMIN))
        programs = [make_program(acme, program_id=number) for number in range(1, 11)]

    def act(index: int) -> int:
        program = programs[index // 2]
        if index % 2:
            answer = admin.delete(f"/api/v1/programs/{program.pk}")
        else:
            wanted = body(credential={"program_id": program.program_id})
            answer = admin.post(f"{PATH}/", wanted)
        return int(answer.status_code)

    answers = together(20, act)

    pairs = set(zip(answers[::2], answers[1::2], strict=True))
    assert pairs <= {(201, 409), (400, 204)}
