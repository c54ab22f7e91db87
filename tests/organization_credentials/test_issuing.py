"""The engine behind every way of issuing: what it makes, refuses, and leaves as it is."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertions import Outcome, Wanted
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.clock import Clock
from tests.conftest import Caller, make_member
from tests.costs import counted
from tests.factories import assertion, definition
from users.models import User

YEAR = timedelta(days=365)


def issue(of: CredentialDefinition, *identities: str, once: bool = False, **facts: Any) -> Any:
    wanted = [Wanted(of.uuid, identity, **facts) for identity in identities]
    with walls.tenant_work(of.tenant_id):
        return assertions.issue(of.tenant_id, wanted, by=OPERATOR, once=once)


def changes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.change for outcome in outcomes]


def codes(outcomes: list[Outcome]) -> list[list[str]]:
    return [[error.code for error in outcome.errors] for outcome in outcomes]


def actions() -> Counter[str]:
    return Counter(Event.objects.filter(object_kind="assertion").values_list("action", flat=True))


def test_one_is_issued_with_its_event(member: Caller, acme: Tenant) -> None:
    (outcome,) = issue(definition(acme), "member", narrative="Did well")
    row = Assertion.objects.get(uuid=outcome.uuid)
    assert (row.holder_id, row.identity, row.narrative) == (member.user.pk, "member", "Did well")
    assert actions() == {"awarded": 1}


@pytest.mark.parametrize("identity", ["MEMBER", "member@acme.example", "Member@ACME.example"])
def test_a_member_is_found_by_either_name_in_any_case(
    member: Caller, acme: Tenant, identity: str
) -> None:
    welder = definition(acme)
    first = assertion("member", welder)
    (again,) = issue(welder, identity)
    assert (again.change, again.uuid) == ("already_issued", first.uuid)
    assert actions() == {"awarded": 1}


def test_an_unverified_address_is_nobodys(member: Caller, acme: Tenant) -> None:
    User.objects.filter(pk=member.user.pk).update(email_verified_at=None)
    (outcome,) = issue(definition(acme), "member@acme.example")
    assert Assertion.objects.get(uuid=outcome.uuid).holder_id is None


def test_an_address_goes_before_a_username_of_its_form(
    member: Caller, acme: Tenant, join: Any
) -> None:
    join(acme, "member@acme.example")
    assert assertion("member@acme.example", definition(acme)).holder_id == member.user.pk


def test_a_stranger_to_the_tenant_is_a_mere_name(acme: Tenant, globex: Tenant) -> None:
    make_member(globex, "stranger")
    assert assertion("stranger", definition(acme)).holder_id is None


def test_names_without_a_member_are_one_in_any_case(acme: Tenant) -> None:
    outcomes = issue(definition(acme), "new@acme.example", "NEW@acme.example")
    assert changes(outcomes) == ["issued", "already_issued"]
    assert outcomes[0].uuid == outcomes[1].uuid


def test_who_is_named_twice_gets_one(member: Caller, acme: Tenant) -> None:
    outcomes = issue(definition(acme), "member", "member@acme.example", "member")
    assert changes(outcomes) == ["issued", "already_issued", "already_issued"]
    assert Assertion.objects.count() == 1


def test_what_expired_lapses_and_is_issued_again(
    member: Caller, acme: Tenant, clock: Clock
) -> None:
    welder = definition(acme, valid_for_amount=1, valid_for_duration="years")
    first = assertion("member", welder)
    clock.move(2 * YEAR)
    second = assertion("member", welder)
    first.refresh_from_db()
    assert second.pk != first.pk
    assert first.lapsed_at == timezone.now()
    assert actions() == {"awarded": 2, "lapsed": 1}


def test_it_expires_at_its_last_instant(member: Caller, acme: Tenant, clock: Clock) -> None:
    welder = definition(acme, valid_for_amount=1, valid_for_duration="days")
    assertion("member", welder)
    clock.move(timedelta(days=1, microseconds=-1))
    assert changes(issue(welder, "member")) == ["already_issued"]
    clock.move(timedelta(microseconds=1))
    assert changes(issue(welder, "member")) == ["issued"]


def test_what_was_revoked_is_issued_again_but_not_by_a_signal(member: Caller, acme: Tenant) -> None:
    welder = definition(acme)
    first = assertion("member", welder)
    lifecycle.move(first, lifecycle.REVOKED, by=OPERATOR, reason="Mistake")
    (signal,) = issue(welder, "member", once=True)
    assert (signal.change, signal.uuid) == ("already_issued", first.uuid)
    assert changes(issue(welder, "member")) == ["issued"]


def test_an_expiry_of_its_own_goes_before_the_definitions(member: Caller, acme: Tenant) -> None:
    welder = definition(acme, valid_for_amount=1, valid_for_duration="days")
    until = timezone.now() + YEAR
    assert assertion("member", welder, expires_at=until).expires_at == until


def test_nothing_is_issued_that_has_expired_already(acme: Tenant) -> None:
    welder = definition(acme, valid_for_amount=1, valid_for_duration="years")
    past = timezone.now() - timedelta(seconds=1)
    assert codes(issue(welder, "a", expires_at=past)) == [["expired"]]
    assert codes(issue(welder, "a", issued_at=timezone.now() - 2 * YEAR)) == [["expired"]]
    assert not Assertion.objects.exists()


@pytest.mark.parametrize(
    "closed",
    [
        {"revoked": True},
        {"issued_on": timezone.now() + YEAR},
        {"expires_at": timezone.now() - YEAR},
    ],
)
def test_a_closed_definition_issues_nothing(acme: Tenant, closed: dict[str, Any]) -> None:
    welder = definition(acme, **closed)
    assert codes(issue(welder, "a", "b")) == [["not_issuable"]] * 2
    assert not Assertion.objects.exists()


def test_a_deleted_or_foreign_definition_is_unknown(acme: Tenant, globex: Tenant) -> None:
    deleted = definition(acme, deleted_at=timezone.now())
    assert codes(issue(deleted, "a")) == [["unknown_definition"]]
    wanted = [Wanted(definition(globex).uuid, "a"), Wanted(uuid.uuid4(), "a")]
    with walls.tenant_work(acme.pk):
        assert codes(assertions.issue(acme.pk, wanted, by=OPERATOR)) == [["unknown_definition"]] * 2
        assert [error[0].code for error in assertions.check(acme.pk, wanted)] == [
            "unknown_definition"
        ] * 2


def test_what_is_refused_leaves_the_others_issued(acme: Tenant) -> None:
    good, bad = definition(acme), definition(acme, revoked=True)
    wanted = [Wanted(bad.uuid, "a"), Wanted(good.uuid, "a"), Wanted(bad.uuid, "b")]
    with walls.tenant_work(acme.pk):
        assert changes(assertions.issue(acme.pk, wanted, by=OPERATOR)) == ["", "issued", ""]


def test_a_thousand_take_as_many_round_trips_as_two(acme: Tenant) -> None:
    welder, smith = definition(acme), definition(acme)
    with counted() as few:
        issue(welder, "a", "b")
    with counted() as many:
        issue(smith, *(f"person-{number}" for number in range(1000)))
    assert (many.round_trips, many.statements) == (few.round_trips, few.statements)
    assert Assertion.objects.filter(definition=smith).count() == 1000
