"""Members of a tenant: roles, the primary one of a person, the owner that stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from credentials_portal.problems import as_problem
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tenants.walls import platform_work
from tests.answers import stored
from tests.conftest import Caller, make_member, sign_in
from tests.factories import micro_credential
from tests.together import elsewhere, together

LAST_OWNER = "tenants_membership_last_owner"
LIST = "/api/v1/user-micro-credentials"


def refusal_of(act: Callable[[], Any]) -> tuple[int, str]:
    """Status and kind of the problem with which the database's refusal is answered."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    problem = as_problem(refused.value)
    return problem.status, problem.slug


@pytest.mark.parametrize(
    "change",
    [{"role": Role.MEMBER}, {"role": Role.ADMIN}, {"status": "inactive"}],
    ids=["made a member", "made an admin", "deactivated"],
)
def test_the_last_owner_keeps_the_role(acme: Tenant, change: dict[str, Any]) -> None:
    last = make_member(acme, "last", Role.OWNER)
    make_member(acme, "ended", Role.OWNER)
    members.change(Membership.objects.get(user__username="ended"), status="inactive", by=OPERATOR)
    before, events = stored(last), Event.objects.count()

    refusal = refusal_of(lambda: members.change(last, by=OPERATOR, **change))

    assert refusal == (409, "last-owner")
    assert stored(last) == before
    assert Event.objects.count() == events


def test_the_last_owner_cannot_be_removed(acme: Tenant) -> None:
    last = make_member(acme, "last", Role.OWNER)

    assert refusal_of(last.delete) == (409, "last-owner")
    assert Membership.objects.filter(pk=last.pk).exists()


def test_the_last_owner_cannot_be_moved_to_another_tenant(acme: Tenant, globex: Tenant) -> None:
    last = make_member(acme, "last", Role.OWNER)
    row = Membership.objects.filter(pk=last.pk)

    assert refusal_of(lambda: row.update(tenant_id=globex.pk)) == (409, "last-owner")


def test_owners_cannot_all_be_demoted_by_one_statement(acme: Tenant) -> None:
    make_member(acme, "first", Role.OWNER)
    make_member(acme, "second", Role.OWNER)
    every = Membership.objects.filter(tenant=acme)

    assert refusal_of(lambda: every.update(role=Role.MEMBER)) == (409, "last-owner")
    assert set(every.values_list("role", flat=True)) == {Role.OWNER}


def test_owners_of_other_tenants_do_not_count(acme: Tenant, outsider: Caller) -> None:
    last = make_member(acme, "last", Role.OWNER)

    refusal = refusal_of(lambda: members.change(last, role=Role.MEMBER, by=OPERATOR))

    assert refusal == (409, "last-owner")


def test_an_owner_may_go_while_another_stays(acme: Tenant) -> None:
    first, second = make_member(acme, "first", Role.OWNER), make_member(acme, "second", Role.OWNER)

    members.change(first, role=Role.MEMBER, by=OPERATOR)

    assert stored(first)["role"] == Role.MEMBER
    assert stored(second)["role"] == Role.OWNER


def two_owners() -> tuple[Membership, Membership]:
    with platform_work():
        tenant = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        return (
            make_member(tenant, "first", Role.OWNER),
            make_member(tenant, "second", Role.OWNER),
        )


def demote(membership: Membership, *, patience: str = "5s") -> None:
    with platform_work():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [patience])
        members.change(membership, role=Role.MEMBER, by=OPERATOR)


@pytest.mark.django_db(transaction=True)
def test_second_owner_to_leave_waits_for_the_first_and_is_refused() -> None:
    first, second = two_owners()

    with platform_work():
        members.change(first, role=Role.MEMBER, by=OPERATOR)
        # Not yet committed: to the other transaction, there are still two owners.
        with pytest.raises(OperationalError, match="lock timeout"):
            elsewhere(lambda: demote(second, patience="50ms"))
    with pytest.raises(IntegrityError, match="last owner"):
        elsewhere(lambda: demote(second))

    with platform_work():
        assert list(Membership.objects.filter(role=Role.OWNER)) == [second]


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_demote_each_other_at_once_one_stays() -> None:
    pair = two_owners()

    def attempt(index: int) -> bool:
        try:
            demote(pair[index])
        except IntegrityError:
            return False
        return True

    outcomes = together(2, attempt)

    assert sorted(outcomes) == [False, True]
    with platform_work():
        assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_first_membership_of_a_person_is_the_primary_one(acme: Tenant, globex: Tenant) -> None:
    first, second = make_member(acme, "ada"), make_member(globex, "ada")

    assert (first.is_primary, second.is_primary) == (True, False)


def test_a_new_primary_membership_takes_the_place_of_the_old_one(
    acme: Tenant, globex: Tenant
) -> None:
    first, second = make_member(acme, "ada"), make_member(globex, "ada")

    members.change(second, is_primary=True, by=OPERATOR)

    assert stored(first)["is_primary"] is False
    assert stored(second)["is_primary"] is True


def test_a_person_has_one_primary_membership(acme: Tenant, globex: Tenant) -> None:
    make_member(acme, "ada")
    second = make_member(globex, "ada")
    row = Membership.objects.filter(pk=second.pk)

    assert refusal_of(lambda: row.update(is_primary=True)) == (409, "conflict")


def test_a_person_is_a_member_of_a_tenant_once(acme: Tenant) -> None:
    ada = make_member(acme, "ada")

    again = refusal_of(lambda: members.add_member(acme, ada.person_id, Role.ADMIN, by=OPERATOR))

    assert again == (409, "conflict")
    assert Membership.objects.filter(user_id=ada.person_id).get().role == Role.MEMBER


def test_a_changed_role_is_written_into_the_history(acme: Tenant) -> None:
    ada = make_member(acme, "ada")

    members.change(ada, role=Role.ISSUER, by=OPERATOR)
    members.change(ada, role=Role.ISSUER, by=OPERATOR)

    changes = Event.objects.filter(object_kind="membership", action="changed", object_id=ada.pk)
    content = changes.get().content.content
    assert '"role":"member"' in content
    assert '"role":"issuer"' in content


def test_a_new_role_counts_at_once(acme: Tenant, member: Caller) -> None:
    ada = make_member(acme, "ada")
    caller = sign_in(ada)
    micro_credential(acme, member.user)
    query = {"user_id": member.user.pk}
    assert caller.get(LIST, query).status_code == 403

    members.change(ada, role=Role.ISSUER, by=OPERATOR)

    assert caller.get(LIST, query).json()["count"] == 1


def test_an_ended_membership_closes_the_tenant_as_if_it_did_not_exist(acme: Tenant) -> None:
    ada = make_member(acme, "ada")
    caller = sign_in(ada)
    assert caller.get(LIST).status_code == 200

    members.change(ada, status="inactive", by=OPERATOR)

    assert caller.get(LIST).status_code == 404
