"""The second wall: which rows PostgreSQL shows to the work at hand.

The login role owns the tables but, under forced row-level security, sees no tenant's rows. Work
takes one of two roles for the length of a transaction: `<login>_tenant`, which sees the rows of
`app.tenant_id`, or `<login>_platform`, which sees all. Only SET LOCAL is used, so that nothing
stays behind on a pooled connection.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg.pq import TransactionStatus

from tenants import flights
from tenants.flights import Rows, Statement

ENTER = "select set_config('role', %s, true), set_config('app.tenant_id', %s, true)"


@dataclass(frozen=True)
class Scope:
    """Whose rows may be seen."""

    role: str
    tenant_id: str = ""

    @property
    def statement(self) -> Statement:
        role = self.role and f"{connection.settings_dict['USER']}_{self.role}"
        return ENTER, (role or "none", self.tenant_id)


NOBODY = Scope("")
PLATFORM = Scope("platform")

_current: ContextVar[Scope] = ContextVar("scope", default=NOBODY)


def tenant(tenant_id: int) -> Scope:
    return Scope("tenant", str(tenant_id))


@contextmanager
def work(scope: Scope, *first: Statement) -> Iterator[list[Rows]]:
    """A transaction in which only the scope's rows are seen; yields the rows of `first`.

    `first` goes to the database together with the scope, in one round trip.
    """
    nested, outer = connection.in_atomic_block, _current.get()
    with transaction.atomic():
        yielded = pipeline(scope.statement, *first)[1:]
        token = _current.set(scope)
        try:
            yield yielded
        finally:
            _current.reset(token)
        if nested:
            # SET LOCAL outlives the savepoint in which it was made; a rollback restores by itself.
            pipeline(outer.statement)


def tenant_work(tenant_id: int) -> AbstractContextManager[list[Rows]]:
    """Work on one tenant's rows."""
    return work(tenant(tenant_id))


def platform_work() -> AbstractContextManager[list[Rows]]:
    """Work that spans tenants: sign-in, public look-ups, commands, superusers."""
    return work(PLATFORM)


def savepoint() -> AbstractContextManager[None]:
    """Part of the work, undone alone when it is refused."""
    return transaction.atomic()


# Sent with the work's first statements it costs no round trip, and nobody needs to release it.
SAVEPOINT: Statement = ("savepoint refusable", ())


@contextmanager
def refusable() -> Iterator[None]:
    """The same for all that comes after SAVEPOINT."""
    try:
        yield
    except Exception:
        transaction.set_rollback(False)
        pipeline(("rollback to savepoint refusable", ()))
        raise


def finish(*last: Statement) -> None:
    """The work's last statements and its commit, in one round trip; nothing may follow them."""
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        # PostgreSQL would answer the commit with a rollback, and call it no error.
        raise DatabaseError("A statement failed, and what it failed in cannot be committed.")
    is_outermost = not connection.savepoint_ids
    pipeline(*last, *([flights.COMMIT] if is_outermost else []))


def at_once(scope: Scope, *statements: Statement) -> list[Rows]:
    """All or none of the statements, in one round trip: outside a transaction, a flight is one."""
    if not connection.in_atomic_block:
        return pipeline(scope.statement, *statements)[1:]
    with work(scope, *statements) as answers:
        return answers


def read(scope: Scope, sql: str, parameters: Sequence[Any]) -> Rows:
    """One SELECT in one round trip."""
    if connection.in_atomic_block and _current.get() == scope:
        return pipeline((sql, parameters))[0]
    return at_once(scope, (sql, parameters))[0]


def pipeline(*statements: Statement) -> list[Rows]:
    """Send all statements at once and return each one's rows."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return flights.fly(connection.connection, statements, prepare=settings.PREPARED_STATEMENTS)
