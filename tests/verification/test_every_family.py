"""Each kind of credential with a public uuid has its page, at the same small cost."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from credentials.models import Course, Image, MicroCredential, Program, UserCredential
from credentials.verification.finding import find, shown_kinds
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.conftest import Caller, make_member
from tests.costs import counted
from tests.factories import (
    assertion,
    certification,
    certification_type,
    definition,
    micro_credential,
)
from tests.verification.conftest import make_award


@pytest.fixture
def rows(db: None) -> list[Any]:
    """One of each kind of page."""
    with walls.platform_work():
        acme: Tenant = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        ada = make_member(acme, "ada").user
        course = Course.objects.create(
            tenant=acme, course_id="c", certificate_type="honor", title="Course"
        )
        program = Program.objects.create(tenant=acme, program_id=1, title="Program")
        return [
            micro_credential(acme, ada),
            make_award(acme, ada, course),
            make_award(acme, ada, program),
            make_award(acme, None, program),
            certification(acme, ada, type=certification_type(acme).uuid),
            assertion("ada", definition(acme, html_template="<p>x</p>")),
        ]


def test_every_model_that_is_found_by_its_uuid_says_what_its_page_shows(platform: None) -> None:
    """Found by the triggers that keep look-ups: a family without `shown` would have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, p.prosrc from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " join pg_proc p on p.oid = t.tgfoid"
            " where t.tgname like '%\\_track\\_insert' and p.prosrc like '%uuid_send(uuid)%'"
        )
        tracked = dict(cursor.fetchall())
    tables = {model._meta.db_table: kind for kind, model in shown_kinds().items()}
    credentials = {
        model._meta.db_table for model in apps.get_app_config("credentials").get_models()
    }

    # An image is looked up too, but has an address of its own.
    assert set(tracked) & credentials - {Image._meta.db_table} == set(tables)
    assert {MicroCredential._meta.db_table, UserCredential._meta.db_table} <= set(tables)
    for table, kind in tables.items():
        assert re.search(rf"tenant_id, '{kind}', id", tracked[table])


@pytest.mark.django_db(transaction=True)
def test_a_page_costs_two_statements_beside_its_scope_whatever_the_family(
    rows: list[Any], anonymous: Caller
) -> None:
    assert {type(row) for row in rows} == set(shown_kinds().values())

    for row in rows:
        anonymous.get(f"/c/{row.uuid}")
        for suffix in ("", "/data"):
            with counted() as cost:
                assert anonymous.get(f"/c/{row.uuid}{suffix}").status_code == 200
            # The scope and where it lives; the row with all that it names; commit.
            assert (cost.statements, cost.round_trips) == (3, 3)
    with counted() as cost:
        assert anonymous.get(f"/c/{rows[-1].uuid}/document").status_code == 200
    assert (cost.statements, cost.round_trips) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_what_is_no_uuid_costs_nothing(anonymous: Caller) -> None:
    with counted() as cost:
        assert anonymous.get("/c/nonsense").status_code == 404

    assert (cost.statements, cost.round_trips) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_platform_s_eyes_is_left_behind(rows: list[Any]) -> None:
    assert find(str(rows[0].uuid))

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from credentials_microcredential")
        assert cursor.fetchone() == (0,)
