"""POST …/{entity_id}/assertions/: one assertion."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.clock import Clock
from tests.conftest import Caller
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import (
    ASSERTIONS,
    UNKNOWN,
    at,
    history,
    listed,
    result,
    told,
)
from users.models import User

FUTURE = "2036-01-01T00:00:00Z"


def to(identity: Any = "member", **more: Any) -> dict[str, Any]:
    return {"recipient": {"identity": identity}, **more}


def issue(caller: Caller, of: CredentialDefinition, *arguments: Any, **more: Any) -> Any:
    return caller.post(at(of.uuid, "assertions/"), to(*arguments, **more))


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
@pytest.mark.parametrize("end", ["assertions", "assertions/"])
@pytest.mark.parametrize("name", ["uuid", "pk"])
def test_issuer_issues_and_the_record_says_what_was_issued(
    issuer: Caller, member: Caller, welder: CredentialDefinition, root: str, end: str, name: str
) -> None:
    User.objects.filter(pk=member.user.pk).update(first_name="Mina", last_name="Ö")
    sent = to("Member", narrative="Did\r\nwell ", evidence_url="https://school.example/1")

    record = result(
        issuer.post(at(getattr(welder, name), end, root=root), sent | {"expires_at": FUTURE}),
        201,
        "Created",
    )

    row = Assertion.objects.get()
    assert list(record.items()) == [
        ("entity_id", str(row.uuid)),
        ("credential", str(welder.uuid)),
        ("recipient", {"identity": "Member", "username": "member", "name": "Mina Ö"}),
        *(("issued_on", told(row.awarded_at)), ("expires_at", FUTURE), ("revoked", False)),
        *(("revocation_reason", ""), ("revoked_at", None), ("narrative", "Did\r\nwell ")),
        ("evidence_url", "https://school.example/1"),
        ("public_url", f"http://127.0.0.1:8000/c/{row.uuid}"),
    ]
    assert row.holder_id == member.user.pk
    assert history(row) == ["awarded"]
    assert issuer.get(f"/c/{row.uuid}").status_code == 200
    # The member sees it in their own name.
    assert result(member.get(at("assertions", row.uuid))) == record


@pytest.mark.parametrize(
    ("identity", "username"),
    [
        *(("member@acme.example", "member"), ("MEMBER@Acme.Example", "member")),
        *(("nobody", None), ("ada@nowhere.example", None), ("x" * 255, None), (" member", None)),
    ],
)
def test_recipient_is_a_members_name_or_verified_address_or_nobodys_yet(
    issuer: Caller,
    member: Caller,
    welder: CredentialDefinition,
    identity: str,
    username: str | None,
) -> None:
    record = result(issue(issuer, welder, identity), 201, "Created")

    assert record["recipient"] == {"identity": identity, "username": username, "name": ""}


def test_usernames_are_read_as_accounts_keep_them(
    issuer: Caller, member: Caller, welder: CredentialDefinition
) -> None:
    record = result(issue(issuer, welder, "\uff4d\uff45\uff4dber"), 201, "Created")

    assert record["recipient"] == {"identity": "member", "username": "member", "name": ""}


def test_address_that_nobody_verified_is_nobodys(
    issuer: Caller, member: Caller, welder: CredentialDefinition
) -> None:
    User.objects.filter(pk=member.user.pk).update(email_verified_at=None)

    record = result(issue(issuer, welder, "member@acme.example"), 201, "Created")

    assert record["recipient"]["username"] is None


@pytest.mark.parametrize("again", ["member", "MEMBER", "member@acme.example"])
def test_who_holds_it_already_is_409_and_nothing_is_written(
    issuer: Caller, welder: CredentialDefinition, held: Assertion, again: str
) -> None:
    events = Event.objects.count()

    assert_problem(issue(issuer, welder, again, narrative="New"), 409, "already-issued")

    assert (Assertion.objects.count(), Event.objects.count()) == (1, events)


def test_what_was_revoked_or_has_expired_is_issued_anew(
    issuer: Caller, member: Caller, welder: CredentialDefinition, clock: Clock
) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    first = assertion("member", welder, expires_at=soon)
    clock.move(timedelta(minutes=2))

    second = result(issue(issuer, welder), 201, "Created")["entity_id"]
    row = Assertion.objects.get(uuid=second)
    lifecycle.move(row, "revoked", by=OPERATOR, reason="Mistaken")
    third = result(issue(issuer, welder), 201, "Created")["entity_id"]

    assert history(first) == ["awarded", "lapsed"]
    assert history(row) == ["awarded", "revoked"]
    assert [each["entity_id"] for each in listed(member.get(ASSERTIONS))] == [third]
    everything = {"include_expired": "true", "include_revoked": "true"}
    assert len(listed(member.get(ASSERTIONS, everything))) == 3


@pytest.mark.parametrize(
    "closed",
    [
        {"revoked": True},
        {"issued_on": timezone.now() + timedelta(days=1)},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
    ids=["withdrawn", "not yet", "no more"],
)
def test_definition_that_is_closed_issues_nothing(
    issuer: Caller, acme: Tenant, closed: dict[str, Any]
) -> None:
    row = definition(acme, **closed)

    assert_problem(issue(issuer, row), 409, "not-issuable")
    bulk = issuer.post(at(row.uuid, "assertions/bulk/"), {"users": ["member", "ada"]})
    assert_problem(bulk, 409, "not-issuable")

    assert not Assertion.objects.exists()


def test_private_definition_is_issued_by_issuers_too(issuer: Caller, acme: Tenant) -> None:
    assert issue(issuer, definition(acme, is_public=False)).status_code == 201


def test_unknown_definition_is_404_whatever_is_sent(issuer: Caller, globex: Tenant) -> None:
    foreign = definition(globex)

    for name in (UNKNOWN, foreign.uuid, foreign.pk, 2**63 - 1, "nonsense"):
        for body in (to(), {}, to("", expires_at="x")):
            response = issuer.post(at(name, "assertions/"), body)
            assert_problem(response, 404, "not-found")
        bulk = at(name, "assertions/bulk/")
        assert_problem(issuer.post(bulk, {"users": ["ada"]}), 404, "not-found")
    assert not Assertion.objects.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/recipient", "required")]),
        ({"recipient": None}, [("/recipient", "null")]),
        ({"recipient": "member"}, [("/recipient", "invalid")]),
        ({"recipient": {}}, [("/recipient/identity", "required")]),
        *((to(blank), [("/recipient/identity", "blank")]) for blank in ("", " ", "\t\u3000\n")),
        *((to(bad), [("/recipient/identity", "invalid")]) for bad in (7, True, ["a"], {"a": 1})),
        (to(None), [("/recipient/identity", "null")]),
        (to("x" * 256), [("/recipient/identity", "max_length")]),
        (to("a\0b"), [("/recipient/identity", "null_characters_not_allowed")]),
        (to(expires_at="2020-01-01T00:00:00Z"), [("/expires_at", "expired")]),
        (to(expires_at="2020-01-01"), [("/expires_at", "invalid")]),
        (to(expires_at="2023-02-29T00:00:00Z"), [("/expires_at", "out_of_range")]),
        (to(narrative="x" * 65_537), [("/narrative", "max_length")]),
        (to(evidence_url="javascript:alert(1)"), [("/evidence_url", "invalid_url")]),
        (
            to("", expires_at="2020-01-01T00:00:00Z", narrative=5, evidence_url="x"),
            [
                ("/evidence_url", "invalid_url"),
                ("/expires_at", "expired"),
                ("/narrative", "invalid"),
                ("/recipient/identity", "blank"),
            ],
        ),
        *(([], [("", "invalid")]) for _ in "1"),
        (5, [("", "invalid")]),
    ],
)
def test_every_fault_is_told_at_once_and_nothing_is_issued(
    issuer: Caller, welder: CredentialDefinition, body: Any, expected: list[tuple[str, str]]
) -> None:
    response = issuer.post(at(welder.uuid, "assertions/"), body)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert not Assertion.objects.exists()


def test_null_is_what_may_be_left_out(issuer: Caller, welder: CredentialDefinition) -> None:
    record = result(
        issue(issuer, welder, narrative=None, evidence_url=None, expires_at=None), 201, "Created"
    )

    assert (record["narrative"], record["evidence_url"], record["expires_at"]) == ("", "", None)


def test_expiry_is_the_requests_else_the_definitions(issuer: Caller, acme: Tenant) -> None:
    row = definition(acme, valid_for_amount=2, valid_for_duration="days")

    by_definition = result(issue(issuer, row, "a"), 201, "Created")
    by_request = result(issue(issuer, row, "b", expires_at=FUTURE), 201, "Created")

    made = Assertion.objects.get(uuid=by_definition["entity_id"])
    assert made.expires_at == made.awarded_at + timedelta(days=2)
    assert by_request["expires_at"] == FUTURE


def test_key_that_comes_again_issues_once(issuer: Caller, welder: CredentialDefinition) -> None:
    key = {"Idempotency-Key": "one"}

    answers = [
        issuer.post(at(name, "assertions/", user=user), to(), headers=key)
        for user in ("me", "issuer", issuer.user.pk)
        for name in (welder.uuid, str(welder.uuid).upper())
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
