"""The second wall, asked directly: which rows and columns PostgreSQL shows to whom."""

from typing import Any

import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from credentials.program_credentials.awards import Note
from tenants import events, sealing, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.certifications.role_factories import a_row_in_every_table
from tests.conftest import Caller, make_member, with_key
from tests.factories import (
    assertion,
    award,
    course,
    definition,
    diploma,
    diploma_file,
    image,
    micro_credential,
    program,
)

# Sign-ins belong to people; a tenant's work may not use the table at all.
OF_PEOPLE = {"users_signin"}
# Its rows without a tenant are read by everybody.
SHARED = "credentials_certificationtype"


def rows(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def walled_tables() -> list[str]:
    found = rows(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
        " and a.attname = 'tenant_id' and not a.attisdropped order by 1"
    )
    return ["tenants_tenant", *(name for (name,) in found if name not in OF_PEOPLE)]


def scope_now() -> tuple[str, str]:
    """The role (without the login's name) and the tenant that PostgreSQL goes by."""
    ((role, tenant_id),) = rows("select current_user, current_setting('app.tenant_id', true)")
    return role.removeprefix(connection.settings_dict["USER"]), tenant_id or ""


@pytest.fixture
def _full_house(acme: Tenant, member: Caller, outsider: Caller) -> None:
    """A row of acme in every table that one request fills."""
    micro_credential(acme, member.user)
    course(acme)
    award("member", program(acme), Note("whitelist", "Whitelist", "x"))
    image(acme)
    assertion("member", definition(acme, courses=["course-v1:Acme+W1+2026"]))
    membership = Membership.objects.get(user=member.user)
    a_row_in_every_table(acme, membership)
    diploma_file(diploma(acme, member.user))
    with_key(membership).post(
        "/api/v1/user-micro-credentials", {}, headers={"Idempotency-Key": "first"}
    )
    sealing.seal_all()


def test_login_can_neither_bypass_the_wall_nor_inherit_the_platform(platform: None) -> None:
    facts = rows(
        "select r.rolsuper, r.rolbypassrls, pg_has_role(session_user, p.oid, 'usage')"
        " from pg_roles r, pg_roles p"
        " where r.rolname = session_user and p.rolname = session_user || '_platform'"
    )

    assert facts == [(False, False, False)]


def test_every_table_of_tenants_forces_both_policies(platform: None) -> None:
    login = connection.settings_dict["USER"]
    for table in walled_tables():
        flags = rows(
            "select relrowsecurity, relforcerowsecurity from pg_class where relname = %s", table
        )
        policies = rows(
            "select roles::text[], qual, with_check, permissive, cmd from pg_policies"
            " where tablename = %s order by roles::text, cmd",
            table,
        )

        assert flags == [(True, True)], table
        column = "id" if table == "tenants_tenant" else "tenant_id"
        mine = (
            f"({column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint)"
        )
        expected: list[tuple[Any, ...]] = [
            ([f"{login}_platform"], "true", "true", "PERMISSIVE", "ALL"),
            ([f"{login}_tenant"], mine, mine, "PERMISSIVE", "ALL"),
        ]
        if table == SHARED:
            standard = ([f"{login}_tenant"], "(owner = 0)", None, "PERMISSIVE", "SELECT")
            expected.append(standard)
        assert policies == expected, table


@pytest.mark.usefixtures("_full_house")
def test_outside_of_all_work_no_row_of_a_tenant_shows() -> None:
    tables = walled_tables()
    assert all(rows(f"select 1 from {table}") for table in tables)

    with walls.work(walls.NOBODY):
        seen = {table: len(rows(f"select 1 from {table}")) for table in tables}

    assert seen == dict.fromkeys(tables, 0)


@pytest.mark.usefixtures("_full_house")
def test_work_of_a_tenant_sees_its_own_rows_alone(acme: Tenant, globex: Tenant) -> None:
    for table in walled_tables():
        column = "id" if table == "tenants_tenant" else "tenant_id"
        with walls.tenant_work(acme.pk):
            owners = {owner for (owner,) in rows(f"select {column} from {table}")}
            foreign = rows(f"select 1 from {table} where {column} = %s", globex.pk)

        assert owners == {acme.pk}, table
        assert foreign == [], table


@pytest.mark.usefixtures("_full_house")
def test_look_ups_of_another_tenant_are_hidden_from_a_tenants_work(globex: Tenant) -> None:
    keys = [bytes(key) for (key,) in rows("select key from tenants_lookup")]
    assert keys

    with walls.tenant_work(globex.pk):
        assert rows("select 1 from tenants_lookup where key = any(%s)", keys) == []


def test_work_of_a_tenant_cannot_write_into_another(
    acme: Tenant, globex: Tenant, member: Caller
) -> None:
    intruder = make_member(globex, "intruder").user_id

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        walls.tenant_work(globex.pk),
    ):
        rows(
            "insert into tenants_membership (tenant_id, uuid, user_id, role, status, is_primary,"
            " created_at, modified_at) values"
            " (%s, gen_random_uuid(), %s, 'owner', 'active', false, now(), now()) returning id",
            acme.pk,
            intruder,
        )

    assert Membership.objects.filter(tenant=acme).count() == 1


