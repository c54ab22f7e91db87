from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, EventContent, Membership, Role, Tenant
from tests.answers import assert_problem
from tests.commands.conftest import answer, call, refusal
from tests.conftest import PASSWORD, Caller
from users import people
from users.models import User

PERSON = ("create_user", "--username", "ada", "--email", "ada@acme.example")
ADA = (*PERSON, "--tenant", "acme", "--role", "admin")
NAMES = ("--first-name", "Ada", "--last-name", "Öztürk")


def sign_in(anonymous: Caller, username: str, password: str) -> Any:
    return anonymous.post("/api/v1/token", {"username": username, "password": password})


def test_a_new_person_gets_a_password_that_signs_in(acme: Tenant, anonymous: Caller) -> None:
    told = answer(*ADA, *NAMES)

    user = User.objects.get()
    membership = Membership.objects.get()
    password = told.pop("password")
    assert told == {
        "id": user.pk,
        "uuid": str(user.uuid),
        "username": "ada",
        "email": "ada@acme.example",
        "email_verified": True,
        "tenant": "acme",
        "role": "admin",
        "membership_uuid": str(membership.uuid),
    }
    assert (user.first_name, user.last_name) == ("Ada", "Öztürk")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert (membership.role, membership.is_primary) == (Role.ADMIN, True)
    assert sign_in(anonymous, "ada", password).status_code == 200


def test_it_writes_two_events_and_no_password(acme: Tenant) -> None:
    before = Event.objects.count()

    told = answer(*ADA)

    events = Event.objects.order_by("id")[before:]
    assert [(event.action, event.object_kind, event.actor_kind) for event in events] == [
        ("created", "user", "operator"),
        ("created", "membership", "operator"),
    ]
    assert not any(told["password"] in row.content for row in EventContent.objects.all())


def test_a_password_from_standard_input_is_taken_with_its_spaces_and_not_shown(
    acme: Tenant, anonymous: Caller, type_in: Callable[[str], None]
) -> None:
    type_in(" mellow Übung horizon \r\n")

    told = answer(*ADA, "--password-stdin")

    assert told["password"] is None
    assert sign_in(anonymous, "ada", " mellow Übung horizon ").status_code == 200
    assert_problem(sign_in(anonymous, "ada", "mellow Übung horizon"), 401, "wrong-credentials")


def test_the_same_call_again_changes_nothing(acme: Tenant) -> None:
    told = answer(*ADA, *NAMES)
    stored = User.objects.values().get(), Membership.objects.values().get(), Event.objects.count()

    again = answer(*ADA, *NAMES)

    assert again == told | {"password": None}
    now = User.objects.values().get(), Membership.objects.values().get(), Event.objects.count()
    assert now == stored


def test_again_with_another_password_keeps_the_old_one(
    acme: Tenant, type_in: Callable[[str], None]
) -> None:
    told = answer(*ADA)
    type_in("123\n")

    answer(*ADA, "--password-stdin")

    assert User.objects.get().check_password(told["password"])


def test_an_address_that_nobody_made_sure_of_is_unverified_until_it_is_confirmed(
    acme: Tenant, globex: Tenant
) -> None:
    unsure = (*ADA, "--email-unverified")

    told = answer(*unsure)
    assert told["email_verified"] is False
    assert answer(*unsure)["email_verified"] is False
    assert User.objects.get().email_verified_at is None

    confirmed = answer(*PERSON, "--tenant", "globex", "--role", "member")
    assert confirmed["email_verified"] is True
    at = User.objects.get().email_verified_at
    assert at
    assert answer(*unsure)["email_verified"] is True
    assert User.objects.get().email_verified_at == at


def test_names_are_found_without_regard_to_case(acme: Tenant) -> None:
    told = answer(*ADA)

    again = answer("create_user", "--username", "ADA", "--email", "Ada@ACME.example", *ADA[5:])

    assert again == told | {"password": None}
    assert User.objects.count() == 1


def test_another_tenant_adds_a_membership_that_is_not_the_primary_one(
    acme: Tenant, globex: Tenant
) -> None:
    told = answer(*ADA)

    again = answer(*PERSON, "--tenant", "globex", "--role", "member")

    assert (again["id"], again["tenant"], again["role"]) == (told["id"], "globex", "member")
    assert again["password"] is None
    assert list(Membership.objects.values_list("tenant__slug", "role", "is_primary")) == [
        ("acme", "admin", True),
        ("globex", "member", False),
    ]


