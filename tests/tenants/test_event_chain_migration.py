"""Events from before there was a chain are hashed and sealed when it comes."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenants import chain_check, events, sealing, walls
from tenants.events import OPERATOR
from tenants.models import Chain, Event, Tenant

BEFORE = ("tenants", "0008_stored_bytes")


def migrate(*targets: tuple[str, str]) -> None:
    with walls.work(walls.NOBODY):
        with connection.cursor() as cursor:
            # What waits for the end of the test would forbid changes of the tables.
            cursor.execute("set constraints all immediate")
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def test_the_chain_of_what_was_there_is_the_same(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex, acme):
        events.record("seen", tenant, tenant_id=tenant.pk, by=OPERATOR, after={"name": "Ångström"})
    sealing.seal_all()
    heads = list(Chain.objects.order_by("tenant").values_list("tenant", "length", "head"))
    hashes = dict(Event.objects.values_list("id", "row_hash"))

    migrate(BEFORE)
    assert "tenants_seal" not in tables()
    migrate()

    assert dict(Event.objects.values_list("id", "row_hash")) == hashes
    assert list(Chain.objects.order_by("tenant").values_list("tenant", "length", "head")) == heads
    assert [length for _, length, _ in heads] == [3, 2]
    events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
    verdict = chain_check.check(acme.pk, expected=bytes(heads[0][2]))
    assert (verdict.faults, verdict.sealed, verdict.expected_place) == ([], 4, 3)
