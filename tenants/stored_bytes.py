"""How many bytes a tenant stores: kept by triggers, so that every way of writing counts."""

from django.db.migrations.operations import RunSQL


class CountBytes(RunSQL):
    """Keep `tenants_tenant.stored_bytes` exact, in the transaction of each write of a table.

    Rows `r` count by their `size` while `counted` holds. The tenant's row stays locked until the
    end: whoever then reads the sum knows that nobody else adds to it.
    """

    def __init__(self, table: str, *, size: str, counted: str) -> None:
        tables = {"added": f"r.{size}", "removed": f"-r.{size}"}
        parts = {
            name: f"select r.tenant_id, {amount} as change from {name} r where {counted}"
            for name, amount in tables.items()
        }
        steps = {
            "insert": ("new table as added", parts["added"]),
            "update": (
                "old table as removed new table as added",
                f"{parts['removed']} union all {parts['added']}",
            ),
            "delete": ("old table as removed", parts["removed"]),
        }
        create = [
            COUNT.format(table=table, event=event, referencing=referencing, changes=changes)
            for event, (referencing, changes) in steps.items()
        ]
        drop = [
            f"drop trigger {table}_bytes_{event} on {table}; drop function {table}_bytes_{event}();"
            for event in steps
        ]
        super().__init__("".join(create), "".join(drop))


# Ordered by tenant, so that two bulk loads take their locks in one order.
COUNT = """
create function {table}_bytes_{event}() returns trigger language plpgsql as $$
declare
    changed record;
begin
    for changed in
        select tenant_id, sum(change) as bytes from ({changes}) as changes
        group by tenant_id having sum(change) <> 0 order by tenant_id
    loop
        update tenants_tenant set stored_bytes = stored_bytes + changed.bytes
            where id = changed.tenant_id;
    end loop;
    return null;
end $$;
create trigger {table}_bytes_{event} after {event} on {table}
    referencing {referencing}
    for each statement execute function {table}_bytes_{event}();
"""
