"""The document's own examples, sent to the API by everybody of the cast."""

from typing import Any

import pytest

from tenants.ids import new_uuid
from tenants.models import Membership, Role, Tenant
from tests.certifications import access as certifications
from tests.conftest import Caller, make_member, sign_in, undone, with_key
from tests.diplomas import access as diplomas
from tests.factories import (
    assertion,
    award,
    course,
    definition,
    issuer_profile,
    micro_credential,
    program,
)
from tests.openapi.document import Operation, faults, operations
from users import tokens

ME = "me"
FILTERS = {"username": "ada", "program_id": 1, "course_id": "course-v1:Acme+W1+2026"}
each_operation = pytest.mark.parametrize("operation", operations(), ids=str)


@pytest.fixture
def ada(acme: Tenant) -> Caller:
    """The person of the examples."""
    # One may leave only while there is another.
    make_member(acme, "olga", Role.OWNER)
    return sign_in(make_member(acme, "ada", Role.OWNER))


def record_of(operation: Operation, acme: Tenant, ada: Caller) -> Any:
    """A record that the operation is about, and what its example needs."""
    family = operation.path.split("/")[3]
    if family in certifications.ROOTS:
        return certifications.record_of(operation, acme, ada.user)
    if diplomas.is_about(operation.path):
        return diplomas.record_of(operation, acme, ada.user)
    if family == "credentials":
        return entity_of(operation, acme)
    if family == "programs":
        return program(acme, program_id=99)
    if family == "courses":
        return course(acme)
    if family == "user_credentials":
        return award("ada", program(acme))
    return micro_credential(acme, ada.user)


def entity_of(operation: Operation, acme: Tenant) -> Any:
    """Of organization credentials; a new definition names the issuer of the example."""
    school = issuer_profile(acme, uuid=(operation.body_example or {}).get("issuer", new_uuid()))
    if "/issuers/" in operation.path:
        return school
    row = definition(acme, issuer=school)
    is_issued = "/assertions/{entity_id}" in operation.path
    return assertion("ada", row) if is_issued else row


def send(operation: Operation, caller: Caller, acme: Tenant, ada: Caller) -> Any:
    """The documented example, at a record and with a refresh token that exist."""
    body = operation.body_example
    if body and "refresh" in body:
        body = {"refresh": tokens.sign_in(ada.user, acme.pk)["refresh"]}
    record = record_of(operation, acme, ada)
    named = {"record": record.pk, "organization": "acme", "member": ada.user.memberships.get().pk}
    path = operation.path.format(**named, entity_id=record.uuid, org="acme", user_id=ME)
    if operation.method == "get":
        body = {
            part["name"]: FILTERS[part["name"]]
            for part in operation.parameters
            if part["in"] == "query" and part.get("required")
        }
    headers = caller.both if diplomas.is_about(operation.path) else {}
    return caller.request(operation.method, path, body, headers=headers)


def assert_documented(operation: Operation, response: Any) -> None:
    status = str(response.status_code)
    assert status in operation.answers, response.content
    answer = operation.answers[status]
    content = answer.get("content", {})
    if not content:
        assert response.content == b""
        return
    part = content[response.headers["Content-Type"]]
    assert faults(part["schema"], response.json()) == []
    missing = {"X-Request-ID", *answer["headers"]} - {"Idempotency-Replayed"}
    assert missing <= set(response.headers), status


@each_operation
def test_example_works_as_printed(operation: Operation, acme: Tenant, ada: Caller) -> None:
    response = send(operation, ada, acme, ada)

    assert response.status_code == operation.success[0], response.content
    assert_documented(operation, response)


@each_operation
def test_whoever_asks_gets_a_documented_answer(
    operation: Operation,
    acme: Tenant,
    ada: Caller,
    request: pytest.FixtureRequest,
    subtests: pytest.Subtests,
) -> None:
    for who in ("anonymous", "colleague", "issuer", "admin", "outsider", "superuser"):
        caller = request.getfixturevalue(who)
        with subtests.test(who), undone():
            assert_documented(operation, send(operation, caller, acme, ada))


@each_operation
def test_bad_token_is_401_on_every_operation(
    operation: Operation, acme: Tenant, ada: Caller, subtests: pytest.Subtests
) -> None:
    for token in ("Bearer nonsense", "Api-Token cp_nonsense", "Basic YTpi"):
        with subtests.test(token), undone():
            response = send(operation, Caller(token), acme, ada)

            assert response.status_code == 401
            assert_documented(operation, response)


@each_operation
def test_suspended_tenant_gets_a_documented_answer(
    operation: Operation, acme: Tenant, ada: Caller
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)

    assert_documented(operation, send(operation, ada, acme, ada))


@each_operation
def test_api_token_without_its_organization_gets_a_documented_answer(
    operation: Operation, acme: Tenant, ada: Caller, subtests: pytest.Subtests
) -> None:
    key = with_key(ada.user.memberships.get())
    with subtests.test("suspended"), undone():
        Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
        assert_documented(operation, send(operation, key, acme, ada))
    with subtests.test("left"), undone():
        Membership.objects.filter(user=ada.user).update(status=Membership.Status.INACTIVE)
        assert_documented(operation, send(operation, key, acme, ada))
