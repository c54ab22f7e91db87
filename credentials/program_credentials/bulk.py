"""Many awards in one request, each with a result of its own."""

from collections.abc import Iterator
from typing import Any

import orjson

from credentials.program_credentials import awards
from credentials.program_credentials.serializers import MAX_AWARDS, Reading, read_award
from credentials_portal.problems import InputError, InvalidInput
from tenants.events import Actor


def read_items(data: Any) -> list[Reading]:
    """Raises InvalidInput (400) for what is no list of 1 to 1,000 items."""
    if not isinstance(data, list):
        raise _refusal("not_a_list", "Write a list of awards, each as POST /user_credentials/.")
    if not 1 <= len(data) <= MAX_AWARDS:
        raise _refusal("length", f"Write 1 to {MAX_AWARDS} awards; these are {len(data)}.")
    return [read_award(item) for item in data]


def _refusal(code: str, detail: str) -> InvalidInput:
    return InvalidInput(errors=[InputError("", code, detail)])


def results(
    tenant_id: int, items: list[Reading], *, reading: str, by: Actor
) -> list[dict[str, Any]]:
    """In the order of the items; an award that is named twice reads as it is in the end."""
    right = [item.wanted for item in items if item.wanted and not item.errors]
    half = [item.wanted for item in items if item.wanted and item.errors]
    done = iter(awards.apply(tenant_id, right, by=by, reading=reading) if right else [])
    more = iter(awards.check(tenant_id, half) if half else [])
    return [_result(index, item, done, more) for index, item in enumerate(items)]


def _result(
    index: int,
    item: Reading,
    done: Iterator[awards.Outcome],
    more: Iterator[tuple[InputError, ...]],
) -> dict[str, Any]:
    if item.errors:
        errors = (*item.errors, *(next(more) if item.wanted else ()))
    else:
        outcome = next(done)
        if not outcome.errors:
            record = orjson.Fragment(outcome.record)
            return {"index": index, "status": 201, "change": outcome.change, "record": record}
        errors = outcome.errors
    # From the root of the body that the caller sent.
    listed = [{**vars(error), "pointer": f"/{index}{error.pointer}"} for error in errors]
    return {"index": index, "status": 400, "errors": listed}
