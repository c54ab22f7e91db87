"""Who was invited bears no name in the organization before they come, even with an account."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from credentials.core.models import HeldCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.answers import assert_problem
from tests.conftest import PASSWORD, Caller
from tests.factories import assertion, award, definition, program
from users import people
from users.models import User

EMAIL = "nova@mail.example"
Issue = Callable[[Tenant, str], HeldCredential]


def award_to(tenant: Tenant, username: str) -> HeldCredential:
    return award(username, program(tenant))


def assertion_to(tenant: Tenant, identity: str) -> HeldCredential:
    return assertion(identity, definition(tenant))


@pytest.fixture
def nova(acme: Tenant) -> User:
    user: User = User.objects.create_user("nova", EMAIL, PASSWORD, email_verified_at=timezone.now())
    members.invite(acme, EMAIL, Role.MEMBER, by=OPERATOR)
    assert Membership.objects.get(user=user).status == Membership.Status.PENDING
    return user


def come(caller: Caller) -> None:
    answer = caller.post("/api/v1/token", {"username": "nova", "password": PASSWORD})
    assert answer.status_code == 200


def holder_of(row: HeldCredential) -> int | None:
    row.refresh_from_db()
    found: int | None = row.holder_id
    return found


@pytest.mark.parametrize(
    ("issue", "name"),
    [
        (award_to, "nova"),
        (award_to, "NOVA"),
        (assertion_to, "nova"),
        (assertion_to, "NOVA"),
        (assertion_to, EMAIL),
        (assertion_to, EMAIL.upper()),
    ],
)
def test_what_is_issued_to_the_invited_waits_until_they_sign_in(
    acme: Tenant, nova: User, anonymous: Caller, issue: Issue, name: str
) -> None:
    waiting = issue(acme, name)
    assert holder_of(waiting) is None

    come(anonymous)

    assert holder_of(waiting) == nova.pk
    history = Event.objects.filter(object_uuid=waiting.uuid).order_by("id")
    assert list(history.values_list("action", flat=True)) == ["awarded", "claimed"]


def test_the_same_name_again_is_the_same_credential_before_and_after(
    acme: Tenant, nova: User, anonymous: Caller
) -> None:
    certificate, badge = program(acme), definition(acme)

    def issued(name: str) -> list[int]:
        return [award(name, certificate).pk, assertion(name, badge).pk]

    first = issued("nova")
    assert issued("NOVA") == first

    come(anonymous)

    assert issued("Nova") == first


@pytest.mark.parametrize("issue", [award_to, assertion_to])
def test_who_is_renamed_while_invited_claims_nothing_before_they_come(
    acme: Tenant, nova: User, anonymous: Caller, issue: Issue
) -> None:
    waiting = issue(acme, "star")
    people.change(nova.pk, {"username": "star"}, by=OPERATOR, tenant_id=None)
    assert holder_of(waiting) is None

    answer = anonymous.post("/api/v1/token", {"username": "star", "password": PASSWORD})

    assert answer.status_code == 200
    assert holder_of(waiting) == nova.pk


def test_an_address_that_is_verified_while_invited_claims_nothing_before_they_come(
    acme: Tenant, nova: User, anonymous: Caller
) -> None:
    address = "star@mail.example"
    waiting = assertion_to(acme, address)
    people.change(nova.pk, {"email": address}, by=OPERATOR, tenant_id=None)
    nova.refresh_from_db()
    people.verify_email(nova, by=OPERATOR)
    assert holder_of(waiting) is None

    come(anonymous)

    assert holder_of(waiting) == nova.pk


def test_an_administrator_names_the_invited_only_once_they_came(
    nova: User, admin: Caller, anonymous: Caller
) -> None:
    paths = [f"/api/v1/credentials/orgs/acme/users/{name}/" for name in ("nova", nova.pk)]
    for path in paths:
        assert_problem(admin.get(path), 403, "forbidden")

    come(anonymous)

    assert [admin.get(path).status_code for path in paths] == [200, 200]
