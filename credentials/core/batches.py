"""What the engines that award many credentials at once have in common.

What is found is found, locked and read in one round trip; what is written, in another. An attempt
loses only to what others make meanwhile, and finds it in the next.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from tenants import members
from tenants.flights import Statement

Item = TypeVar("Item")
Result = TypeVar("Result")

ATTEMPTS = 5
NAMED = re.compile(r"%\((\w+)\)s")
# One batch of a tenant and family at a time. Two could each hold what the other wants; a batch and
# single awards cannot, as those hold nothing while they wait.
BATCH_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s::text, 0))"
# To plan statements of this size takes longer than to run them; their plans fit one award and many.
PLANNED_ONCE: Statement = ("select set_config('plan_cache_mode', 'force_generic_plan', true)", ())


def opening(family: str, tenant_id: int, count: int) -> Iterator[Statement]:
    """What comes before the rows are locked."""
    yield PLANNED_ONCE
    if count > 1:
        yield BATCH_LOCK, (family, tenant_id)
    yield members.names_stay(tenant_id)


def attempted(
    items: Sequence[Item], attempt: Callable[[Sequence[Item]], list[Result | None]]
) -> list[Result]:
    """The result of each; `attempt` gives None for what somebody else made meanwhile."""
    results: list[Result | None] = [None] * len(items)
    pending = list(range(len(items)))
    for _ in range(ATTEMPTS):
        done = attempt([items[index] for index in pending])
        for index, result in zip(pending, done, strict=True):
            results[index] = result
        pending = [index for index in pending if results[index] is None]
        if not pending:
            return [result for result in results if result is not None]
    raise RuntimeError("Awards that were there could not be found.")


def statement(sql: str, parameters: dict[str, Any]) -> Statement:
    """Named parameters, in the order in which the text has them."""
    text, names = _ordered(sql)
    return text, [parameters[name] for name in names]


@cache
def _ordered(sql: str) -> tuple[str, list[str]]:
    return NAMED.sub("%s", sql), NAMED.findall(sql)


def columns(rows: Sequence[Any], fields: Callable[[Any], tuple[Any, ...]], width: int) -> list[Any]:
    """One list for each field, as `unnest` takes them."""
    values = [fields(row) for row in rows]
    return [[value[place] for value in values] for place in range(width)]
