"""GET /user_credentials/{id}: for an issuer, and for the person it names."""

import pytest

from credentials.models import Course, Program, UserCredential
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in
from tests.factories import award
from users.models import User

PATH = "/api/v1/user_credentials"


@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_issuer_and_the_named_member_read_it(
    issuer: Caller, member: Caller, held: UserCredential, name: str
) -> None:
    path = f"{PATH}/{getattr(held, name)}"

    for caller in (issuer, member):
        response = caller.get(path)
        assert response.status_code == 200
        assert (response.json()["uuid"], response.json()["username"]) == (str(held.uuid), "member")


def test_others_get_the_answer_of_an_unknown_record(
    colleague: Caller, outsider: Caller, held: UserCredential
) -> None:
    unknown = colleague.get(f"{PATH}/999999999")
    assert_problem(unknown, 404, "not-found")

    for caller in (colleague, outsider):
        response = caller.get(f"{PATH}/{held.pk}")
        assert (response.status_code, response.content) == (404, unknown.content)


def test_answer_is_304_until_the_award_changes(issuer: Caller, held: UserCredential) -> None:
    path = f"{PATH}/{held.pk}"
    known = {"If-None-Match": issuer.get(path).headers["ETag"]}
    assert issuer.get(path, headers=known).status_code == 304

    issuer.patch(path, {"status": "revoked"})

    assert issuer.get(path, headers=known).status_code == 200


def test_record_shows_its_holders_present_name(
    issuer: Caller, member: Caller, held: UserCredential
) -> None:
    User.objects.filter(pk=member.user.pk).update(username="renamed")

    assert issuer.get(f"{PATH}/{held.pk}").json()["username"] == "renamed"


def test_award_that_stayed_with_a_name_is_shown_to_its_bearer(
    acme: Tenant, program: Program, course: Course
) -> None:
    """Its bearer holds the same certificate already, so that it was not claimed."""
    membership = make_member(acme, "ada")
    award("ada", program)
    waiting = award("lady", program)
    changes.change(membership.user, {"username": "Lady"}, by=OPERATOR)
    others = award("countess", program)
    lady = sign_in(membership)

    assert lady.get(f"{PATH}/{waiting.pk}").status_code == 200
    assert_problem(lady.get(f"{PATH}/{others.pk}"), 404, "not-found")
