"""Migration operations: what Django's models cannot say to PostgreSQL about tenants.

Every operation is plain SQL and safe to run again. Role names follow the login's name, so that
several portals can share a server.
"""

from django.db.migrations.operations import RunSQL

# Roles belong to the whole server: test databases that migrate at once meet here, so each step
# tolerates that another was first. INHERIT FALSE matters: an inherited platform role would apply
# the platform policy to everything the login does. Before 16 that is the login's own attribute.
CREATE_ROLES = """
do $$
declare
    part text;
    name text;
    -- From 16 on, who makes a role administers it but may not yet become it.
    needed text := case when current_setting('server_version_num')::int >= 160000
        then 'set' else 'member' end;
begin
    foreach part in array array['tenant', 'platform'] loop
        name := session_user || '_' || part;
        for attempt in 1..20 loop
            begin
                if not exists (select from pg_roles where rolname = name) then
                    execute format('create role %I nologin', name);
                end if;
                if not pg_has_role(session_user, name, needed) then
                    if needed = 'set' then
                        execute format('grant %I to %I with inherit false, set true',
                            name, session_user);
                    else
                        execute format('grant %I to %I', name, session_user);
                    end if;
                end if;
                exit;
            exception
                -- internal_error is "tuple concurrently updated".
                when duplicate_object or unique_violation or internal_error then
                    if attempt = 20 then raise; end if;
                    perform pg_sleep(0.05);
            end;
        end loop;
        execute format('grant usage on schema public to %I', name);
    end loop;
    name := session_user || '_platform';
    execute format('alter default privileges in schema public'
        ' grant select, insert, update, delete on tables to %I', name);
    execute format('grant select, insert, update, delete on all tables in schema public to %I',
        name);
end $$
"""


class CreateRoles(RunSQL):
    """The two roles of `tenants.walls`."""

    def __init__(self) -> None:
        super().__init__(CREATE_ROLES, RunSQL.noop)


class GrantToTenants(RunSQL):
    """Let tenant work use a table that has no tenant, or some of its columns."""

    def __init__(self, table: str, privileges: str) -> None:
        super().__init__(
            "do $$ begin execute format("
            f"'grant {privileges} on {table} to %I', session_user || '_tenant'); end $$",
            RunSQL.noop,
        )


class RaiseWall(RunSQL):
    """Forced row-level security: tenant work sees its tenant's rows, platform work all."""

    def __init__(
        self,
        table: str,
        *,
        column: str = "tenant_id",
        privileges: str = "select, insert, update, delete",
    ) -> None:
        mine = f"{column} = nullif(current_setting('app.tenant_id', true), '')::bigint"
        super().__init__(
            f"""
            alter table {table} enable row level security;
            alter table {table} force row level security;
            do $$ begin
                execute format('create policy {table}_of_tenant on {table} to %I
                    using ({mine.replace("'", "''")}) with check ({mine.replace("'", "''")})',
                    session_user || '_tenant');
                execute format('create policy {table}_of_platform on {table} to %I
                    using (true) with check (true)', session_user || '_platform');
                execute format('grant {privileges} on {table} to %I', session_user || '_tenant');
            end $$;
            """,
            f"""
            drop policy {table}_of_tenant on {table};
            drop policy {table}_of_platform on {table};
            alter table {table} no force row level security;
            alter table {table} disable row level security;
            """,
        )


class SameTenant(RunSQL):
    """A composite foreign key: a row and the one it names are of one tenant.

    Not deferrable, so that the refusal comes at the statement that deserves it.
    """

    def __init__(self, table: str, column: str, target: str, target_column: str = "id") -> None:
        name = f"{table}_{column}_same_tenant"
        super().__init__(
            f"alter table {table} add constraint {name} foreign key (tenant_id, {column})"
            f" references {target} (tenant_id, {target_column})",
            f"alter table {table} drop constraint {name}",
        )


