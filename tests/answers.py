"""What tests read from an answer."""

from typing import Any

from django.db.models import Model


def assert_problem(response: Any, status: int, slug: str) -> None:
    """A problem document of this kind."""
    assert (response.status_code, response.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    ), response.content
    assert (response.json()["type"], response.json()["status"]) == (f"/problems/{slug}", status)


def faults(response: Any) -> list[tuple[str, str]]:
    """The pointer and code of each listed fault, in a fixed order."""
    return sorted((fault["pointer"], fault["code"]) for fault in response.json()["errors"])


def stored(row: Model) -> dict[str, Any]:
    """The columns of a row as they are in the database now."""
    model = type(row)._base_manager
    found: dict[str, Any] = model.filter(pk=row.pk).values().get()
    return found
