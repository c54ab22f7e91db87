"""Statements that cross to the database together: one round trip, prepared once a connection.

On libpq's pipeline mode, by psycopg's own bindings. Its cursors can do the same, but each is a
machine of its own: for a short statement they cost more than the database does.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count, zip_longest
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection, errors, generators, pq
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGresult

Statement = tuple[str, Sequence[Any]]
Rows = list[tuple[Any, ...]]
Prepared = dict[tuple[bytes, Sequence[int]], bytes]

BEGIN: Statement = ("begin", ())
COMMIT: Statement = ("commit", ())

# Statements differ in parameters, hardly in text. Texts without end must not fill the server.
MOST_PREPARED = 200

_prepared: WeakKeyDictionary[Connection[Any], Prepared] = WeakKeyDictionary()
_names = count()


def fly(database: Connection[Any], statements: Sequence[Statement], *, prepare: bool) -> list[Rows]:
    """Each statement's rows. Raises the first error: what came after it was not done.

    BEGIN travels along where psycopg would send it first.
    """
    idle = database.info.transaction_status == pq.TransactionStatus.IDLE
    begins = idle and not database.autocommit
    flight = Flight(database, prepare=prepare)
    try:
        answers = database.wait(flight.exchange((BEGIN, *statements) if begins else statements))
    except BaseException:
        # Interrupted halfway: what comes next on this connection would answer something else.
        database.close()
        raise
    return flight.rows(answers)[begins:]


class Flight:
    def __init__(self, database: Connection[Any], *, prepare: bool) -> None:
        self.pgconn = database.pgconn
        self.transformer = Transformer(database)
        self.prepared = _prepared.setdefault(database, {}) if prepare else None
        # What each answer will be to: the statement that was prepared just now, or None for rows.
        self.awaited: list[tuple[bytes, Sequence[int]] | None] = []

    def exchange(self, statements: Iterable[Statement]) -> PQGen[list[PGresult]]:
        self.pgconn.enter_pipeline_mode()
        for sql, parameters in statements:
            self.send(numbered(sql), parameters)
        self.pgconn.pipeline_sync()
        yield from generators.send(self.pgconn)
        answers: list[PGresult] = []
        while True:
            (answer,) = yield from generators.fetch_many(self.pgconn)
            if answer.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            answers.append(answer)
        self.pgconn.exit_pipeline_mode()
        return answers

    def send(self, query: bytes, parameters: Sequence[Any]) -> None:
        values = self.transformer.dump_sequence(parameters, [*map(format_of, parameters)])
        types = tuple(self.transformer.types or ())
        formats = self.transformer.formats if parameters else None
        name = self.name_of(query, types)
        if name:
            self.pgconn.send_query_prepared(name, values, formats)
        else:
            self.pgconn.send_query_params(query, values, types, formats)
        self.awaited.append(None)

    def name_of(self, query: bytes, types: Sequence[int]) -> bytes | None:
        if self.prepared is None:
            return None
        name = self.prepared.get((query, types))
        if name is None and len(self.prepared) < MOST_PREPARED:
            name = b"portal_%d" % next(_names)
            self.prepared[query, types] = name
            self.pgconn.send_prepare(name, query, types)
            self.awaited.append((query, types))
        return name

    def rows(self, answers: Sequence[PGresult]) -> list[Rows]:
        rows: list[Rows] = []
        failed: PGresult | None = None
        # One answer too many is that to a commit of its own, and a refusal.
        for answer, made in zip_longest(answers, self.awaited):
            if answer.status not in DONE:
                failed = failed or answer
                if made and self.prepared is not None:
                    del self.prepared[made]
            elif made is None and not failed:
                self.transformer.set_pgresult(answer)
                rows.append(self.transformer.load_rows(0, answer.ntuples, tuple))
        if failed:
            error = errors.error_from_result(failed)
            if isinstance(error, STALE) and self.prepared is not None:
                self.prepared.clear()
            raise error
        return rows


def format_of(value: Any) -> PyFormat:
    """As text, psycopg would escape each byte of a list's items by itself: a hundred times slower.

    Only for types whose lists are of the same PostgreSQL type either way.
    """
    is_slow = type(value) is list and value and type(value[0]) in (bytes, UUID)
    return PyFormat.BINARY if is_slow else PyFormat.AUTO


DONE = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}
# A migration changed what a statement answers with, or the session lost what was prepared: without
# preparing anew, that statement would fail on this connection for good.
STALE = (errors.FeatureNotSupported, errors.InvalidSqlStatementName)


@lru_cache(1000)
def numbered(sql: str) -> bytes:
    """`%s` as the protocol has it: $1, $2, ..."""
    first, *rest = sql.split("%s")
    parts = (f"${place}{part}" for place, part in enumerate(rest, 1))
    return "".join((first, *parts)).replace("%%", "%").encode()