class AppendOnly(RunSQL):
    """Rows are never changed or removed, by whatever role."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"""
            create function {table}_refuse() returns trigger language plpgsql as $$
            begin
                raise exception '{table} is append-only'
                    using errcode = 'insufficient_privilege';
            end $$;
            create trigger {table}_append_only before update or delete on {table}
                for each row execute function {table}_refuse();
            """,
            f"drop trigger {table}_append_only on {table}; drop function {table}_refuse();",
        )


class TrackRows(RunSQL):
    """Keep look-ups and row counts of a table exact, in the transaction of each write.

    `key`: the column by which a row is found without its tenant; it never changes, nor does the
    tenant. `counted`: the condition under which a row `r` counts; None to count nothing. One pass
    for a whole COPY.
    """

    def __init__(self, table: str, kind: str, *, key: str, counted: str | None = None) -> None:
        steps = {
            "insert": [_add_lookups(kind, key), _count(kind, {"+": "added"}, counted)],
            "update": [_count(kind, {"+": "added", "-": "removed"}, counted)],
            "delete": [_drop_lookups(key), _count(kind, {"-": "removed"}, counted)],
        }
        referencing = {
            "insert": "new table as added",
            "update": "old table as removed new table as added",
            "delete": "old table as removed",
        }
        done = {event: list(filter(None, parts)) for event, parts in steps.items()}
        create = [
            f"""
            create function {table}_track_{event}() returns trigger language plpgsql as $$
            begin {"; ".join(parts)}; return null; end $$;
            create trigger {table}_track_{event} after {event} on {table}
                referencing {referencing[event]}
                for each statement execute function {table}_track_{event}();
            """
            for event, parts in done.items()
            if parts
        ]
        drop = [
            f"drop trigger {table}_track_{event} on {table}; drop function {table}_track_{event}();"
            for event, parts in done.items()
            if parts
        ]
        super().__init__(
            "".join([*create, KEEP_KEY.format(table=table, key=key)]),
            "".join([*drop, DROP_KEEP_KEY.format(table=table)]),
        )


# A look-up that named the old key would lead to the row for ever. Costs nothing where the columns
# are not assigned.
KEEP_KEY = """
create function {table}_keep_key() returns trigger language plpgsql as $$
begin
    raise exception 'a row keeps its tenant and {key}'
        using errcode = 'check_violation', constraint = '{table}_keeps_key';
end $$;
create trigger {table}_keep_key before update of id, tenant_id, {key} on {table}
    for each row when ((old.id, old.tenant_id, old.{key})
        is distinct from (new.id, new.tenant_id, new.{key}))
    execute function {table}_keep_key();
"""
DROP_KEEP_KEY = "drop trigger {table}_keep_key on {table}; drop function {table}_keep_key();"


def _key(column: str) -> str:
    return "uuid_send(uuid)" if column == "uuid" else column


def _add_lookups(kind: str, key: str) -> str:
    return (
        "insert into tenants_lookup (key, tenant_id, kind, object_id)"
        f" select {_key(key)}, tenant_id, '{kind}', id from added"
    )


def _drop_lookups(key: str) -> str:
    return f"delete from tenants_lookup where key in (select {_key(key)} from removed)"


def _count(kind: str, tables: dict[str, str], counted: str | None) -> str:
    """Ordered by tenant, so that two bulk loads take their locks in one order."""
    if counted is None:
        return ""
    changes = " union all ".join(
        f"select tenant_id, {sign}1 as change from {table} as r where {counted}"
        for sign, table in tables.items()
    )
    return (
        "insert into tenants_rowcount (tenant_id, kind, slot, rows)"
        f" select tenant_id, '{kind}', pg_backend_pid() % 16, sum(change)"
        f" from ({changes}) as changes group by tenant_id having sum(change) <> 0"
        " order by tenant_id"
        " on conflict (tenant_id, kind, slot)"
        " do update set rows = tenants_rowcount.rows + excluded.rows"
    )


class CheapRandomReads(RunSQL):
    """Plan for disks without moving parts, in sessions of the portal's login.

    PostgreSQL's own figure is a spinning disk's: by it, the first page of one tenant's list is
    worth reading all tenants' rows from the newest on.
    """

    def __init__(self) -> None:
        super().__init__(
            RANDOM_READS.format("set random_page_cost = 1.1"),
            RANDOM_READS.format("reset random_page_cost"),
        )


RANDOM_READS = """
do $$ begin
    execute format('alter role %I in database %I {}', session_user, current_database());
end $$
"""


class KeepAnOwner(RunSQL):
    """The last active owner of a tenant is neither removed nor demoted, however two try at once."""

    def __init__(self) -> None:
        super().__init__(KEEP_AN_OWNER, DROP_KEEP_AN_OWNER)


KEEP_AN_OWNER = """
create function tenants_membership_keep_an_owner() returns trigger language plpgsql as $$
begin
    if old.role = 'owner' and old.status = 'active'
        and (tg_op = 'DELETE' or new.role <> 'owner' or new.status <> 'active'
            or new.tenant_id <> old.tenant_id)
    then
        -- Two owners who leave at once must not each count on the other.
        perform 1 from tenants_tenant where id = old.tenant_id for no key update;
        if not exists (
            select from tenants_membership where tenant_id = old.tenant_id
                and id <> old.id and role = 'owner' and status = 'active')
        then
            raise exception 'the last owner of a tenant stays'
                using errcode = 'check_violation', constraint = 'tenants_membership_last_owner';
        end if;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger tenants_membership_keep_an_owner before update or delete on tenants_membership
    for each row execute function tenants_membership_keep_an_owner();
"""
DROP_KEEP_AN_OWNER = """
drop trigger tenants_membership_keep_an_owner on tenants_membership;
drop function tenants_membership_keep_an_owner();
"""
