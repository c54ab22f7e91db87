"""A suspended tenant is closed to its members; its public pages stay."""

from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.answers import assert_problem, stored
from tests.clock import FIVE_SECONDS, Clock
from tests.conftest import PASSWORD, Caller, make_member, sign_in, with_key
from tests.factories import micro_credential, micro_credential_body

LIST = "/api/v1/user-micro-credentials"
ONE = "/api/v1/user-micro-credential/{}"
PUBLIC = "/api/v1/public/user-micro-credential/{}"
ME = "/api/v1/users/me"


@pytest.fixture
def record(acme: Tenant, member: Caller) -> MicroCredential:
    return micro_credential(acme, member.user)


def suspend(tenant: Tenant) -> None:
    members.set_status(tenant, Tenant.Status.SUSPENDED, by=OPERATOR)


@pytest.mark.parametrize("role", ["member", "issuer", "admin", "owner", "key"])
def test_members_of_every_role_get_403_and_change_nothing(
    acme: Tenant, record: MicroCredential, request: pytest.FixtureRequest, role: str
) -> None:
    if role == "key":
        caller = with_key(Membership.objects.get(user_id=record.holder_id))
    else:
        caller = request.getfixturevalue(role)
    suspend(acme)
    before, one = stored(record), ONE.format(record.pk)

    answers: list[Any] = [
        caller.get(LIST),
        caller.post(LIST, micro_credential_body()),
        caller.get(one),
        caller.put(one, micro_credential_body(title="New")),
        caller.patch(one, {"title": "New"}),
        caller.delete(one),
    ]

    for answer in answers:
        assert_problem(answer, 403, "tenant-suspended")
    assert stored(record) == before
    assert MicroCredential.objects.count() == 1


def test_public_pages_stay_the_same(
    acme: Tenant, record: MicroCredential, anonymous: Caller, member: Caller
) -> None:
    path = PUBLIC.format(record.uuid)
    before = anonymous.get(path)

    suspend(acme)

    for caller in (anonymous, member):
        after = caller.get(path)
        assert (after.status_code, after.content) == (200, before.content)


def test_it_takes_effect_within_5_seconds_in_other_processes(
    acme: Tenant, member: Caller, clock: Clock
) -> None:
    assert member.get(LIST).status_code == 200
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)

    clock.move(FIVE_SECONDS)

    assert_problem(member.get(LIST), 403, "tenant-suspended")


def test_a_reactivated_tenant_is_open_again(acme: Tenant, member: Caller) -> None:
    suspend(acme)
    assert member.get(LIST).status_code == 403

    members.set_status(acme, Tenant.Status.ACTIVE, by=OPERATOR)

    assert member.get(LIST).status_code == 200
    actions = Event.objects.filter(object_kind="tenant").order_by("id").values_list("action")
    assert [action for (action,) in actions] == ["created", "status_changed", "status_changed"]


def test_a_superuser_still_works_there(acme: Tenant, superuser: Caller) -> None:
    suspend(acme)

    assert superuser.get(LIST).status_code == 200


def test_a_stranger_is_told_nothing_of_it(
    acme: Tenant, record: MicroCredential, outsider: Caller
) -> None:
    suspend(acme)

    assert_problem(outsider.get(ONE.format(record.pk)), 404, "not-found")


def test_members_keep_their_own_profile_but_integrations_do_not(
    acme: Tenant, member: Caller
) -> None:
    key = with_key(Membership.objects.get(user=member.user))
    suspend(acme)

    assert member.get(ME).status_code == 200
    assert_problem(key.get(ME), 403, "tenant-suspended")


def test_members_sign_in_but_not_into_the_suspended_tenant_by_name(
    acme: Tenant, member: Caller, anonymous: Caller
) -> None:
    suspend(acme)
    sent = {"username": "member", "password": PASSWORD}

    signed_in = anonymous.post("/api/v1/token", sent)
    named = anonymous.post("/api/v1/token", sent | {"tenant": "acme"})

    assert signed_in.status_code == 200
    access = Caller(f"Bearer {signed_in.json()['access']}")
    assert_problem(access.get(LIST), 403, "tenant-suspended")
    assert_problem(named, 403, "tenant-suspended")


def test_a_persons_other_tenants_are_not_touched(acme: Tenant, globex: Tenant) -> None:
    make_member(acme, "ada")
    elsewhere = sign_in(make_member(globex, "ada", Role.ISSUER))

    suspend(acme)

    assert elsewhere.get(LIST).status_code == 200
