"""What work costs: statements, and round trips to the database.

A round trip is a moment at which the portal must wait for PostgreSQL before it can go on. They are
counted where the portal hands its work to the driver: a pipeline is one, whatever it holds, BEGIN
and COMMIT included; so is each statement outside of one, the BEGIN that psycopg sends before it,
and a commit by itself. Counted on the wire, a pipeline may look like two, as a near server answers
its first part early; nobody waits for that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from psycopg.pq import TransactionStatus

from tenants import walls
from tenants.flights import COMMIT

IDLE = TransactionStatus.IDLE


class Cost:
    statements = 0
    round_trips = 0


@contextmanager
def counted() -> Iterator[Cost]:
    """What is spent inside, on this thread's connection."""
    cost, piped = Cost(), False
    wrapper: Any = connections[connection.alias]
    pipeline, commit = walls.pipeline, wrapper._commit

    def count_begin() -> None:
        driver = connection.connection
        cost.round_trips += not driver.autocommit and driver.info.transaction_status == IDLE

    def count_statement(execute: Callable[..., Any], *arguments: Any) -> Any:
        cost.statements += 1
        if not piped:
            count_begin()
            cost.round_trips += 1
        return execute(*arguments)

    def count_pipeline(*statements: Any) -> Any:
        nonlocal piped
        # BEGIN and COMMIT travel along.
        cost.round_trips += 1
        cost.statements += len([each for each in statements if each != COMMIT])
        piped = True
        try:
            return pipeline(*statements)
        finally:
            piped = False

    def count_commit() -> None:
        cost.round_trips += connection.connection.info.transaction_status != IDLE
        commit()

    connection.ensure_connection()
    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(count_statement):
        patch.setattr(walls, "pipeline", count_pipeline)
        patch.setattr(wrapper, "_commit", count_commit)
        yield cost


def spent(send: Callable[[], Any], status: int = 200) -> tuple[int, int]:
    """Statements and round trips of a request whose like came before: its caller is known."""
    assert send().status_code == status
    with counted() as cost:
        assert send().status_code == status
    return cost.statements, cost.round_trips
