"""Statements that fly together: what they answer, how they fail, what stays prepared."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test import override_settings
from psycopg.pq import TransactionStatus

from tenants import flights, walls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def notes() -> Iterator[None]:
    """A table of this test's own, outside every wall."""
    run("create table if not exists note (id int primary key, text text)")
    yield
    run("drop table note")


def run(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def status() -> TransactionStatus:
    return TransactionStatus(connection.connection.info.transaction_status)


def prepared() -> int:
    found = run("select count(*) from pg_prepared_statements where name like 'portal_%'")
    return int(found[0][0])


def test_each_statement_answers_with_its_rows() -> None:
    answers = walls.pipeline(
        ("select generate_series(1, %s)", [3]),
        ("insert into note values (%s, %s)", [1, "ä ✓"]),
        ("select id, text from note where text like '%%✓' and id = %s", [1]),
        ("select", ()),
    )

    assert answers == [[(1,), (2,), (3,)], [], [(1, "ä ✓")], [()]]


def test_lists_arrive_as_they_are() -> None:
    one, other = uuid4(), uuid4()
    sent: dict[str, list[Any]] = {
        "bytea": [b"", b'\0\xff"{},\\NULL', None],
        "uuid": [one, None, other],
        "text": ['{"a": "\\ä"}', "", "NULL", None],
        "bigint": [1, None, 2**40],
    }

    for kind, values in sent.items():
        for sent_values in (values, values[::-1], [None], []):
            sql = f"select %s::{kind}[], array_length(%s::{kind}[], 1)"
            length = len(sent_values) or None
            assert walls.pipeline((sql, [sent_values, sent_values])) == [[(sent_values, length)]]


def test_the_first_error_is_raised_and_nothing_of_the_flight_is_kept() -> None:
    with pytest.raises(IntegrityError) as refused:
        walls.pipeline(
            ("insert into note values (1, 'a')", ()),
            ("insert into note values (1, 'b')", ()),
            ("select 1 / 0", ()),
        )

    assert refused.value.__cause__.diag.constraint_name == "note_pkey"  # type: ignore[union-attr]
    assert run("select * from note") == []


def test_an_error_at_the_commit_is_raised() -> None:
    run("alter table note add constraint once unique (text) deferrable initially deferred")

    def write_twice() -> None:
        with transaction.atomic():
            walls.pipeline(("insert into note values (1, 'a'), (2, 'a')", ()))
            walls.finish()

    with pytest.raises(IntegrityError):
        write_twice()

    assert run("select * from note") == []
    assert status() == TransactionStatus.IDLE


def test_a_transaction_begins_with_the_first_flight_and_ends_with_the_last() -> None:
    with transaction.atomic():
        assert status() == TransactionStatus.IDLE
        walls.pipeline(("insert into note values (1, 'a')", ()))
        assert status() == TransactionStatus.INTRANS
        walls.finish(("insert into note values (2, 'b')", ()))
        assert status() == TransactionStatus.IDLE

    assert run("select id from note order by id") == [(1,), (2,)]


def test_work_in_which_a_statement_failed_is_not_taken_for_done() -> None:
    def swallow_an_error() -> None:
        with transaction.atomic():
            walls.pipeline(("insert into note values (1, 'a')", ()))
            with pytest.raises(DataError):
                walls.pipeline(("select 1 / 0", ()))
            walls.finish()

    with pytest.raises(DatabaseError, match="cannot be committed"):
        swallow_an_error()

    assert run("select * from note") == []


def test_inner_work_does_not_end_the_outer() -> None:
    with transaction.atomic():
        with walls.platform_work():
            walls.finish(("insert into note values (1, 'a')", ()))
        assert status() == TransactionStatus.INTRANS
        transaction.set_rollback(True)

    assert run("select * from note") == []


def test_what_a_refusal_undoes() -> None:
    with transaction.atomic():
        walls.pipeline(("insert into note values (1, 'kept')", ()), walls.SAVEPOINT)
        with pytest.raises(IntegrityError), walls.refusable():
            walls.pipeline(("insert into note values (1, 'again')", ()))
        walls.finish(("insert into note values (2, 'kept too')", ()))

    assert run("select text from note order by id") == [("kept",), ("kept too",)]


def test_a_statement_is_prepared_once_for_each_kind_of_parameters() -> None:
    walls.pipeline(("select %s::text", ["a"]))
    before = prepared()

    for value in ("b", "c", None):
        walls.pipeline(("select %s::text", [value]))
    assert prepared() == before
    walls.pipeline(("select %s::text", [7]))
    assert prepared() == before + 1


def test_a_statement_that_cannot_be_prepared_is_not_taken_for_prepared() -> None:
    for _ in range(2):
        with pytest.raises(ProgrammingError, match="does not exist"):
            walls.pipeline(("select * from notes", ()))
    run("create view notes as select 7")

    assert walls.pipeline(("select * from notes", ())) == [[(7,)]]
    run("drop view notes")


def test_a_statement_that_fails_stays_prepared_where_it_was() -> None:
    for _ in range(2):
        with pytest.raises(DataError):
            walls.pipeline(("select 1 / %s::int", [0]))

    assert walls.pipeline(("select 1 / %s::int", [1])) == [[(1,)]]


@pytest.mark.parametrize(
    "change", ["alter table note alter text type varchar(9)", "deallocate all"]
)
def test_a_plan_that_is_no_longer_right_fails_once(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    # Whatever was prepared on this connection by other tests.
    monkeypatch.setattr(flights, "MOST_PREPARED", len(flights._prepared[connection.connection]) + 2)
    walls.pipeline(("select text from note", ()))
    run(change)

    with pytest.raises(DatabaseError):
        walls.pipeline(("select text from note", ()))

    assert walls.pipeline(("select text from note", ())) == [[]]


def test_texts_without_end_do_not_fill_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepared()
    monkeypatch.setattr(flights, "MOST_PREPARED", len(flights._prepared[connection.connection]) + 2)

    for number in range(10):
        assert walls.pipeline((f"select {number}", ())) == [[(number,)]]

    assert prepared() == before + 2


@override_settings(PREPARED_STATEMENTS=False)
def test_nothing_is_prepared_where_a_pooler_would_lose_it() -> None:
    before = prepared()

    assert walls.pipeline(("select %s::text || 'unprepared'", ["a"])) == [[("aunprepared",)]]
    assert prepared() == before


def test_more_than_the_sockets_hold_passes_in_both_directions() -> None:
    text = "x" * 50_000
    answers = walls.pipeline(*[("select %s::text", [text])] * 200)

    assert answers == [[(text,)]] * 200


def test_an_interrupted_connection_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    connection.ensure_connection()
    driver = connection.connection
    with monkeypatch.context() as patch:
        patch.setattr(type(driver), "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            walls.pipeline(("select 1", ()))
    assert driver.closed

    connection.close()
    assert walls.pipeline(("select 1", ())) == [[(1,)]]


def test_sessions_plan_for_disks_without_moving_parts() -> None:
    with psycopg.connect(**connection.get_connection_params()) as session:
        assert session.execute("show random_page_cost").fetchone() == ("1.1",)
