"""A progress bar on standard error, for people at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


def silent(_rows: int) -> None:
    """For scripts."""


@contextmanager
def bar(label: str, total: int | None, *, is_wanted: bool) -> Iterator[Advance]:
    """Yields what to call with each number of rows done; without a total it only counts."""
    if not is_wanted or not sys.stderr.isatty():
        yield silent
        return
    # Loaded only for people: it takes a while.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda rows: progress.advance(task, rows)
