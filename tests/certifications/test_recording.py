"""The engine behind every way of recording: what it makes, updates, and leaves as it is."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from credentials.certifications import recording
from credentials.certifications.recording import Named, Outcome, Wanted
from credentials.models import Certification
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.conftest import Caller, make_member
from tests.costs import counted
from tests.factories import certification, certification_type
from tests.together import together

PAIR: dict[str, Any] = {"external_source": "hr", "external_id": "17"}


def record(tenant: Tenant, *wanted: Wanted) -> list[Outcome]:
    with walls.tenant_work(tenant.pk):
        return recording.record(tenant.pk, wanted, by=OPERATOR)


def of(user: Any, facts: dict[str, Any] | None = None, **named: Any) -> Wanted:
    return Wanted(Named(person=user.pk, **named), facts or {})


def changes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.change for outcome in outcomes]


def codes(outcomes: list[Outcome]) -> list[list[str]]:
    return [[error.code for error in outcome.errors] for outcome in outcomes]


def actions() -> Counter[str]:
    found = Event.objects.filter(object_kind="certification")
    return Counter(found.values_list("action", flat=True))


def test_nothing_is_required_but_whose_it_is(member: Caller, acme: Tenant) -> None:
    row = certification(acme, member.user)
    assert (row.source, row.lifecycle_status, row.verification_status) == (
        "manual",
        "active",
        "unverified",
    )
    assert row.membership_id == Membership.objects.get(user=member.user).pk
    assert (row.certification_type, row.issued_on, row.external_id) == (None, None, None)
    assert actions() == {"created": 1}


def test_the_external_pair_names_one_record(member: Caller, acme: Tenant) -> None:
    first = certification(acme, member.user, serial_number="1", issuer_name="Red Cross", **PAIR)
    again = certification(acme, member.user, serial_number="2", **PAIR)
    assert (again.pk, again.serial_number, again.issuer_name) == (first.pk, "2", "Red Cross")
    assert actions() == {"created": 1, "changed": 1}


def test_the_same_again_writes_nothing(member: Caller, acme: Tenant) -> None:
    first = certification(acme, member.user, serial_number="1", **PAIR)
    wanted = of(member.user, {"serial_number": "1"}, **PAIR)
    assert changes(record(acme, wanted)) == ["unchanged"]
    assert Certification.objects.get().modified_at == first.modified_at
    assert actions() == {"created": 1}


@pytest.mark.parametrize("half", [{"external_source": "hr"}, {"external_id": "17"}, {}])
def test_half_a_pair_names_nothing(member: Caller, acme: Tenant, half: dict[str, Any]) -> None:
    wanted = of(member.user, **half)
    assert changes(record(acme, wanted, wanted)) == ["created", "created"]
    assert Certification.objects.count() == 2


def test_the_pair_is_one_members_own(member: Caller, colleague: Caller, acme: Tenant) -> None:
    outcomes = record(acme, of(member.user, **PAIR), of(colleague.user, **PAIR))
    assert changes(outcomes) == ["created", "created"]


def test_a_pair_named_twice_takes_both_steps(member: Caller, acme: Tenant) -> None:
    outcomes = record(
        acme,
        of(member.user, {"serial_number": "1"}, **PAIR),
        of(member.user, {"issuer_name": "Red Cross"}, **PAIR),
        of(member.user, {"serial_number": "1"}, **PAIR),
    )
    assert changes(outcomes) == ["created", "updated", "unchanged"]
    row = Certification.objects.get()
    assert (row.serial_number, row.issuer_name) == ("1", "Red Cross")
    assert actions() == {"created": 1}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"serial_number": "2"}, "unverified"),
        ({"issued_on": date(2026, 1, 1)}, "unverified"),
        ({"source": "api"}, "verified"),
    ],
)
def test_another_value_of_what_was_verified_is_not(
    member: Caller, acme: Tenant, facts: dict[str, Any], status: str
) -> None:
    row = certification(acme, member.user, serial_number="1", **PAIR)
    Certification.objects.filter(pk=row.pk).update(
        verification_status="verified", last_verified_at=timezone.now()
    )
    assert certification(acme, member.user, **facts, **PAIR).verification_status == status


def test_what_is_archived_comes_back(member: Caller, acme: Tenant) -> None:
    row = certification(acme, member.user, **PAIR)
    Certification.objects.filter(pk=row.pk).update(lifecycle_status="archived")
    assert certification(acme, member.user, **PAIR).lifecycle_status == "active"


def test_types_are_ones_own_or_standard(member: Caller, acme: Tenant, globex: Tenant) -> None:
    own, standard = certification_type(acme), certification_type(None)
    foreign = certification_type(globex)
    archived = certification_type(acme, slug="old", status="archived")
    assert certification(acme, member.user, type=own.uuid).type_owner == acme.pk
    assert certification(acme, member.user, type=standard.uuid).type_owner == 0
    assert certification(acme, member.user, slug="first-aid").certification_type == own
    wanted = [of(member.user, type=kind.uuid) for kind in (foreign, archived)]
    assert codes(record(acme, *wanted)) == [["unknown_type"]] * 2


def test_a_member_is_found_by_any_of_their_names(member: Caller, acme: Tenant) -> None:
    mine = Membership.objects.get(user=member.user)
    Membership.objects.filter(pk=mine.pk).update(external_id="E7")
    names = ("MEMBER", "Member@acme.example", "E7")
    outcomes = record(acme, *(Wanted(Named(identity=name)) for name in names))
    outcomes += record(acme, Wanted(Named(member=mine.uuid)))
    assert changes(outcomes) == ["created"] * 4
    assert set(Certification.objects.values_list("membership_id", flat=True)) == {mine.pk}


def test_who_is_invited_has_records_already(acme: Tenant) -> None:
    row = members.invite(acme, "nova@mail.example", Role.MEMBER, by=OPERATOR)
    record(acme, Wanted(Named(identity="Nova@mail.example")))
    assert Certification.objects.get().membership_id == row.pk


def test_strangers_have_none(acme: Tenant, outsider: Caller, globex: Tenant) -> None:
    theirs = Membership.objects.get(user=outsider.user)
    wanted = [of(outsider.user), Wanted(Named(member=theirs.uuid)), Wanted(Named(identity="x"))]
    assert codes(record(acme, *wanted)) == [["unknown_member"]] * 3


def test_the_last_day_is_not_before_the_first(member: Caller, acme: Tenant) -> None:
    certification(acme, member.user, issued_on=date(2026, 2, 1), **PAIR)
    wanted = of(member.user, {"expires_on": date(2026, 1, 31)}, **PAIR)
    assert codes(record(acme, wanted)) == [["before_issued_on"]]
    certification(acme, member.user, expires_on=date(2026, 2, 1), **PAIR)


def test_a_thousand_take_as_many_round_trips_as_two(member: Caller, acme: Tenant) -> None:
    wanted = [of(member.user, external_source="hr", external_id=str(n)) for n in range(1002)]
    with counted() as few:
        record(acme, *wanted[:2])
    with counted() as many:
        record(acme, *wanted[2:])
    assert (many.round_trips, many.statements) == (few.round_trips, few.statements)
    assert Certification.objects.count() == 1002


@pytest.mark.django_db(transaction=True)
def test_20_at_once_make_one_record() -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        user = make_member(acme, "member").user

    def act(index: int) -> str:
        (outcome,) = record(acme, of(user, {"serial_number": str(index % 2)}, **PAIR))
        return outcome.change

    done = Counter(together(20, act))
    assert done["created"] == 1
    with walls.platform_work():
        assert Certification.objects.count() == 1
        assert actions() == {
            "created": 1,
            **({"changed": done["updated"]} if done["updated"] else {}),
        }
