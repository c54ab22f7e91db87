"""What the database promises: each constraint of the portal's tables is broken here, and refuses.

A constraint that is added and not broken here fails `test_every_constraint_is_broken_here`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from credentials.program_credentials.awards import Note
from credentials_portal.problems import CONSTRAINT_PROBLEMS
from tenants import idempotency, sealing
from tenants.models import Membership, StoredAnswer, Tenant
from tests.certifications.role_factories import a_row_in_every_table
from tests.conftest import Caller, with_key
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
from tests.tenants.breaking import Break
from tests.tenants.constraint_breaks import BREAKS, IMPLIED
from users.models import User

APPS = ("tenants", "users", "credentials")


def promised() -> dict[str, str]:
    """Name in the database → name here, of every constraint but NOT NULL."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select k.conname, k.conrelid::regclass::text, k.contype,
                (select string_agg(a.attname, ', ' order by array_position(k.conkey, a.attnum))
                    from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey))
            from pg_constraint k
            where k.connamespace = 'public'::regnamespace and k.contype <> 'n'
            union all
            select i.indexrelid::regclass::text, i.indrelid::regclass::text, 'i', ''
            from pg_index i join pg_class c on c.oid = i.indrelid
            where c.relnamespace = 'public'::regnamespace and i.indisunique
                and not exists (select from pg_constraint where conindid = i.indexrelid)
            """
        )
        found = cursor.fetchall()
    return {
        name: label(name, table, kind, columns)
        for name, table, kind, columns in found
        if table.startswith(tuple(f"{app}_" for app in APPS))
    }


def label(name: str, table: str, kind: str, columns: str) -> str:
    if kind == "f" and "," not in columns:
        return f"{table}.{columns}"
    return f"{table}({columns})" if name.endswith("_uniq") else name


def columns_of(table: str) -> list[str]:
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    fields = models[table]._meta.concrete_fields
    return [str(column.column) for column in fields if not column.generated]


def statement(broken: Break) -> str:
    if not broken.copy:
        assigned = ", ".join(f"{column} = {value}" for column, value in broken.values.items())
        return f"update {broken.table} set {assigned}"
    kept = [
        column
        for column in columns_of(broken.table)
        # A new id is the database's to give, but for ids that are no numbers.
        if column != "id" or "id" in broken.values or broken.table == "users_signin"
    ]
    values = ", ".join(broken.values.get(column, column) for column in kept)
    return (
        f"insert into {broken.table} ({', '.join(kept)})"
        f" select {values} from (select * from {broken.table} limit 1) row"
    )


def steps(broken: Break) -> Iterator[Break]:
    for first in broken.first:
        yield from steps(first)
    yield broken


@transaction.atomic
def attempt(broken: Break, constraint: str) -> None:
    with connection.cursor() as cursor:
        for step in steps(broken):
            cursor.execute(statement(step))
            assert cursor.rowcount > 0, f"no row in {step.table}"
        cursor.execute(f"set constraints {constraint} immediate")


@pytest.fixture
def _a_row_in_every_table(acme: Tenant, member: Caller) -> None:
    micro_credential(acme, member.user)
    award("member", program(acme), Note("whitelist", "Whitelist", "x"))
    course(acme)
    assertion("member", definition(acme, courses=["c+1"]))
    image(acme)
    membership = Membership.objects.get(user=member.user)
    a_row_in_every_table(acme, membership)
    diploma_file(diploma(acme, member.user))
    with_key(membership)
    member.user.groups.add(Group.objects.create(name="group"))
    member.user.user_permissions.add(Permission.objects.all()[0])
    sealing.seal_all()
    StoredAnswer.objects.create(
        tenant=acme,
        user_id=member.user.pk,
        operation="an operation",
        key="first",
        payload_hash=idempotency.payload_hash({}),
        status=200,
        content_type="application/json",
        body=b"{}",
        created_at=timezone.now(),
    )


@pytest.mark.usefixtures("_a_row_in_every_table")
def test_each_constraint_refuses(subtests: pytest.Subtests) -> None:
    constraints = {known_as: found for found, known_as in promised().items()}
    for name, broken in BREAKS.items():
        with subtests.test(name):
            with pytest.raises(IntegrityError) as refused:
                attempt(broken, constraints[name])

            diagnostics: Any = refused.value.__cause__
            assert diagnostics.diag.constraint_name == constraints[name]


def test_every_constraint_is_broken_here(db: None) -> None:
    assert sorted(promised().values()) == sorted([*BREAKS, *IMPLIED])


def test_every_answer_to_a_broken_constraint_names_one_that_exists(db: None) -> None:
    raised_by_triggers = {"tenants_membership_last_owner"}

    assert set(CONSTRAINT_PROBLEMS) <= set(promised()) | raised_by_triggers
    assert all(problem.status == 409 for problem in CONSTRAINT_PROBLEMS.values())


def test_usernames_and_emails_are_one_whatever_their_case(platform: None) -> None:
    User.objects.create_user("Élodie", "Élodie@école.example", "x")

    for username, email in (("éLODIE", "other@x.example"), ("other", "éLODIE@ÉCOLE.example")):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(username, email, "x")

    # No address is not an address that two people share.
    User.objects.create_user("one")
    User.objects.create_user("two")
    assert User.objects.count() == 3
