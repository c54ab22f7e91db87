"""People invited by email: pending members until they sign in, or get an account."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.members import InvitedAlready
from tenants.models import Event, Membership, Role, Tenant
from tests.conftest import PASSWORD, Caller, make_member
from tests.together import together
from users import people
from users.models import User

EMAIL = "nova@mail.example"


def invite(
    tenant: Tenant, email: str = EMAIL, role: Role = Role.ISSUER, **facts: Any
) -> Membership:
    return members.invite(tenant, email, role, by=OPERATOR, **facts)


def person(*, verified: bool = True) -> User:
    at = timezone.now() if verified else None
    return User.objects.create_user("nova", EMAIL, PASSWORD, email_verified_at=at)


def sign_in(caller: Caller) -> Any:
    return caller.post("/api/v1/token", {"username": "nova", "password": PASSWORD})


def test_who_has_no_account_is_pending_under_the_address(acme: Tenant) -> None:
    row = invite(acme, display_name="Nova", external_id="7")
    row.refresh_from_db()
    assert (row.user, row.status, row.email, row.role) == (None, "pending", EMAIL, "issuer")
    assert (row.display_name, row.external_id, row.is_primary) == ("Nova", "7", False)
    assert Event.objects.filter(object_uuid=row.uuid, action="created").exists()


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper()])
def test_a_new_account_of_the_address_is_a_member_at_once(acme: Tenant, email: str) -> None:
    row = invite(acme, email)
    nova = User(username="nova", email=EMAIL, email_verified_at=timezone.now())
    people.create(nova, PASSWORD, by=OPERATOR, tenant_id=None)
    row.refresh_from_db()
    assert (row.user_id, row.status, row.role, row.is_primary) == (
        nova.pk,
        "active",
        "issuer",
        True,
    )
    assert Event.objects.filter(object_uuid=row.uuid, action="joined").count() == 1


def test_an_account_joins_when_it_signs_in(acme: Tenant, anonymous: Caller) -> None:
    nova = person()
    row = invite(acme)
    assert (row.user_id, row.status) == (nova.pk, "pending")
    answer = sign_in(anonymous)
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.status, row.is_primary) == ("active", True)
    token = Caller(f"Bearer {answer.json()['access']}")
    assert token.get("/api/v1/user-micro-credentials").status_code == 200


def test_until_then_the_tenant_is_closed_to_them(acme: Tenant, globex: Tenant) -> None:
    from tests.conftest import sign_in as signed_in

    nova = person()
    caller = signed_in(make_member(globex, "nova"))
    invite(acme)
    assert caller.user == nova
    answer = caller.get("/api/v1/credentials/orgs/acme/users/me/")
    assert answer.status_code == 404


def test_an_unverified_address_opens_nothing(acme: Tenant, anonymous: Caller) -> None:
    person(verified=False)
    row = invite(acme)
    assert row.user is None
    sign_in(anonymous)
    row.refresh_from_db()
    assert (row.user, row.status) == (None, "pending")


def test_who_is_added_by_an_administrator_takes_the_invitation_up(acme: Tenant) -> None:
    row = invite(acme, external_id="7")
    nova = person()
    added = members.add_member(acme, nova.pk, Role.ADMIN, by=OPERATOR)
    assert (added.pk, added.status, added.role, added.external_id) == (
        row.pk,
        "active",
        "admin",
        "7",
    )
    assert Membership.objects.filter(tenant=acme).count() == 1


def test_invitations_of_several_tenants_are_all_taken_up(acme: Tenant, globex: Tenant) -> None:
    rows = [invite(acme), invite(globex)]
    nova = User(username="nova", email=EMAIL, email_verified_at=timezone.now())
    people.create(nova, PASSWORD, by=OPERATOR, tenant_id=None)
    primary = Membership.objects.filter(user=nova, status="active", is_primary=True)
    assert Membership.objects.filter(user=nova, status="active").count() == len(rows)
    assert primary.count() == 1


def test_nobody_is_invited_twice(acme: Tenant, globex: Tenant) -> None:
    invite(acme)
    with pytest.raises(InvitedAlready):
        invite(acme, EMAIL.upper())
    invite(globex)
    make_member(acme, "member")
    with pytest.raises(InvitedAlready):
        invite(acme, "MEMBER@acme.example")


@pytest.mark.parametrize(
    "broken",
    [
        {"user": None, "status": "active", "email": EMAIL},
        {"user": None, "status": "pending", "email": ""},
        {"user": None, "status": "pending", "email": EMAIL, "is_primary": True},
        {"user": None, "status": "gone", "email": EMAIL},
        {"user": None, "status": "inactive", "email": ""},
    ],
)
def test_the_database_refuses_half_invitations(acme: Tenant, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(tenant=acme, **broken)


@pytest.mark.parametrize("twice", [{"email": EMAIL}, {"external_id": "7"}])
def test_the_database_keeps_invitations_apart(acme: Tenant, twice: dict[str, Any]) -> None:
    facts = {"tenant": acme, "status": "pending"}
    Membership.objects.create(**facts, **{"email": "a@mail.example"} | twice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**facts, **{"email": "b@mail.example"} | twice)


def test_of_two_invitations_that_met_in_one_account_one_is_taken_up(
    acme: Tenant, anonymous: Caller
) -> None:
    """Invited by two addresses, one of which was the account's once and the other is now."""
    nova = person()
    first = invite(acme)
    second = invite(acme, "late@mail.example", Role.ADMIN)
    with walls.platform_work():
        wanted = {"email": "late@mail.example", "email_verified_at": timezone.now()}
        people.change(nova.pk, wanted, by=OPERATOR, tenant_id=None)

    for _ in range(2):
        assert sign_in(anonymous).status_code == 200

    for row in (first, second):
        row.refresh_from_db()
    assert (first.user_id, first.status, first.role) == (nova.pk, "active", "issuer")
    assert (second.user_id, second.status) == (None, "pending")


