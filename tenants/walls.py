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

from django.db import connection, transaction

Statement = tuple[str, Sequence[Any]]
Rows = list[tuple[Any, ...]]

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
        with connection.cursor() as cursor:
            cursor.execute("rollback to savepoint refusable")
        raise


def read(scope: Scope, sql: str, parameters: Sequence[Any]) -> Rows:
    """One SELECT in one round trip: outside a transaction, a pipeline is its own."""
    if connection.in_atomic_block:
        if _current.get() == scope:
            return pipeline((sql, parameters))[0]
        with work(scope, (sql, parameters)) as answers:
            return answers[0]
    return pipeline(scope.statement, (sql, parameters))[1]


def pipeline(*statements: Statement) -> list[Rows]:
    """Send all statements at once and return each one's rows.

    On psycopg's own cursors: Django's cost as much again as the round trip.
    """
    connection.ensure_connection()
    database = connection.connection
    with connection.wrap_database_errors:
        with database.pipeline():
            cursors = [database.execute(sql, parameters) for sql, parameters in statements]
        # Leaving the pipeline is the one round trip: results are known only now.
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
