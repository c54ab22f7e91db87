"""Upserts, changes and verifications at the same moment, as from many clients."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants.models import Event, Role, Tenant
from tenants.walls import platform_work
from tests.certifications.conftest import ORGANIZATION, OWN, PAIR, TYPES, membership
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification
from tests.together import committed_acme, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


acme = committed_acme


@pytest.fixture
def member(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "member"))


@pytest.fixture
def issuer(acme: Tenant) -> Caller:
    with platform_work():
        return sign_in(make_member(acme, "issuer", Role.ISSUER))


def happened(kind: str = "certification") -> Counter[str]:
    with platform_work():
        found = Event.objects.filter(object_kind=kind)
        return Counter(found.values_list("action", flat=True))


def rows() -> list[Certification]:
    with platform_work():
        return list(Certification.objects.all())


@pytest.mark.parametrize("keys", ["none", "one each"])
def test_20_upserts_of_one_pair_make_one_row(member: Caller, keys: str) -> None:
    def post(index: int) -> Any:
        headers = {} if keys == "none" else {"Idempotency-Key": str(index)}
        return member.post(OWN, PAIR, headers=headers)

    answers = together(20, post)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(rows()) == 1
    assert happened() == {"created": 1}


def test_20_upserts_of_different_facts_leave_one_of_them_whole(member: Caller) -> None:
    def post(index: int) -> Any:
        return member.post(OWN, {**PAIR, "serial_number": f"{index}", "issuer_name": f"{index}"})

    answers = together(20, post)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    (row,) = rows()
    assert row.serial_number == row.issuer_name
    # Each answer is what that request made of it.
    told = [answer.json()["data"] for answer in answers]
    assert [each["serial_number"] for each in told] == [str(n) for n in range(20)]
    assert happened() == {"created": 1, "changed": 19}


@pytest.mark.parametrize("sent", [PAIR, {}], ids=["pair", "no pair"])
def test_20_posts_of_one_key_are_one_post(member: Caller, sent: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "k"}

    answers = together(20, lambda _: member.post(OWN, sent, headers=key))

    # While the first is running, the others may be told so.
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    done = [answer for answer in answers if answer.status_code == 201]
    assert done
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in done) == 1
    again = member.post(OWN, sent, headers=key)
    assert (again.status_code, again.content) == (201, done[0].content)
    assert len(rows()) == 1
    assert happened() == {"created": 1}


def test_20_posts_without_a_pair_make_20_rows(member: Caller) -> None:
    answers = together(20, lambda _: member.post(OWN, {"external_id": "17"}))

    assert {answer.status_code for answer in answers} == {201}
    assert len(rows()) == 20


def test_the_subject_and_issuers_upsert_the_same_record(member: Caller, issuer: Caller) -> None:
    with platform_work():
        theirs = {"organization_member_id": str(membership(member).uuid), **PAIR}

    def post(index: int) -> Any:
        if index % 2:
            return issuer.post(ORGANIZATION, theirs)
        return member.post(OWN, PAIR)

    answers = together(20, post)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len(rows()) == 1


def test_a_pair_that_another_record_just_lost_names_a_new_one(acme: Tenant, member: Caller) -> None:
    """Found by the pair and waited for, the record bears another one when it is free."""
    with platform_work():
        row = certification(acme, member.user, **PAIR)

    def move(meet: Callable[[], None]) -> None:
        with platform_work():
            Certification.objects.filter(pk=row.pk).update(external_id="18")
            meet()

    answer = meeting(move, lambda: member.post(OWN, PAIR | {"serial_number": "2"}))

    assert answer.status_code == 201
    assert {(each.external_id, each.serial_number) for each in rows()} == {
        ("17", "2"),
        ("18", None),
    }


def test_what_is_verified_is_what_the_issuer_read(
    acme: Tenant, member: Caller, issuer: Caller
) -> None:
    """A change comes before the verification, which then fails, or after it and withdraws it."""
    with platform_work():
        made = [certification(acme, member.user, serial_number="0") for _ in range(10)]
    tags = [issuer.get(f"{OWN}/{row.uuid}").headers["ETag"] for row in made]

    def act(index: int) -> int:
        path = f"{OWN}/{made[index // 2].uuid}"
        if index % 2:
            return int(member.patch(path, {"serial_number": "1"}).status_code)
        sent = {"status": "verified", "method": "telephone"}
        tag = {"If-Match": tags[index // 2]}
        return int(issuer.post(f"{path}/verification", sent, headers=tag).status_code)

    statuses = together(20, act)

    assert set(statuses[1::2]) == {200}
    assert set(statuses[::2]) <= {200, 412}
    assert {row.verification_status for row in rows()} == {"unverified"}
    assert {row.serial_number for row in rows()} == {"1"}


def test_20_archivings_write_one_event(acme: Tenant, member: Caller) -> None:
    with platform_work():
        row = certification(acme, member.user)

    answers = together(20, lambda _: member.delete(f"{OWN}/{row.uuid}"))

    assert {answer.status_code for answer in answers} == {204}
    assert happened() == {"created": 1, "archived": 1}


def test_20_types_of_one_slug_make_one(acme: Tenant) -> None:
    with platform_work():
        admin = sign_in(make_member(acme, "admin", Role.ADMIN))

    answers = together(20, lambda _: admin.post(TYPES, {"slug": "welding", "title": "Welding"}))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    with platform_work():
        assert CertificationType.objects.count() == 1
    assert happened("certificationtype") == {"created": 1}
