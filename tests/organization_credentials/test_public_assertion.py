"""GET /credentials/public/assertions/{entity_id}: without a token."""

from typing import Any

import pytest

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.factories import assertion
from tests.organization_credentials.conftest import UNKNOWN, at, result
from users.models import User


def path(record: object, root: str = "/api/v1") -> str:
    return f"{root}/credentials/public/assertions/{record}"


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("who", ["anonymous", "member", "colleague", "issuer", "outsider"])
def test_whoever_asks_sees_the_record_with_only_the_name_of_its_recipient(
    who: str, root: str, end: str, held: Assertion, member: Caller, request: Any
) -> None:
    User.objects.filter(pk=member.user.pk).update(first_name="Mina", last_name="Maker")
    mine = result(member.get(at("assertions", held.uuid)))

    response = request.getfixturevalue(who).get(path(held.uuid, root) + end)

    recipient = {"identity": None, "username": None, "name": "Mina Maker"}
    assert list(result(response).items()) == list((mine | {"recipient": recipient}).items())


@pytest.mark.parametrize(
    ("setting", "name"), [("full_name", "Mina Maker"), ("initials", "M. M."), ("none", "")]
)
def test_name_is_shown_as_the_organization_has_it(
    anonymous: Caller, acme: Tenant, member: Caller, held: Assertion, setting: str, name: str
) -> None:
    User.objects.filter(pk=member.user.pk).update(first_name="Mina", last_name="Maker")
    members.change_tenant(acme, by=OPERATOR, settings={"public_name": setting})

    assert result(anonymous.get(path(held.uuid)))["recipient"]["name"] == name
    page = anonymous.get(f"/c/{held.uuid}/data").json()
    assert (page["holder"] or "") == name


@pytest.mark.parametrize(("identity", "name"), [("ada", "ada"), ("ada@school.example", "")])
def test_recipient_without_an_account_is_shown_but_never_an_address(
    anonymous: Caller, welder: CredentialDefinition, identity: str, name: str
) -> None:
    row = assertion(identity, welder)

    response = anonymous.get(path(row.uuid))

    assert result(response)["recipient"] == {"identity": None, "username": None, "name": name}
    assert b"school.example" not in response.content


def test_revoked_one_is_gone_and_tells_why(anonymous: Caller, held: Assertion) -> None:
    lifecycle.move(held, "revoked", by=OPERATOR, reason="Issued by mistake 😀")

    response = anonymous.get(path(held.uuid))

    assert_problem(response, 410, "revoked")
    problem = response.json()
    assert problem["detail"] == problem["revocation_reason"] == "Issued by mistake 😀"
    held.refresh_from_db()
    assert held.revoked_at
    assert problem["revoked_at"] == held.revoked_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("revoked", [False, True])
def test_inactive_holder_is_403_as_on_the_page(
    anonymous: Caller, member: Caller, issuer: Caller, held: Assertion, revoked: bool
) -> None:
    if revoked:
        lifecycle.move(held, "revoked", by=OPERATOR, reason="Mistaken")
    User.objects.filter(pk=member.user.pk).update(state=User.State.INACTIVE)

    for caller in (anonymous, issuer):
        assert_problem(caller.get(path(held.uuid)), 403, "person-inactive")
    assert anonymous.get(f"/c/{held.uuid}").status_code == 403


def test_unknown_one_is_404_and_so_is_an_integer(anonymous: Caller, held: Assertion) -> None:
    """Uuids cannot be counted up."""
    for name in (UNKNOWN, held.pk, held.definition.uuid, "nonsense", "%00", held.uuid.hex):
        assert_problem(anonymous.get(path(name)), 404, "not-found")


def test_bad_token_is_refused_here_too(held: Assertion) -> None:
    assert_problem(Caller("Bearer nonsense").get(path(held.uuid)), 401, "invalid-token")


def test_suspended_organization_is_still_vouched_for(
    anonymous: Caller, acme: Tenant, held: Assertion
) -> None:
    members.set_status(acme, "suspended", by=OPERATOR)

    assert anonymous.get(path(held.uuid)).status_code == 200


def test_caches_ask_each_time_and_what_changed_is_sent(anonymous: Caller, held: Assertion) -> None:
    response = anonymous.get(path(held.uuid))
    known = {"If-None-Match": response.headers["ETag"]}

    assert response.headers["Cache-Control"] == "no-cache"
    assert anonymous.get(path(held.uuid), headers=known).status_code == 304
    lifecycle.move(held, "revoked", by=OPERATOR, reason="Mistaken")
    assert anonymous.get(path(held.uuid), headers=known).status_code == 410