def test_work_of_a_tenant_cannot_give_a_row_away(acme: Tenant, globex: Tenant) -> None:
    mine = make_member(acme, "ada")

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        walls.tenant_work(acme.pk),
    ):
        Membership.objects.filter(pk=mine.pk).update(tenant_id=globex.pk)

    mine.refresh_from_db()
    assert mine.tenant_id == acme.pk


def test_work_of_a_tenant_uses_no_table_but_its_own_and_the_names_of_people(
    platform: None,
) -> None:
    tenant_role = f"{connection.settings_dict['USER']}_tenant"
    tables = rows(
        "select relname from pg_class where relkind = 'r'"
        " and relnamespace = 'public'::regnamespace and has_table_privilege("
        "%s, oid, 'select, insert, update, delete, truncate, references, trigger')",
        tenant_role,
    )
    columns = rows(
        "select attname from pg_attribute where attrelid = 'users_user'::regclass and attnum > 0"
        " and has_column_privilege(%s, attrelid, attnum, 'select, insert, update, references')",
        tenant_role,
    )

    # The admin asks for the names of models.
    assert {name for (name,) in tables} == {*walled_tables(), "django_content_type"}
    names = {"id", "uuid", "username", "email", "first_name", "last_name", "state"}
    assert {name for (name,) in columns} == names | {"email_verified_at"}


@pytest.mark.parametrize(
    "statement",
    [
        "select password from users_user",
        "select is_superuser from users_user",
        "update users_user set state = 0",
        "select * from users_signin",
        "select * from token_blacklist_outstandingtoken",
        "select * from django_session",
        "select * from axes_accessattempt",
        "update tenants_event set action = 'nothing'",
        "delete from tenants_event",
        "update tenants_eventcontent set content = ''",
        "delete from tenants_eventcontent",
        "insert into tenants_tenant (slug) values ('mine')",
        "delete from tenants_tenant",
        "truncate tenants_membership",
    ],
)
def test_work_of_a_tenant_is_denied(acme: Tenant, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        walls.tenant_work(acme.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_nested_work_gives_the_outer_scope_back() -> None:
    with walls.platform_work():
        with walls.tenant_work(7):
            assert scope_now() == ("_tenant", "7")
            with walls.tenant_work(8):
                assert scope_now() == ("_tenant", "8")
            assert scope_now() == ("_tenant", "7")
        assert scope_now() == ("_platform", "")
    assert scope_now() == ("", "")


@pytest.mark.django_db(transaction=True)
def test_nested_work_gives_the_outer_scope_back_after_an_error() -> None:
    with walls.tenant_work(7):
        with pytest.raises(KeyError), walls.platform_work():
            raise KeyError
        assert scope_now() == ("_tenant", "7")

        with pytest.raises(DataError), walls.platform_work():
            rows("select 1/0")
        assert scope_now() == ("_tenant", "7")


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_undone_leaves_the_scope_alone() -> None:
    with walls.tenant_work(7):
        with pytest.raises(DataError), walls.savepoint():
            rows("select 1/0")

        assert scope_now() == ("_tenant", "7")


@pytest.mark.django_db(transaction=True)
def test_a_read_outside_of_a_transaction_leaves_nothing_on_the_connection() -> None:
    answer = walls.read(walls.tenant(7), "select current_setting('app.tenant_id')", [])

    assert answer == [("7",)]
    assert scope_now() == ("", "")


@pytest.mark.django_db(transaction=True)
def test_a_read_that_fails_leaves_nothing_on_the_connection() -> None:
    with pytest.raises(DataError):
        walls.read(walls.PLATFORM, "select 1/0", [])

    assert scope_now() == ("", "")
    assert walls.read(walls.tenant(7), "select 1", []) == [(1,)]


def test_a_read_inside_other_work_keeps_that_work_in_its_scope(acme: Tenant) -> None:
    with walls.tenant_work(acme.pk):
        every = walls.read(walls.PLATFORM, "select current_user::text", [])

        assert every[0][0].endswith("_platform")
        assert scope_now() == ("_tenant", str(acme.pk))


def test_events_of_a_tenant_are_written_in_its_own_work(acme: Tenant, globex: Tenant) -> None:
    with walls.tenant_work(globex.pk), pytest.raises(ProgrammingError), transaction.atomic():
        events.record("forged", acme, tenant_id=acme.pk, by=OPERATOR)

    assert not Event.objects.filter(action="forged").exists()
