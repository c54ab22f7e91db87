"""Migration operations: what PostgreSQL itself sees to about the history."""

from django.db.migrations.operations import RunSQL

# Words for what may be done to a table no more, by whatever role.
REFUSE = """
create function {table}_refuse_{name}() returns trigger language plpgsql as $$
begin
    raise exception '{table} is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger {table}_no_{name} before {what} on {table}
    for each statement execute function {table}_refuse_{name}();
"""
DROP_REFUSE = """
drop trigger {table}_no_{name} on {table};
drop function {table}_refuse_{name}();
"""
TO_PLATFORM = "do $$ begin execute format('{}', session_user || '_platform'); end $$;"


class Refuse(RunSQL):
    """Also where no row would be touched, and also to the owner of the table.

    `what`: some of update, delete, truncate.
    """

    def __init__(self, table: str, *what: str) -> None:
        names = {"table": table, "name": "_".join(what), "what": " or ".join(what)}
        # The platform's role has what it is granted by default.
        held = [each for each in what if each != "truncate"]
        revoke = TO_PLATFORM.format(f"revoke {', '.join(held)} on {table} from %I")
        grant = TO_PLATFORM.format(f"grant {', '.join(held)} on {table} to %I")
        super().__init__(REFUSE.format(**names) + revoke, DROP_REFUSE.format(**names) + grant)


class OnlyBlank(RunSQL):
    """The narrow door of erasure: a content may be blanked, once, and named with what did it."""

    def __init__(self) -> None:
        granted = "update (salt, content, erased_by_id) on tenants_eventcontent"
        super().__init__(
            ONLY_BLANK + TO_PLATFORM.format(f"grant {granted} to %I"),
            DROP_ONLY_BLANK + TO_PLATFORM.format(f"revoke {granted} from %I"),
        )


ONLY_BLANK = """
alter table tenants_eventcontent add constraint tenants_eventcontent_blank_when_erased
    check ((erased_by_id is null) or (salt = '' and content = ''));
create function tenants_eventcontent_only_blank() returns trigger language plpgsql as $$
begin
    if old.erased_by_id is not null or new.erased_by_id is null
        or (new.event_id, new.tenant_id) <> (old.event_id, old.tenant_id)
    then
        raise exception 'a content may only be erased'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger tenants_eventcontent_only_blank before update on tenants_eventcontent
    for each row execute function tenants_eventcontent_only_blank();
"""
DROP_ONLY_BLANK = """
drop trigger tenants_eventcontent_only_blank on tenants_eventcontent;
drop function tenants_eventcontent_only_blank();
alter table tenants_eventcontent drop constraint tenants_eventcontent_blank_when_erased;
"""


class HashRows(RunSQL):
    """`row_hash` of an event, for what is there and whatever comes.

    The statement's trigger gives the transaction its id before the first event takes its own:
    what is settled (see `sealing`) is told by those.
    """

    def __init__(self, expression: str) -> None:
        here, new = (expression.format(name) for name in ("tenants_event", "new"))
        super().__init__(HASH_ROWS.format(here=here, new=new), DROP_HASH_ROWS)


HASH_ROWS = """
alter table tenants_event alter column row_hash type bytea using {here};
create function tenants_event_hash_row() returns trigger language plpgsql as $$
begin
    new.row_hash := {new};
    return new;
end $$;
create trigger tenants_event_hash_row before insert on tenants_event
    for each row execute function tenants_event_hash_row();
create function tenants_event_take_transaction_id() returns trigger language plpgsql as $$
begin
    perform pg_current_xact_id();
    return null;
end $$;
create trigger tenants_event_take_transaction_id before insert on tenants_event
    for each statement execute function tenants_event_take_transaction_id();
"""
DROP_HASH_ROWS = """
drop trigger tenants_event_hash_row on tenants_event;
drop function tenants_event_hash_row();
drop trigger tenants_event_take_transaction_id on tenants_event;
drop function tenants_event_take_transaction_id();
"""


class SealHistory(RunSQL):
    """The chain of what is there already, and the aggregate that makes chains.

    As a window function it goes on from row to row: `tenants_chain_hash(<hash before>, row_hash)`.
    """

    def __init__(self, start: bytes) -> None:
        super().__init__(SEAL_HISTORY.format(start=start.hex()), DROP_CHAIN_HASH)


SEAL_HISTORY = """
create function tenants_chain_step(state bytea, start bytea, hash bytea) returns bytea
    language sql immutable as $$ select sha256(coalesce(state, start) || hash) $$;
create aggregate tenants_chain_hash(bytea, bytea) (sfunc = tenants_chain_step, stype = bytea);
select set_config('role', session_user || '_platform', true);
insert into tenants_seal (event_id, tenant_id, place, event_hash, chain_hash)
    select id, tenant_id, row_number() over ids, row_hash,
        tenants_chain_hash('\\x{start}', row_hash) over ids
    from tenants_event window ids as (partition by tenant_id order by id);
insert into tenants_chain (tenant_id, length, head, settled_id)
    select distinct on (tenant_id) tenant_id, place, chain_hash, 0
    from tenants_seal order by tenant_id, place desc;
select set_config('role', 'none', true);
"""
DROP_CHAIN_HASH = """
drop aggregate tenants_chain_hash(bytea, bytea);
drop function tenants_chain_step(bytea, bytea, bytea);
"""
