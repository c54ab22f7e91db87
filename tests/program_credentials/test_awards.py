"""The engine beneath the API, imports and the admin: what it finds, writes and notes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.models import Attribute, UserCredential
from credentials.program_credentials import awards
from credentials.program_credentials.awards import CertificateKey, Note, Outcome, Wanted
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.conftest import make_member
from tests.factories import course, program
from users import people
from users.models import User

PROGRAM = CertificateKey(program_id=1)
COURSE = CertificateKey(course_id="course-v1:Acme+W1+2026", certificate_type="honor")


@pytest.fixture(autouse=True)
def _catalogue(acme: Tenant) -> None:
    program(acme, program_id=1)
    program(acme, program_id=2, is_active=False)
    course(acme)


def wanted(username: str = "ada", **changes: Any) -> Wanted:
    return Wanted(**{"username": username, "certificate": COURSE, "status": "awarded", **changes})


def run(tenant: Tenant, *items: Wanted) -> list[Outcome]:
    with walls.tenant_work(tenant.pk):
        return awards.apply(tenant.pk, items, by=OPERATOR)


def known(outcome: Outcome) -> int:
    assert outcome.award_id is not None
    return outcome.award_id


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [outcome.change for outcome in outcomes]


def history(award_id: int) -> list[tuple[str, Any, Any]]:
    found = Event.objects.filter(object_kind="usercredential", object_id=award_id).order_by("id")
    contents = [
        (action, json.loads(text))
        for action, text in found.values_list("action", "content__content")
    ]
    return [(action, content["before"], content["after"]) for action, content in contents]


def test_award_is_made_with_its_attributes_and_one_event(acme: Tenant) -> None:
    notes = (Note("x", "N", "1"), Note("grade", "Final Grade", "0.5"))

    (outcome,) = run(acme, wanted(notes=notes))

    assert (outcome.change, outcome.errors) == ("created", ())
    award = UserCredential.objects.get(pk=known(outcome))
    assert (award.uuid, award.username, award.holder_id) == (outcome.award_uuid, "ada", None)
    assert (award.status, award.revoked_at, award.revocation_reason) == ("awarded", None, "")
    assert award.course is not None
    assert list(award.attributes.values_list("namespace", "name", "value")) == [
        ("x", "N", "1"),
        ("grade", "Final Grade", "0.5"),
    ]
    ((action, before, after),) = history(known(outcome))
    assert (action, before, after["status"], after["username"]) == (
        *("awarded", None, "awarded", "ada"),
    )
    assert after["attributes"] == [vars(note) for note in notes]


def test_award_first_recorded_as_revoked_says_so(acme: Tenant) -> None:
    (outcome,) = run(acme, wanted(status="revoked", reason="Plagiarism"))

    award = UserCredential.objects.get(pk=known(outcome))
    assert (award.status, award.revocation_reason) == ("revoked", "Plagiarism")
    assert award.revoked_at is not None
    assert award.awarded_at is not None
    assert [action for action, *_ in history(award.pk)] == ["revoked"]


def test_what_is_there_already_writes_nothing(acme: Tenant) -> None:
    item = wanted(notes=(Note("x", "N", "1"),))
    (first,) = run(acme, item)
    before = UserCredential.objects.filter(pk=known(first)).values().get()

    (again,) = run(acme, item)

    assert (again.change, again.award_id) == ("unchanged", first.award_id)
    assert UserCredential.objects.filter(pk=known(first)).values().get() == before
    assert len(history(known(first))) == 1


def test_moves_and_changes_of_attributes_each_write_what_differs(acme: Tenant) -> None:
    (first,) = run(acme, wanted(notes=(Note("x", "N", "1"), Note("y", "M", "1"))))

    changed = run(
        acme,
        wanted(status="revoked", reason="Fraud"),
        wanted(status="revoked", notes=(Note("X", "n", "2"),)),
        wanted(notes=(Note("z", "New", "3"),)),
    )

    assert kinds(changed) == ["revoked", "changed", "awarded"]
    assert {outcome.award_id for outcome in changed} == {first.award_id}
    _, revoked, noted, awarded = history(known(first))
    assert revoked[0] == "revoked"
    assert (revoked[1]["status"], revoked[2]["status"]) == ("awarded", "revoked")
    assert revoked[2]["revocation_reason"] == "Fraud"
    assert set(noted[1]) == set(noted[2]) == {"attributes"}
    assert noted[2]["attributes"][0] == {"namespace": "x", "name": "N", "value": "2"}
    assert (awarded[0], awarded[2]["revocation_reason"]) == ("awarded", "")
    values = Attribute.objects.order_by("id").values_list("namespace", "name", "value")
    assert list(values) == [("x", "N", "2"), ("y", "M", "1"), ("z", "New", "3")]


def test_one_name_whatever_its_case_and_the_same_award_twice_in_one_call(acme: Tenant) -> None:
    outcomes = run(acme, wanted("ada"), wanted("ADA", status="revoked"), wanted("Ada"))

    assert kinds(outcomes) == ["created", "revoked", "awarded"]
    award = UserCredential.objects.get()
    assert (award.username, award.status) == ("ada", "awarded")
    assert [action for action, *_ in history(award.pk)] == ["awarded", "revoked", "awarded"]


def test_award_goes_to_the_member_of_that_name_even_one_who_left(acme: Tenant) -> None:
    membership = make_member(acme, "ada")
    members.change(membership, by=OPERATOR, status=Membership.Status.INACTIVE)

    (outcome,) = run(acme, wanted("ADA"))

    assert UserCredential.objects.get(pk=known(outcome)).holder_id == membership.user_id


def test_stranger_of_another_tenant_is_but_a_name(acme: Tenant, globex: Tenant) -> None:
    make_member(globex, "ada")

    (outcome,) = run(acme, wanted())

    assert UserCredential.objects.get(pk=known(outcome)).holder_id is None


def test_refused_items_are_reported_and_the_others_applied(acme: Tenant, globex: Tenant) -> None:
    program(globex, program_id=77)
    items = [
        wanted(certificate=CertificateKey(program_id=3)),
        wanted(certificate=CertificateKey(program_id=2)),
        wanted(certificate=CertificateKey(program_id=77)),
        wanted(
            certificate=PROGRAM, notes=(Note("whitelist", "Whitelist", "x"), Note("a", "b", "c"))
        ),
        wanted(certificate=CertificateKey(course_id=COURSE.course_id, certificate_type="verified")),
        wanted(),
    ]
    expected = [
        [("/credential", "unknown_certificate")],
        [("/credential", "inactive_certificate")],
        [("/credential", "unknown_certificate")],
        [("/attributes/1", "not_for_programs")],
        [("/credential", "unknown_certificate")],
        [],
    ]

    with walls.tenant_work(acme.pk):
        checked = awards.check(acme.pk, items)
    outcomes = run(acme, *items)

    for errors in (checked, [outcome.errors for outcome in outcomes]):
        assert [[(e.pointer, e.code) for e in each] for each in errors] == expected
    assert kinds(outcomes) == ["", "", "", "", "", "created"]
    assert UserCredential.objects.count() == 1


def test_tenant_may_take_any_attributes_for_programs(acme: Tenant) -> None:
    members.change_tenant(acme, by=OPERATOR, settings={"program_attributes": "any"})

    assert kinds(run(acme, wanted(certificate=PROGRAM, notes=(Note("a", "b", "c"),)))) == [
        "created"
    ]


def test_names_are_claimed_by_a_new_member_but_what_they_hold_already_is_not(acme: Tenant) -> None:
    ids = [
        known(outcome) for outcome in run(acme, wanted("ADA"), wanted("Ada", certificate=PROGRAM))
    ]
    run(acme, wanted("bob"))

    membership = make_member(acme, "ada")

    held = UserCredential.objects.filter(holder_id=membership.user_id)
    assert sorted(held.values_list("id", flat=True)) == sorted(ids)
    assert [action for action, *_ in history(ids[0])] == ["awarded", "claimed"]
    assert history(ids[0])[1][2] == {"holder_id": membership.user_id}
    assert kinds(run(acme, wanted("aDa"))) == ["unchanged"]


def test_renamed_member_claims_what_waits_for_the_new_name(acme: Tenant) -> None:
    user = make_member(acme, "ada").user
    (waiting,) = run(acme, wanted("lady", certificate=PROGRAM))

    people.change(user.pk, {"username": "Lady"}, by=OPERATOR, tenant_id=acme.pk)

    assert UserCredential.objects.get(pk=known(waiting)).holder_id == user.pk
    assert User.objects.get(pk=user.pk).username == "Lady"


@pytest.mark.parametrize(("later", "status"), [("lady", "revoked"), ("ada", "awarded")])
def test_what_a_renamed_member_holds_already_is_joined_and_the_later_status_applies(
    acme: Tenant, time_machine: Any, later: str, status: str
) -> None:
    user = make_member(acme, "ada").user
    grade, extra = Note("grade", "Final Grade", "0.5"), Note("club", "Chess", "yes")
    steps = {
        "ada": wanted("ada", notes=(grade,)),
        "lady": wanted("lady", status="revoked", notes=(replace(grade, value="0.9"), extra)),
    }
    ids = {}
    time_machine.move_to(datetime(2026, 3, 1, tzinfo=UTC))
    for name in sorted(steps, key=lambda name: name == later):
        ids[name] = known(run(acme, steps[name])[0])
        time_machine.shift(timedelta(minutes=1))

    people.change(user.pk, {"username": "Lady"}, by=OPERATOR, tenant_id=acme.pk)

    held = UserCredential.objects.get(tenant=acme)
    assert (held.pk, held.holder_id, held.status) == (ids["ada"], user.pk, status)
    assert {(each.namespace, each.value) for each in held.attributes.all()} == {
        ("grade", "0.5"),
        ("club", "yes"),
    }
    assert [action for action, *_ in history(ids["ada"])] == ["awarded", "joined"]
    assert [action for action, *_ in history(ids["lady"])] == ["revoked", "deleted"]
    assert kinds(run(acme, wanted("lady", status=status))) == ["unchanged"]


def test_batch_costs_two_round_trips_whatever_its_length(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    pipeline = walls.pipeline
    with walls.tenant_work(acme.pk):

        def counted(*statements: Any) -> Any:
            sent.append(len(statements))
            return pipeline(*statements)

        monkeypatch.setattr(walls, "pipeline", counted)
        for count in (2, 500):
            items = [
                wanted(f"person {n}", notes=(Note("x", "N", f"{count}"),)) for n in range(count)
            ]
            awards.apply(acme.pk, items, by=OPERATOR)
        monkeypatch.undo()

    # Locks and rows; then made, changed, noted and recorded.
    assert sent == [5, 3, 5, 4]
    assert UserCredential.objects.count() == 500
