"""The third wall: a row and the one it names are of one tenant, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from credentials.models import MicroCredential
from tenants import api_tokens
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, Tenant
from tests.conftest import Caller, make_member
from tests.factories import micro_credential


def refused_by(sql: str, parameters: list[Any]) -> str:
    """The constraint that refuses the statement, which runs in platform work."""
    with (
        pytest.raises(IntegrityError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, parameters)
    diagnostics: Any = refusal.value.__cause__
    return str(diagnostics.diag.constraint_name)


def test_a_credential_cannot_be_held_by_a_stranger_to_its_tenant(
    acme: Tenant, member: Caller, outsider: Caller
) -> None:
    row = micro_credential(acme, member.user)

    refusal = refused_by(
        "update credentials_microcredential set holder_id = %s where id = %s",
        [outsider.user.pk, row.pk],
    )

    assert refusal == "credentials_microcredential_holder_id_same_tenant"
    row.refresh_from_db()
    assert row.holder_id == member.user.pk


def test_a_credential_cannot_be_made_in_a_tenant_of_which_its_holder_is_no_member(
    globex: Tenant, member: Caller
) -> None:
    refusal = refused_by(
        "insert into credentials_microcredential (tenant_id, holder_id, uuid, title, website_url,"
        " state, created_at, modified_at, issued_at, expires_at)"
        " values (%s, %s, gen_random_uuid(), 'x', '', 1, now(), now(), now(), now())",
        [globex.pk, member.user.pk],
    )

    assert refusal == "credentials_microcredential_holder_id_same_tenant"
    assert not MicroCredential.objects.exists()


def test_an_api_token_cannot_act_as_a_stranger_to_its_tenant(
    acme: Tenant, member: Caller, outsider: Caller
) -> None:
    refusal = refused_by(
        "insert into tenants_apitoken"
        " (tenant_id, uuid, user_id, name, key_hash, scopes, created_at)"
        " values (%s, gen_random_uuid(), %s, 'ci', '\\x00', '[]', now())",
        [acme.pk, outsider.user.pk],
    )

    assert refusal == "tenants_apitoken_user_id_same_tenant"
    assert not ApiToken.objects.exists()


def test_a_member_whose_api_token_lives_cannot_be_removed(acme: Tenant) -> None:
    membership = make_member(acme, "ada")
    api_tokens.create(membership, name="ci", scopes=[], expires_at=None, by=OPERATOR)

    refusal = refused_by("delete from tenants_membership where id = %s", [membership.pk])

    assert refusal == "tenants_apitoken_user_id_same_tenant"


def test_the_content_of_an_event_belongs_to_the_tenant_of_the_event(
    acme: Tenant, globex: Tenant
) -> None:
    event = Event.objects.filter(tenant=acme).earliest("id")

    refusal = refused_by(
        "with another as (insert into tenants_event (tenant_id, uuid, occurred_at, action,"
        " object_kind, object_id, object_uuid, actor_kind, request_id, content_hash)"
        " select tenant_id, gen_random_uuid(), occurred_at, action, object_kind, object_id,"
        " object_uuid, actor_kind, request_id, content_hash from tenants_event where id = %s"
        " returning id) insert into tenants_eventcontent (event_id, tenant_id, salt, content)"
        " select id, %s, '', '{}' from another",
        [event.pk, globex.pk],
    )

    assert refusal == "tenants_eventcontent_event_id_same_tenant"


def test_every_key_between_two_tables_of_tenants_compares_the_tenant(platform: None) -> None:
    """Not deferrable: the refusal comes at the statement that deserves it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select k.conrelid::regclass || '.' || a.attname
            from pg_constraint k
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
            where k.contype = 'f' and k.connamespace = 'public'::regnamespace
                and a.attname <> 'tenant_id'
                and exists (select from pg_attribute t where t.attrelid = k.conrelid
                    and t.attname = 'tenant_id' and t.attnotnull)
                and exists (select from pg_attribute t where t.attrelid = k.confrelid
                    and t.attname = 'tenant_id' and t.attnotnull)
            group by k.conrelid, a.attname
            having not bool_or(array_length(k.conkey, 1) = 2 and not k.condeferrable)
            """
        )
        unguarded = [row[0] for row in cursor.fetchall()]

    assert unguarded == []
