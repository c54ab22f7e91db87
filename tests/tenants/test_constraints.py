"""What the database promises: each constraint of the portal's tables is broken here, and refuses.

A constraint that is added and not broken here fails `test_every_constraint_is_broken_here`.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from credentials_portal.problems import CONSTRAINT_PROBLEMS
from tenants import idempotency
from tenants.models import Membership, StoredAnswer, Tenant
from tests.conftest import Caller, with_key
from tests.factories import micro_credential
from users.models import User

APPS = ("tenants", "users", "credentials")


@dataclass(frozen=True)
class Break:
    """A statement that one constraint must refuse; values are SQL over the columns of a row.

    `copy` inserts a second row like the first, with a new id unless one is given.
    """

    table: str
    values: dict[str, str]
    copy: bool = False
    first: tuple["Break", ...] = field(default=())


def change(table: str, *first: Break, **values: str) -> Break:
    return Break(table, values, first=first)


def copy(table: str, *first: Break, **values: str) -> Break:
    return Break(table, values, copy=True, first=first)


NEW_UUID = "gen_random_uuid()"
# Keys to single rows are checked at the end of a transaction: so long, a stranger may be there.
MEMBER_OF_NOTHING = copy("tenants_membership", uuid=NEW_UUID, tenant_id="0", is_primary="false")
NOBODY_IN_TENANT = copy("tenants_membership", uuid=NEW_UUID, user_id="0", is_primary="false")
EVENT_OF_NOTHING = copy("tenants_event", uuid=NEW_UUID, tenant_id="0", id="-1")

MICRO = "credentials_microcredential"
TOKEN, MEMBER, EVENT = "tenants_apitoken", "tenants_membership", "tenants_event"
CONTENT, COUNT, ANSWER = "tenants_eventcontent", "tenants_rowcount", "tenants_storedanswer"
GROUPS, PERMISSIONS = "users_user_groups", "users_user_user_permissions"

# By name; a key to a single row, whose name is made up by Django, by its column.
BREAKS = {
    "credentials_microcredential_dates_in_order": change(
        MICRO, expires_at="issued_at - '1s'::interval"
    ),
    "credentials_microcredential_holder_id_same_tenant": change(MICRO, holder_id="0"),
    "credentials_microcredential_pkey": copy(MICRO, id="id", uuid=NEW_UUID),
    "credentials_microcredential_state_check": change(MICRO, state="-1"),
    "credentials_microcredential_state_known": change(MICRO, state="2"),
    "credentials_microcredential_title_present": change(MICRO, title="''"),
    "credentials_microcredential_uuid_once_per_tenant": copy(MICRO),
    "credentials_microcredential.holder_id": change(MICRO, NOBODY_IN_TENANT, holder_id="0"),
    "credentials_microcredential.tenant_id": copy(
        MICRO, MEMBER_OF_NOTHING, uuid=NEW_UUID, tenant_id="0"
    ),
    "tenants_apitoken_expires_after_creation": change(TOKEN, expires_at="created_at"),
    "tenants_apitoken_live_name_once_per_tenant": copy(TOKEN, uuid=NEW_UUID, key_hash="'x'"),
    "tenants_apitoken_pkey": copy(TOKEN, id="id", uuid=NEW_UUID, name="'other'"),
    "tenants_apitoken_user_id_same_tenant": change(TOKEN, user_id="0"),
    "tenants_apitoken_uuid_once_per_tenant": copy(TOKEN, name="'other'", key_hash="'x'"),
    "tenants_apitoken.tenant_id": copy(
        TOKEN, MEMBER_OF_NOTHING, uuid=NEW_UUID, key_hash="'x'", tenant_id="0"
    ),
    "tenants_apitoken.user_id": change(TOKEN, NOBODY_IN_TENANT, user_id="0"),
    "tenants_event_pkey": copy(EVENT, id="id", uuid=NEW_UUID),
    "tenants_event_uuid_once_per_tenant": copy(EVENT),
    "tenants_event.actor_id": copy(EVENT, uuid=NEW_UUID, actor_id="0"),
    "tenants_event.tenant_id": copy(EVENT, uuid=NEW_UUID, tenant_id="0"),
    "tenants_eventcontent_event_id_same_tenant": change(CONTENT, tenant_id="0"),
    "tenants_eventcontent_pkey": copy(CONTENT),
    "tenants_eventcontent.tenant_id": copy(CONTENT, EVENT_OF_NOTHING, event_id="-1", tenant_id="0"),
    "tenants_lookup_pkey": copy("tenants_lookup"),
    "tenants_lookup.tenant_id": change("tenants_lookup", tenant_id="0"),
    "tenants_membership_one_primary_per_person": copy(
        MEMBER, uuid=NEW_UUID, tenant_id="0", is_primary="true"
    ),
    "tenants_membership_person_once_per_tenant": copy(MEMBER, uuid=NEW_UUID, is_primary="false"),
    "tenants_membership_pkey": copy(MEMBER, id="id", uuid=NEW_UUID, user_id="0"),
    "tenants_membership_role_known": change(MEMBER, role="'king'"),
    "tenants_membership_status_known": change(MEMBER, status="'away'"),
    "tenants_membership_uuid_once_per_tenant": copy(MEMBER, user_id="0", is_primary="false"),
    "tenants_membership.tenant_id": MEMBER_OF_NOTHING,
    "tenants_membership.user_id": NOBODY_IN_TENANT,
    "tenants_rowcount_pkey": copy(COUNT, id="id", slot="slot + 99"),
    "tenants_rowcount_slot_check": change(COUNT, slot="-1"),
    "tenants_rowcount_slot_once": copy(COUNT),
    "tenants_rowcount.tenant_id": change(COUNT, tenant_id="0"),
    "tenants_storedanswer_key_once": copy(ANSWER),
    "tenants_storedanswer_pkey": copy(ANSWER, id="id", key="'other'"),
    "tenants_storedanswer_status_check": change(ANSWER, status="-1"),
    "tenants_storedanswer.tenant_id": change(ANSWER, tenant_id="0"),
    "tenants_tenant_name_present": change("tenants_tenant", name="''"),
    "tenants_tenant_pkey": copy("tenants_tenant", id="id", uuid=NEW_UUID, slug="'other'"),
    "tenants_tenant_slug_form": change("tenants_tenant", slug="'-acme'"),
    "tenants_tenant_slug_key": copy("tenants_tenant", uuid=NEW_UUID),
    "tenants_tenant_status_known": change("tenants_tenant", status="'closed'"),
    "tenants_tenant_uuid_key": copy("tenants_tenant", slug="'other'"),
    "users_signin_expires_after_creation": change("users_signin", expires_at="created_at"),
    "users_signin_pkey": copy("users_signin"),
    "users_signin.tenant_id": change("users_signin", tenant_id="0"),
    "users_signin.user_id": change("users_signin", user_id="0"),
    "users_user_email_once": copy(
        "users_user", uuid=NEW_UUID, username="'other'", email="upper(email)"
    ),
    "users_user_pkey": copy("users_user", id="id", uuid=NEW_UUID, username="'x'", email="''"),
    "users_user_state_check": change("users_user", state="-1"),
    "users_user_state_known": change("users_user", state="2"),
    "users_user_username_key": copy("users_user", uuid=NEW_UUID, email="''"),
    "users_user_username_once": copy(
        "users_user", uuid=NEW_UUID, username="upper(username)", email="''"
    ),
    "users_user_username_present": change("users_user", username="''"),
    "users_user_uuid_key": copy("users_user", username="'other'", email="''"),
    "users_user_groups_pkey": copy(GROUPS, id="id", group_id="0"),
    "users_user_groups(user_id, group_id)": copy(GROUPS),
    "users_user_groups.group_id": change(GROUPS, group_id="0"),
    "users_user_groups.user_id": change(GROUPS, user_id="0"),
    "users_user_user_permissions_pkey": copy(PERMISSIONS, id="id", permission_id="0"),
    "users_user_user_permissions(user_id, permission_id)": copy(PERMISSIONS),
    "users_user_user_permissions.permission_id": change(PERMISSIONS, permission_id="0"),
    "users_user_user_permissions.user_id": change(PERMISSIONS, user_id="0"),
}
# Another constraint says more, so that these can never be the one that refuses.
IMPLIED = {
    # By the primary key; composite foreign keys need them as their target.
    *(f"{table}_once_per_tenant" for table in (MICRO, TOKEN, MEMBER, EVENT)),
    # By the composite key to the same row.
    "tenants_eventcontent.event_id",
}


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
    return [str(column.column) for column in models[table]._meta.concrete_fields]


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


@transaction.atomic
def attempt(broken: Break, constraint: str) -> None:
    with connection.cursor() as cursor:
        for step in (*broken.first, broken):
            cursor.execute(statement(step))
            assert cursor.rowcount > 0, f"no row in {step.table}"
        cursor.execute(f"set constraints {constraint} immediate")


@pytest.fixture
def _a_row_in_every_table(acme: Tenant, member: Caller) -> None:
    micro_credential(acme, member.user)
    with_key(Membership.objects.get(user=member.user))
    member.user.groups.add(Group.objects.create(name="group"))
    member.user.user_permissions.add(Permission.objects.all()[0])
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
@pytest.mark.parametrize("name", BREAKS)
def test_constraint_refuses(name: str) -> None:
    (constraint,) = (found for found, known_as in promised().items() if known_as == name)

    with pytest.raises(IntegrityError) as refused:
        attempt(BREAKS[name], constraint)

    diagnostics: Any = refused.value.__cause__
    assert diagnostics.diag.constraint_name == constraint


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
