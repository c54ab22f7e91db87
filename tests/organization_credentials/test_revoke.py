"""PUT …/assertions/{entity_id}: a revocation, with its reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Assertion, CredentialDefinition
from tests.answers import assert_problem, faults, stored
from tests.clock import Clock
from tests.conftest import Caller
from tests.factories import assertion
from tests.organization_credentials.conftest import at, history, result, told

REVOKE = {"revoked": True, "revocation_reason": " Issued by\r\nmistake. "}


def path(row: Assertion) -> str:
    return at("assertions", row.uuid)


def test_issuer_revokes_and_the_reason_is_kept_as_it_was_sent(
    issuer: Caller, member: Caller, held: Assertion
) -> None:
    before = result(member.get(path(held)))

    record = result(issuer.put(path(held), REVOKE), 200, "Updated")

    held.refresh_from_db()
    assert held.revoked_at
    assert record == before | REVOKE | {"revoked_at": told(held.revoked_at)}
    assert result(member.get(path(held))) == record
    assert history(held) == ["awarded", "revoked"]


def test_revoked_again_it_stays_as_it_is(issuer: Caller, held: Assertion) -> None:
    record = result(issuer.put(path(held), REVOKE), 200, "Updated")
    before = stored(held)

    for body in (REVOKE, REVOKE | {"revocation_reason": "Another."}, record, {}):
        assert result(issuer.put(path(held), body), 200, "Updated") == record

    assert stored(held) == before
    assert history(held) == ["awarded", "revoked"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"revoked": False},
        {"revoked": False, "revocation_reason": ""},
        {"revoked": False, "revocation_reason": 5},
        {"narrative": "New", "expires_at": None, "recipient": {"identity": "ada"}},
        "itself",
    ],
)
def test_all_else_changes_nothing(issuer: Caller, held: Assertion, body: Any) -> None:
    record, before = result(issuer.get(path(held))), stored(held)

    sent = record if body == "itself" else body
    assert result(issuer.put(path(held), sent), 200, "Updated") == record

    assert stored(held) == before
    assert history(held) == ["awarded"]


def test_revocation_stands(issuer: Caller, held: Assertion) -> None:
    issuer.put(path(held), REVOKE)
    before = stored(held)

    assert_problem(issuer.put(path(held), {"revoked": False}), 409, "revocation-stands")

    assert stored(held) == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"revoked": True}, [("/revocation_reason", "required")]),
        *(
            ({"revoked": True, "revocation_reason": reason}, [("/revocation_reason", code)])
            for reason, code in (
                *((None, "null"), ("", "blank"), (" \t", "blank"), (5, "invalid")),
                *(("x" * 1001, "max_length"), ("a\0", "null_characters_not_allowed")),
            )
        ),
        ({"revoked": "true"}, [("/revoked", "invalid")]),
        ({"revoked": 1}, [("/revoked", "invalid")]),
        ({"revoked": []}, [("/revoked", "invalid")]),
        ({"revoked": None}, [("/revoked", "null")]),
        ([], [("", "invalid")]),
    ],
)
def test_revocation_must_be_right(
    issuer: Caller, held: Assertion, body: Any, expected: list[tuple[str, str]]
) -> None:
    before = stored(held)

    response = issuer.put(path(held), body)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert stored(held) == before


def test_member_revokes_nothing_not_even_their_own(member: Caller, held: Assertion) -> None:
    assert_problem(member.put(path(held), REVOKE), 403, "forbidden")

    assert history(held) == ["awarded"]


def test_what_has_expired_can_be_revoked(
    issuer: Caller, welder: CredentialDefinition, clock: Clock
) -> None:
    row = assertion("ada", welder, expires_at=timezone.now() + timedelta(minutes=1))
    clock.move(timedelta(minutes=2))

    assert result(issuer.put(path(row), REVOKE), 200, "Updated")["revoked"] is True


def test_change_of_a_record_that_has_changed_is_refused(issuer: Caller, held: Assertion) -> None:
    known = {"headers": {"If-Match": issuer.get(path(held)).headers["ETag"]}}

    assert issuer.put(path(held), REVOKE, **known).status_code == 200
    assert_problem(issuer.put(path(held), REVOKE, **known), 412, "precondition-failed")