def test_who_is_a_member_already_signs_in_whatever_another_address_is_invited_to(
    acme: Tenant, anonymous: Caller
) -> None:
    nova = person()
    own = make_member(acme, "nova")
    User.objects.filter(pk=nova.pk).update(email="old@mail.example")
    waiting = invite(acme, role=Role.OWNER)
    User.objects.filter(pk=nova.pk).update(email=EMAIL)

    assert sign_in(anonymous).status_code == 200

    for row in (own, waiting):
        row.refresh_from_db()
    assert (own.status, own.role, waiting.status) == ("active", "member", "pending")


@pytest.mark.django_db(transaction=True)
def test_who_signs_in_twice_at_once_joins_once() -> None:
    with walls.platform_work():
        tenants = [members.create_tenant(slug=slug, name="T", by=OPERATOR) for slug in "ab"]
        nova = person()
        for tenant in tenants:
            invite(tenant)

    answers = together(10, lambda _: sign_in(Caller()))

    assert [answer.status_code for answer in answers] == [200] * 10
    with walls.platform_work():
        joined = Membership.objects.filter(user=nova, status="active")
        assert sorted(joined.values_list("is_primary", flat=True)) == [False, True]
        assert Event.objects.filter(action="joined").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_a_withdrawal_and_a_sign_in_at_once_one_wins() -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        nova = person()
        row = invite(acme)

    def act(index: int) -> Any:
        if index:
            return sign_in(Caller()).status_code
        with walls.platform_work():
            members.change(row, by=OPERATOR, status="inactive")
        return 200

    assert together(2, act) == [200, 200]

    with walls.platform_work():
        row.refresh_from_db()
        # Withdrawn before it was taken up, or ended after.
        assert (row.user_id, row.status) in {(None, "inactive"), (nova.pk, "inactive")}