def test_a_superuser_may_open_the_admin_too(acme: Tenant) -> None:
    answer(*ADA, "--superuser")

    user = User.objects.get()
    assert (user.is_superuser, user.is_staff) == (True, True)


def test_staff_is_not_a_superuser(acme: Tenant) -> None:
    answer(*ADA, "--staff")

    user = User.objects.get()
    assert (user.is_superuser, user.is_staff) == (False, True)


def test_without_json_it_shows_the_password_only_once(acme: Tenant) -> None:
    printed = call(*ADA)
    again = call(*ADA)

    line, password, end = printed.split("\n")
    assert line == (f"ada <ada@acme.example>, id {User.objects.get().pk}, is admin of acme.")
    assert User.objects.get().check_password(password.removeprefix("Password, shown this once: "))
    assert end == ""
    assert again == line + "\n"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("", "There is no password on standard input."),
        ("\nsecond line\n", "There is no password on standard input."),
        (
            "12345678",
            "This password is too common. This password is entirely numeric.",
        ),
        ("ada@acme.example", "The password is too similar to the email."),
        (
            "x" * 1001,
            "The password must be valid UTF-8 text of at most 1000 characters.",
        ),
        (
            "half an \udced emoji",
            "The password must be valid UTF-8 text of at most 1000 characters.",
        ),
    ],
)
def test_a_bad_password_is_refused_and_nobody_is_made(
    acme: Tenant, type_in: Callable[[str], None], typed: str, line: str
) -> None:
    type_in(typed)

    assert refusal(*ADA, "--password-stdin") == line
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (("--tenant", "hooli"), "There is no tenant 'hooli'."),
        (("--email", ""), "--email must not be empty."),
        (("--email", "ada"), "email: Enter a valid email address."),
        (
            ("--username", "a da"),
            "username: Enter a valid username. This value may contain only letters, numbers,"
            " and @/./+/-/_ characters.",
        ),
        (("--username", ""), "username: This field cannot be blank."),
        (
            ("--email", "TAKEN@acme.example"),
            "The email address TAKEN@acme.example belongs to 'taken';"
            " give that username, or choose another address.",
        ),
        (
            ("--username", "taken"),
            "'taken' exists with the email address taken@acme.example;"
            " give that address, or choose another username.",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(
    acme: Tenant, join: Callable[..., Membership], changed: tuple[str, str], line: str
) -> None:
    join(acme, "taken")

    assert refusal(*ADA, *changed) == line
    assert (User.objects.count(), Membership.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            ("--role", "owner"),
            "'ada' is admin of 'acme' already; give the role admin, or change it in the admin.",
        ),
        (
            ("--first-name", "Eda"),
            "'ada' exists with another first_name; leave it out, or change it in the admin.",
        ),
        (
            ("--superuser",),
            "'ada' exists with another is_staff; leave it out, or change it in the admin.",
        ),
    ],
)
def test_what_contradicts_the_stored_person_is_refused_and_they_stay(
    acme: Tenant, changed: tuple[str, ...], line: str
) -> None:
    answer(*ADA, *NAMES)
    stored = User.objects.values().get(), Membership.objects.values().get()

    assert refusal(*ADA, *changed) == line
    assert (User.objects.values().get(), Membership.objects.values().get()) == stored


def test_an_ended_membership_is_not_brought_back(
    acme: Tenant, join: Callable[..., Membership]
) -> None:
    membership = join(acme, "ada", Role.ADMIN)
    members.change(membership, by=OPERATOR, status=Membership.Status.INACTIVE)

    assert refusal(*ADA) == (
        "The membership of 'ada' in 'acme' has ended; reactivate it in the admin."
    )
    assert Membership.objects.get().status == Membership.Status.INACTIVE


def test_of_two_calls_at_once_one_makes_the_person_and_both_answer_the_same(
    first: Callable[[Callable[[], Any]], None],
) -> None:
    with walls.platform_work():
        tenant = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)

    def make_ada() -> None:
        ada = User(username="ada", email="ada@acme.example", date_joined=timezone.now())
        user = people.create(ada, PASSWORD, by=OPERATOR, tenant_id=tenant.pk)
        members.add_member(tenant, user.pk, Role.ADMIN, by=OPERATOR)

    first(make_ada)

    told = answer(*ADA)

    with walls.platform_work():
        assert (told["id"], told["password"]) == (User.objects.get().pk, None)
        assert told["membership_uuid"] == str(Membership.objects.get().uuid)
