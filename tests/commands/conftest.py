"""Commands as an operator calls them: no eyes of the test's, JSON out, refusals in one line."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from tenants import walls
from tests.importing.conftest import write
from tests.together import is_waited_for


def call(command: str, *arguments: str) -> str:
    """What it printed; the rows it sees are those it opened for itself."""
    printed = io.StringIO()
    with walls.work(walls.NOBODY):
        call_command(command, *arguments, stdout=printed)
    return printed.getvalue()


def answer(command: str, *arguments: str) -> dict[str, Any]:
    """Its JSON: one line, one object."""
    printed = call(command, *arguments, "--json")
    assert printed.count("\n") == 1
    told: dict[str, Any] = json.loads(printed)
    return told


def refusal(command: str, *arguments: str) -> str:
    """The one line of a refused call."""
    with pytest.raises(CommandError) as refused:
        call(command, *arguments, "--json")
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """`file(text)`: the path of a CSV file of it."""
    return lambda text: str(write(tmp_path / "rows.csv", text))


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Standard input of the next call."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
def first(transactional_db: None) -> Iterator[Callable[[Callable[[], Any]], None]]:
    """`first(work)`: somebody else's work, which commits once another call waits for it."""
    others: list[Thread] = []
    done = Event()

    def begin(work: Callable[[], Any]) -> None:
        written = Event()

        def be_first() -> None:
            with walls.platform_work():
                work()
                written.set()
                while not done.wait(0.01) and not is_waited_for():
                    pass
            connection.close()

        others.append(Thread(target=be_first))
        others[-1].start()
        assert written.wait(10)

    yield begin
    done.set()
    for other in others:
        other.join()
