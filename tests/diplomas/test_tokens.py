"""Both tokens: of a person, each of them alone is not enough."""

from datetime import timedelta
from typing import Any

import pytest

from credentials.models import Diploma
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.diplomas.conftest import OWN, TITLES, Person
from tests.factories import diploma, diploma_title
from users import tokens

PATHS = [OWN, TITLES]


def access(caller: Caller) -> str:
    return caller.authorization.removeprefix("Bearer ")


def sent(authorization: str, session: str | None, path: str) -> Any:
    headers = {} if session is None else {"X-Session-Token": session}
    return Caller(authorization).get(path, headers=headers)


def assert_refused(response: Any, slug: str) -> None:
    assert_problem(response, 401, slug)
    assert "WWW-Authenticate" in response.headers


@pytest.mark.parametrize("path", PATHS)
def test_either_alone_is_not_enough(member: Person, path: str) -> None:
    assert sent(member.authorization, member.session, path).status_code == 200

    assert_refused(sent(member.authorization, None, path), "unauthorized")
    assert_refused(sent(member.authorization, "", path), "unauthorized")
    assert_refused(sent("", member.session, path), "unauthorized")
    assert_refused(sent("", None, path), "unauthorized")


@pytest.mark.parametrize("path", PATHS)
def test_a_token_of_the_wrong_kind_is_no_session(member: Person, path: str) -> None:
    refresh = tokens.sign_in(member.user, None)["refresh"]

    for wrong in (access(member), refresh, "nonsense", member.session[:-2], "null"):
        assert_refused(sent(member.authorization, wrong, path), "invalid-token")
    for wrong in (member.session, refresh):
        assert_refused(sent(f"Bearer {wrong}", member.session, path), "invalid-token")


def test_tokens_of_two_people_are_refused(member: Person, colleague: Person) -> None:
    for path in PATHS:
        refused = sent(member.authorization, colleague.session, path)
        assert_refused(refused, "invalid-token")


def test_expired_tokens_are_refused(member: Person, clock: Any) -> None:
    clock.move(timedelta(minutes=11))
    fresh = tokens.sign_in(member.user, None)

    for path in PATHS:
        assert_refused(sent(f"Bearer {fresh['access']}", member.session, path), "invalid-token")
        assert_refused(sent(member.authorization, fresh["session"], path), "invalid-token")


def test_an_ended_session_is_refused(member: Person, acme: Tenant) -> None:
    other = tokens.sign_in(member.user, acme.pk)
    tokens.logout(other["refresh"])

    assert_refused(sent(member.authorization, other["session"], OWN), "invalid-token")


def test_the_organization_is_the_sessions(member: Person, acme: Tenant, globex: Tenant) -> None:
    """Whatever that of the access token is."""
    make_member(globex, "member", Role.ADMIN)
    session = tokens.sign_in(member.user, globex.pk)["session"]
    here, there = diploma(acme, member.user), diploma(globex, member.user)
    diploma_title(acme, name="Of acme")

    for at, session_token, row in (
        (acme, member.session, here),
        (globex, session, there),
    ):
        answer = sent(member.authorization, session_token, OWN).json()
        assert [each["id"] for each in answer["data"]] == [row.pk]
        titles = sent(member.authorization, session_token, TITLES).json()["data"]
        assert {each["organizationId"] for each in titles} == {at.pk}


def test_a_session_of_an_organization_that_was_left_is_404(member: Person) -> None:
    Membership.objects.filter(user=member.user).update(status=Membership.Status.INACTIVE)

    for path in PATHS:
        assert_problem(sent(member.authorization, member.session, path), 404, "not-found")


@pytest.mark.parametrize("spelling", ["Api-Token ", "Token ", "Api-Key ", "Bearer ", ""])
def test_an_integration_needs_no_session(member: Person, spelling: str) -> None:
    key = with_key(member.user.memberships.get()).authorization.removeprefix("Api-Token ")

    for path in PATHS:
        assert sent(spelling + key, None, path).status_code == 200
        assert sent(spelling + key, "nonsense", path).status_code == 200


def test_nothing_is_made_without_a_session(acme: Tenant, member: Person) -> None:
    alone = sign_in(member.user.memberships.get())
    title = diploma_title(acme)

    assert_refused(alone.post(OWN, {"titleId": title.pk}), "unauthorized")
    assert not Diploma.objects.exists()
