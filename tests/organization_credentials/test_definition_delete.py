"""DELETE …/{entity_id}, and what is left of a definition or an issuer that was deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem, stored
from tests.clock import Clock
from tests.conftest import Caller
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import ISSUERS, LIST, at, history, listed, result


def end(row: Assertion, how: str, clock: Clock) -> None:
    """It is live no more."""
    if how == "revoked":
        lifecycle.move(row, "revoked", by=OPERATOR, reason="Mistaken")
    else:
        clock.move(timedelta(minutes=2))


@pytest.mark.parametrize("kind", ["definition", "issuer"])
@pytest.mark.parametrize("name", ["uuid", "pk"])
def test_deleted_it_is_nowhere_and_the_row_and_its_history_stay(
    admin: Caller, school: IssuerProfile, welder: CredentialDefinition, kind: str, name: str
) -> None:
    row: Any = welder if kind == "definition" else school
    if kind == "issuer":
        admin.delete(at(welder.uuid))
    path = at(*(["issuers"] if kind == "issuer" else []), getattr(row, name))

    response = admin.delete(path)

    assert (response.status_code, response.content) == (204, b"")
    for method in ("get", "put", "delete"):
        assert_problem(admin.request(method, path), 404, "not-found")
    assert listed(admin.get(ISSUERS if kind == "issuer" else LIST)) == []
    assert history(row) == ["created", "deleted"]
    assert stored(row)["deleted_at"] is not None


def test_one_with_a_live_assertion_stays(
    admin: Caller, welder: CredentialDefinition, held: Assertion
) -> None:
    before = stored(welder)

    assert_problem(admin.delete(at(welder.uuid)), 409, "has-live-assertions")

    assert stored(welder) == before
    assert history(welder) == ["created"]


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_one_whose_assertions_are_over_goes_and_they_stand(
    admin: Caller, acme: Tenant, clock: Clock, how: str
) -> None:
    welder = definition(acme)
    row = assertion("admin", welder, expires_at=timezone.now() + timedelta(minutes=1))
    end(row, how, clock)

    assert admin.delete(at(welder.uuid)).status_code == 204

    record = result(admin.get(at("assertions", row.uuid)))
    assert (record["credential"], record["revoked"]) == (str(welder.uuid), how == "revoked")
    everything = {"include_revoked": "true", "include_expired": "true"}
    assert len(listed(admin.get(at("assertions", ""), everything))) == 1
    assert admin.get(f"/c/{row.uuid}").status_code == 200


def test_deleted_one_issues_nothing(
    admin: Caller, acme: Tenant, welder: CredentialDefinition
) -> None:
    row = definition(acme, issuing_signal="COURSE_PASSED", courses=["c"])
    for each in (row, welder):
        assert admin.delete(at(each.uuid)).status_code == 204

    for tail, body in (
        ("assertions/", {"recipient": {"identity": "ada"}}),
        ("assertions/bulk/", {"users": ["ada"]}),
    ):
        assert_problem(admin.post(at(welder.uuid, tail), body), 404, "not-found")
    signal = {"signal": "COURSE_PASSED", "course": "c", "username": "ada"}
    assert admin.post(at("signals/"), signal).json() == {"issued": [], "skipped": []}
    assert not Assertion.objects.exists()


def test_issuer_that_a_live_definition_names_stays(
    admin: Caller, school: IssuerProfile, welder: CredentialDefinition
) -> None:
    before, path = stored(school), at("issuers", school.uuid)

    assert_problem(admin.delete(path), 409, "has-definitions")

    assert stored(school) == before
    CredentialDefinition.objects.update(deleted_at=timezone.now())
    assert admin.delete(path).status_code == 204
