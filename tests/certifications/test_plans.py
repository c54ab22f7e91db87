"""How PostgreSQL reads a page where it has a choice: by an index, and little more than the page."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection

from credentials.certifications import expiring
from credentials.certifications.records import CERTIFICATIONS, filtered
from credentials.core.records import Filter
from tenants import walls
from tenants.models import Tenant
from tests.conftest import make_member
from tests.factories import certification_type

ROWS, PAGE = 20_000, 50
TABLE = "credentials_certification"
# Of each kind a few among many, spread over all.
INSERT = f"""
insert into {TABLE} (uuid, tenant_id, membership_id, certification_type_id, type_owner,
    external_source, external_id, source, issued_on, expires_on, lifecycle_status,
    verification_status, verification_note, created_at, modified_at)
select gen_random_uuid(), %(tenant)s,
    case n %% 1000 when 6 then %(few)s else (%(many)s::bigint[])[1 + n %% 20] end,
    case n %% 1000 when 5 then %(rare)s else (%(common)s::bigint[])[1 + n %% 20] end, %(tenant)s,
    case n %% 1000 when 4 then 'rare' else 'hr' end, n::text, 'import',
    case n %% 1000 when 1 then current_date + 30 else current_date - 30 end,
    case n %% 1000 when 2 then current_date - 10 else current_date + 3000 end,
    case n %% 1000 when 3 then 'archived' else 'active' end,
    case n %% 1000 when 7 then 'pending' else 'unverified' end, '', now(), now()
from generate_series(1, {ROWS}) n
"""


@pytest.fixture
def queries(acme: Tenant) -> dict[str, dict[str, Any]]:
    """By the index that each should use, if it needs one beside the order."""
    *common, rare = (certification_type(acme, slug=f"type-{n}") for n in range(21))
    *many, few = (make_member(acme, f"member-{n}") for n in range(21))
    numbers: dict[str, Any] = {
        "tenant": acme.pk,
        "common": [each.pk for each in common],
        "rare": rare.pk,
        "many": [each.pk for each in many],
        "few": few.pk,
    }
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(INSERT, numbers)
    with walls.work(walls.NOBODY), connection.cursor() as cursor:
        # As the owner of the tables: nobody else may.
        cursor.execute(f"analyze {TABLE}, credentials_certificationtype, tenants_membership")
    today = expiring.today()
    return {
        "": {},
        "certification_beginning": {"validity_status": "not_yet_valid"},
        "certification_expiring": {"validity_status": "expired"},
        "certification_lifecycle": {"lifecycle_status": "archived"},
        "certification_verification": {"verification_status": "pending"},
        "certification_of_source": {"external_source": "rare"},
        "certification_external": {"external_id": "77"},
        "certification_of_type": {"certification_type_id": rare.uuid},
        "certification_of_member": {"organization_member_id": few.uuid},
        "certification_expiring, two days": {
            "expires_after": today - timedelta(days=20),
            "expires_before": today,
        },
        ", most": {
            "validity_status": "valid",
            "lifecycle_status": "active",
        },
    }


def explained(statement: tuple[str, Sequence[Any]], tenant: Tenant) -> list[dict[str, Any]]:
    """The nodes of the plan, as it was done."""
    sql, parameters = statement
    rows = walls.read(
        walls.tenant(tenant.pk), f"explain (analyze, format json) {sql}", list(parameters)
    )
    found = rows[0][0]
    plan = orjson.loads(found) if isinstance(found, str) else found
    return list(nodes(plan[0]["Plan"]))


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from nodes(inner)


def examined(plan: Sequence[dict[str, Any]]) -> int:
    """How many certifications were looked at."""
    return sum(
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in plan
        if node.get("Relation Name") == TABLE
    )


def page(
    monkeypatch: pytest.MonkeyPatch, tenant: Tenant, query: dict[str, Any]
) -> list[dict[str, Any]]:
    """The plan of the statement that the list sends."""
    sent: list[tuple[str, Sequence[Any]]] = []

    def send(_scope: walls.Scope, sql: str, parameters: Sequence[Any]) -> list[Any]:
        sent.append((sql, parameters))
        return [("[]", None, False)]

    with monkeypatch.context() as patched:
        patched.setattr(walls, "read", send)
        where = filtered(Filter(), tenant.pk, query)
        CERTIFICATIONS.part(tenant.pk, where, after=None, limit=PAGE)
    return explained(sent[0], tenant)


def test_a_page_costs_about_a_page_whatever_is_asked_for(
    acme: Tenant, queries: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    used, read = {}, {}
    for name, query in queries.items():
        plan = page(monkeypatch, acme, query)
        index = name.split(",")[0]
        used[name] = not index or index in {node.get("Index Name") for node in plan}
        read[name] = examined(plan)

    assert used == dict.fromkeys(queries, True)
    assert {name: rows for name, rows in read.items() if not 0 < rows <= 2 * PAGE} == {}
