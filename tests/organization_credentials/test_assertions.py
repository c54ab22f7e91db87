"""GET …/assertions/ and …/assertions/{entity_id}: who earned what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.clock import Clock
from tests.conftest import Caller
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import ASSERTIONS, at, listed, result
from users.models import User


def ids(caller: Caller, **query: object) -> list[str]:
    return [record["entity_id"] for record in listed(caller.get(ASSERTIONS, query))]


def test_ones_own_newest_first(
    member: Caller, colleague: Caller, acme: Tenant, globex: Tenant
) -> None:
    mine = [assertion(name, definition(acme)) for name in ("member", "member@acme.example")]
    assertion("colleague", definition(acme))
    assertion("member", definition(globex))

    assert ids(member) == [str(row.uuid) for row in reversed(mine)]
    (first, _) = listed(member.get(ASSERTIONS))
    assert first == result(member.get(at("assertions", mine[1].uuid)))


@pytest.mark.parametrize("name", ["member", "MEMBER", "member@acme.example", "Member@ACME.example"])
def test_one_may_name_oneself(member: Caller, issuer: Caller, held: Assertion, name: str) -> None:
    for caller in (member, issuer):
        assert ids(caller, recipient=name) == [str(held.uuid)]


@pytest.mark.parametrize("name", ["colleague", "colleague@acme.example", "nobody", "outsider"])
def test_below_issuer_anybody_else_is_403(
    member: Caller, colleague: Caller, outsider: Caller, name: str
) -> None:
    assert_problem(member.get(ASSERTIONS, {"recipient": name}), 403, "forbidden")


def test_address_that_is_not_verified_is_not_ones_own(member: Caller, issuer: Caller) -> None:
    User.objects.filter(pk=member.user.pk).update(email_verified_at=None)

    assert_problem(member.get(ASSERTIONS, {"recipient": "member@acme.example"}), 403, "forbidden")
    assert ids(issuer, recipient="member@acme.example") == []


def test_issuer_names_anybody_also_who_has_no_account(
    issuer: Caller, member: Caller, welder: CredentialDefinition, held: Assertion
) -> None:
    waiting = assertion("Ada@School.example", welder)

    assert ids(issuer, recipient="ada@school.EXAMPLE") == [str(waiting.uuid)]
    assert ids(issuer, recipient="ada") == ids(issuer) == ids(issuer, recipient="") == []
    # A verified address is looked for before a username that is written like it.
    User.objects.create_user("member@acme.example")
    assert ids(issuer, recipient="member@acme.example") == [str(held.uuid)]


def test_revoked_and_expired_ones_are_left_out_unless_asked_for(
    member: Caller, acme: Tenant, clock: Clock
) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    live = assertion("member", definition(acme))
    revoked = assertion("member", definition(acme))
    lifecycle.move(revoked, "revoked", by=OPERATOR, reason="Mistaken")
    expired = assertion("member", definition(acme), expires_at=soon)
    both = assertion("member", definition(acme), expires_at=soon)
    lifecycle.move(both, "revoked", by=OPERATOR, reason="Mistaken")
    clock.move(timedelta(minutes=1))

    for query, expected in (
        ({}, [live]),
        ({"include_revoked": "false", "include_expired": "False"}, [live]),
        ({"include_revoked": "true"}, [revoked, live]),
        ({"include_expired": "True"}, [expired, live]),
        ({"include_revoked": "true", "include_expired": "true"}, [both, expired, revoked, live]),
    ):
        assert ids(member, **query) == [str(row.uuid) for row in expected], query


def test_one_is_there_for_its_recipient_and_from_issuer_on(
    member: Caller, colleague: Caller, issuer: Caller, held: Assertion, outsider: Caller
) -> None:
    for name in (held.uuid, held.pk):
        path = at("assertions", name)
        assert result(member.get(path)) == result(issuer.get(path))
        assert_problem(colleague.get(path), 404, "not-found")
        assert_problem(outsider.get(at("assertions", name, org="globex")), 404, "not-found")


def test_what_waits_for_a_name_is_nobodys_own(
    member: Caller, issuer: Caller, welder: CredentialDefinition
) -> None:
    waiting = assertion("ada", welder)

    assert_problem(member.get(at("assertions", waiting.uuid)), 404, "not-found")
    assert result(issuer.get(at("assertions", waiting.uuid)))["recipient"]["identity"] == "ada"
