"""How PostgreSQL reads a page of many credentials: by indexes, and a bounded number of rows."""

from typing import Any

import pytest
from django.db import connection

from credentials.wallet import pages, questions, streams
from credentials.wallet.kinds import KINDS
from credentials.wallet.questions import Way
from tenants import walls
from tenants.models import Tenant
from tests.certifications.test_plans import explained
from tests.conftest import make_member
from tests.factories import certification_type, definition, diploma_title, program

ROWS, PAGE, LOOKED_AT = 6_000, 50, 500
TABLES = [kind.table for kind in KINDS]
OF = "from generate_series(1, %(rows)s) n"
HOLDER = "(%(users)s::bigint[])[1 + n %% 20]"
FILLED = (
    f"""
    insert into credentials_microcredential (uuid, tenant_id, holder_id, title, issued_at,
        expires_at, website_url, state, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, {HOLDER}, 'Course ' || n, now(),
        now() + interval '1 year', '', 1, now(), now() {OF}
    """,
    f"""
    insert into credentials_diploma (uuid, tenant_id, holder_id, title_id, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, {HOLDER}, %(title)s, now(), now() {OF}
    """,
    f"""
    insert into credentials_usercredential (uuid, tenant_id, username, program_id, status,
        awarded_at, revocation_reason, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, 'learner-' || n, %(program)s, 'awarded', now(), '', now(),
        now() {OF}
    """,
    f"""
    insert into credentials_assertion (uuid, tenant_id, definition_id, identity, status, awarded_at,
        narrative, evidence_url, revocation_reason, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, %(definition)s, 'learner-' || n, 'awarded', now(), '', '',
        '', now(), now() {OF}
    """,
    f"""
    insert into credentials_certification (uuid, tenant_id, membership_id, certification_type_id,
        type_owner, source, serial_number, lifecycle_status, verification_status,
        verification_note, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, (%(members)s::bigint[])[1 + n %% 20], %(type)s,
        %(tenant)s, 'import', 'RC-' || n, 'active', 'unverified', '', now(), now() {OF}
    """,
)
# Each kind's most rows of a page: what it shows, what a few holders have, or where a walk ends.
SHOWN, WALKED = 4 * (PAGE + 1), LOOKED_AT * 2 + 4 * (PAGE + 1)
ASKED: dict[str, tuple[dict[str, Any], int]] = {
    "a wallet": ({"person": True}, SHOWN),
    "all": ({}, SHOWN),
    "of a status that none has": ({"status": "rejected"}, WALKED),
    "a uuid": ({"term": "497f6eca-6276-4993-bfeb-53cbbbba6f08"}, 1),
    "a holder": ({"term": "member-7"}, WALKED),
    "a title that most have": ({"term": "learn"}, WALKED),
    "a serial number": ({"term": "RC-77"}, WALKED),
    "nothing": ({"term": "nobody has this"}, WALKED),
}


@pytest.fixture
def users(acme: Tenant) -> list[Any]:
    members = [make_member(acme, f"member-{n}x") for n in range(20)]
    rows: dict[str, Any] = {
        "rows": ROWS,
        "tenant": acme.pk,
        "users": [each.user_id for each in members],
        "members": [each.pk for each in members],
        "title": diploma_title(acme, name="Learned").pk,
        "program": program(acme, title="Learning").pk,
        "definition": definition(acme, name="Learner").pk,
        "type": certification_type(acme, title="To learn").pk,
    }
    with walls.platform_work(), connection.cursor() as cursor:
        for statement in FILLED:
            cursor.execute(statement, rows)
    with walls.work(walls.NOBODY), connection.cursor() as cursor:
        # As the owner of the tables: nobody else may.
        cursor.execute(f"analyze {', '.join(TABLES)}, tenants_membership, users_user")
    return [each.user for each in members]


def examined(plan: list[dict[str, Any]]) -> dict[str, int]:
    """How many rows of each kind were looked at."""
    found = dict.fromkeys(TABLES, 0)
    for node in plan:
        if node.get("Relation Name") in found:
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            found[node["Relation Name"]] += int(rows * node["Actual Loops"])
    return found


def test_a_page_looks_at_no_more_than_is_said(
    acme: Tenant, users: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOKED_AT", LOOKED_AT)
    at_once, sent = walls.at_once, []

    def send(scope: walls.Scope, *statements: Any) -> Any:
        sent.append(statements[-1])
        return at_once(scope, *statements)

    monkeypatch.setattr(walls, "at_once", send)
    looked_at = {}
    for name, (asked, _) in ASKED.items():
        question = asking(acme, users, **asked)
        sent.clear()
        pages.page(question, limit=PAGE)
        looked_at[name] = max(examined(explained(sent[-1], acme)).values())

    assert {
        name: (rows, ASKED[name][1]) for name, rows in looked_at.items() if rows > ASKED[name][1]
    } == {}
    assert looked_at["all"] >= PAGE


def asking(
    acme: Tenant, users: list[Any], *, term: str = "", person: bool = False, **more: Any
) -> questions.Question:
    if person:
        way, person_id = Way.OF_PERSON, users[0].pk
        return questions.Question(acme.pk, KINDS, way, person_id=person_id)
    return questions.searching(acme.pk, KINDS, term, **more)
