"""What an organization stores is counted by triggers: whoever writes, however, it stays exact."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection

from credentials.models import Diploma, DiplomaFile
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests import factories
from tests.conftest import make_member
from tests.together import meeting

COPY = """
insert into credentials_diplomafile
    (uuid, tenant_id, diploma_id, name, content_type, size, key, sha256, stored_at, created_at)
select gen_random_uuid(), d.tenant_id, d.id, 'a.pdf', 'application/pdf', %s, gen_random_uuid(),
    '\\x01', now(), now()
from credentials_diploma d where d.id = any(%s)
"""
GROW = "update credentials_diplomafile set size = size + %s"
UNSTORE = "update credentials_diplomafile set key = null, sha256 = null, stored_at = null"
STORE = "update credentials_diplomafile set key = uuid, sha256 = '\\x01', stored_at = now()"
MOVE = "update credentials_diplomafile set tenant_id = %s"
MOVE_ALL = "update credentials_diplomafile set tenant_id = %s, diploma_id = %s"
DELETE = "delete from credentials_diplomafile"
# What the rows say, beside what is counted.
SUMS = """
select t.stored_bytes, coalesce((select sum(f.size) from credentials_diplomafile f
    where f.tenant_id = t.id and f.key is not null), 0)
from tenants_tenant t where t.id = %s
"""


def execute(sql: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def counted(tenant: Tenant) -> int:
    """Told twice: by the tenant and by its files."""
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(SUMS, [tenant.pk])
        told, is_so = cursor.fetchone()
    assert told == is_so
    return int(told)


@pytest.fixture
def foreign(globex: Tenant) -> Diploma:
    row = factories.diploma(globex, make_member(globex, "grace").user)
    factories.diploma_file(row, size=5)
    return row


def test_each_statement_of_a_tenants_work_counts_and_reaches_no_other(
    acme: Tenant, globex: Tenant, diploma: Diploma, foreign: Diploma
) -> None:
    other = factories.diploma(acme, diploma.holder)
    steps: list[tuple[str, tuple[Any, ...], int, int]] = [
        (COPY, (100, [diploma.pk, other.pk, foreign.pk]), 2, 200),
        (GROW, (11,), 2, 222),
        (UNSTORE, (), 2, 0),
        (GROW, (-10,), 2, 0),
        (STORE, (), 2, 202),
        (f"{UNSTORE} where diploma_id = %s", (other.pk,), 1, 101),
        (f"{DELETE} where key is null", (), 1, 101),
        (f"{DELETE} where key is null", (), 0, 101),
        (DELETE, (), 1, 0),
    ]

    for sql, parameters, rows, total in steps:
        with walls.tenant_work(acme.pk):
            assert execute(sql, *parameters) == rows
        assert (counted(acme), counted(globex)) == (total, 5)


def test_a_statement_that_is_undone_counts_for_nothing(acme: Tenant, diploma: Diploma) -> None:
    factories.diploma_file(diploma, size=7)

    def grow_and_fail() -> None:
        with walls.tenant_work(acme.pk):
            execute(GROW, 100)
            # It breaks a promise: what came before it goes, too.
            execute(GROW, -200)

    with pytest.raises(DatabaseError, match="holds_something"):
        grow_and_fail()

    assert counted(acme) == 7


@pytest.mark.parametrize("work", [walls.tenant_work, lambda _: walls.platform_work()])
def test_a_file_does_not_move_to_another_tenant(
    acme: Tenant, globex: Tenant, diploma: Diploma, foreign: Diploma, work: Callable[[int], Any]
) -> None:
    factories.diploma_file(diploma, size=7)

    with pytest.raises(DatabaseError), work(acme.pk):
        execute(MOVE, globex.pk)

    assert (counted(acme), counted(globex)) == (7, 5)


def test_tenants_work_cannot_take_the_diploma_along(
    acme: Tenant, globex: Tenant, diploma: Diploma, foreign: Diploma
) -> None:
    factories.diploma_file(diploma, is_stored=False)

    with pytest.raises(DatabaseError, match="row-level security"), walls.tenant_work(acme.pk):
        execute(MOVE_ALL, globex.pk, foreign.pk)


def test_of_bytes_that_the_platform_moves_both_tenants_know(
    acme: Tenant, globex: Tenant, diploma: Diploma, foreign: Diploma
) -> None:
    """By hand, in SQL, with all walls behind one: the sums still agree with the rows."""
    factories.diploma_file(diploma, size=7)
    execute(f"{DELETE} where diploma_id = %s", foreign.pk)

    execute(f"{MOVE_ALL} where diploma_id = %s", globex.pk, foreign.pk, diploma.pk)

    assert (counted(acme), counted(globex)) == (0, 7)


def test_a_sum_is_never_negative(acme: Tenant, diploma: Diploma) -> None:
    factories.diploma_file(diploma, size=7)

    def meddle() -> None:
        with walls.platform_work():
            Tenant.objects.filter(pk=acme.pk).update(stored_bytes=3)
            # It would take the sum below nothing.
            execute(DELETE)

    with pytest.raises(DatabaseError, match="stored_not_negative"):
        meddle()

    assert counted(acme) == 7


@pytest.mark.parametrize("role", ["tenant", "platform"])
def test_no_role_empties_the_table_past_the_triggers(
    acme: Tenant, diploma: Diploma, role: str
) -> None:
    scope = walls.tenant(acme.pk) if role == "tenant" else walls.PLATFORM
    factories.diploma_file(diploma, size=7)

    with pytest.raises(DatabaseError, match="permission denied"), walls.work(scope):
        execute("truncate credentials_diplomafile")

    assert counted(acme) == 7


@pytest.mark.django_db(transaction=True)
def test_of_two_transactions_at_once_the_second_waits_and_both_count(db: None) -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        holder = make_member(acme, "ada", Role.MEMBER).user
        diplomas = [factories.diploma(acme, holder) for _ in range(2)]
        factories.diploma_file(diplomas[0], size=1)

    def grow(meet: Callable[[], None]) -> None:
        with walls.tenant_work(acme.pk):
            execute(GROW, 300)
            meet()

    def copy() -> None:
        with walls.tenant_work(acme.pk):
            execute(COPY, 20, [diplomas[1].pk])

    meeting(grow, copy)

    assert counted(acme) == 321
    with walls.platform_work():
        assert DiplomaFile.objects.count() == 2
