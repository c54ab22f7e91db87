"""A parameter that came twice: a list takes both, anything else is refused, in every list."""

from typing import Any

import pytest

from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.openapi.document import Operation, operations

SESSION = "x-session-token"


def asked(operation: Operation) -> list[str]:
    """The parameters of its query that are no lists."""
    return [
        part["name"]
        for part in operation.parameters
        if part["in"] == "query" and part["schema"]["type"] != "array"
    ]


LISTS = [each for each in operations() if each.method == "get" and asked(each)]


def address(operation: Operation, tenant: Tenant) -> str:
    known = {"organization": tenant.uuid, "org": tenant.slug, "user_id": "me", "entity_id": "x"}
    return operation.path.format(**known)


@pytest.mark.parametrize("operation", LISTS, ids=lambda each: each.path)
def test_what_is_no_list_is_refused_and_named(
    acme: Tenant, admin: Caller, operation: Operation
) -> None:
    # It says which tenant is meant: nothing else can be told before.
    first = {"platform_org"}.intersection(asked(operation))
    names = first or set(asked(operation))
    query = "&".join(f"{name}=1&{name}=1" for name in names)

    answer = admin.get(f"{address(operation, acme)}?{query}", headers={SESSION: admin.session})

    assert_problem(answer, 400, "invalid-input")
    assert faults(answer) == sorted((f"/{name}", "repeated") for name in names)


def test_each_fault_is_told_at_once(acme: Tenant, admin: Caller) -> None:
    query = "kind=created&kind=revoked&since=soon&limit=2&limit=0"

    answer = admin.get(f"/api/v1/events?{query}")

    told = [("/kind", "repeated"), ("/limit", "repeated"), ("/since", "invalid")]
    assert faults(answer) == told


def test_a_list_takes_what_is_repeated_and_strangers_are_ignored(
    acme: Tenant, admin: Caller
) -> None:
    query = "extend=actions-info&extend=presigned-url&stranger=1&stranger=2"

    answer: Any = admin.get(f"/api/v1/users/me/diplomas?{query}", headers={SESSION: admin.session})

    assert answer.status_code == 200, answer.content
