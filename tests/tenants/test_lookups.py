"""Look-ups: how a row is found when nobody has said the tenant. Triggers keep them exact."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials.models import MicroCredential
from tenants import lookups
from tenants.models import ApiToken, Lookup, Membership, Tenant
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential


def of_records() -> set[tuple[bytes, int, int]]:
    found = Lookup.objects.filter(kind="microcredential")
    return {(bytes(entry.key), entry.tenant_id, entry.object_id) for entry in found}


def expected() -> set[tuple[bytes, int, int]]:
    return {
        (lookups.uuid_key(row.uuid), row.tenant_id, row.pk) for row in MicroCredential.objects.all()
    }


def test_a_new_row_is_found_by_its_uuid(acme: Tenant, member: Caller) -> None:
    micro_credential(acme, member.user)

    assert len(of_records()) == 1
    assert of_records() == expected()


def test_rows_of_one_statement_are_each_found(
    acme: Tenant, globex: Tenant, member: Caller, outsider: Caller
) -> None:
    now = timezone.now()
    MicroCredential.objects.bulk_create(
        MicroCredential(
            tenant=tenant, holder_id=caller.user.pk, title="x", issued_at=now, expires_at=now
        )
        for tenant, caller in [(acme, member), (globex, outsider)] * 50
    )

    assert len(of_records()) == 100
    assert of_records() == expected()


def test_a_row_that_is_gone_is_found_no_more(acme: Tenant, member: Caller) -> None:
    kept = micro_credential(acme, member.user)
    gone = [micro_credential(acme, member.user).pk for _ in range(3)]

    MicroCredential.objects.filter(pk__in=gone).delete()

    assert of_records() == expected() == {(kept.uuid.bytes, acme.pk, kept.pk)}


def test_an_undone_write_leaves_no_look_up(acme: Tenant, member: Caller) -> None:
    with transaction.atomic():
        micro_credential(acme, member.user)
        transaction.set_rollback(True)

    assert of_records() == set()


def test_an_api_token_is_found_by_the_hash_of_its_key(acme: Tenant) -> None:
    key = with_key(make_member(acme, "ada")).authorization.split()[1]

    found = Lookup.objects.get(kind="apitoken")

    assert bytes(found.key) == lookups.token_key(key)
    assert (found.tenant_id, found.object_id) == (acme.pk, ApiToken.objects.get().pk)
    ApiToken.objects.all().delete()
    assert not Lookup.objects.filter(kind="apitoken").exists()


@pytest.mark.parametrize("column", ["id", "uuid", "tenant_id"])
def test_a_row_keeps_what_it_is_found_by(
    acme: Tenant, globex: Tenant, member: Caller, column: str
) -> None:
    """Another tenant has the same person as a member: nothing else would refuse the move."""
    make_member(globex, "member")
    row = micro_credential(acme, member.user)
    other = {"id": row.pk + 1, "uuid": uuid.uuid4(), "tenant_id": globex.pk}

    with (
        pytest.raises(IntegrityError, match="keeps its tenant and uuid"),
        transaction.atomic(),
    ):
        MicroCredential.objects.filter(pk=row.pk).update(**{column: other[column]})

    assert of_records() == expected() == {(row.uuid.bytes, acme.pk, row.pk)}


def test_an_api_token_keeps_its_key(acme: Tenant) -> None:
    caller = with_key(make_member(acme, "ada"))

    with pytest.raises(IntegrityError, match="keeps its tenant"), transaction.atomic():
        ApiToken.objects.update(key_hash=b"x" * 32)

    assert caller.get("/api/v1/users/me").status_code == 200


def test_a_save_of_all_columns_is_no_move(acme: Tenant, member: Caller) -> None:
    row = micro_credential(acme, member.user)
    row.title = "New"

    row.save()

    assert MicroCredential.objects.get().title == "New"
    assert Membership.objects.filter(user=member.user).count() == 1
