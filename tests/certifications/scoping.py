"""One scope opens a route, and is named to all others."""

from collections.abc import Callable
from typing import Any

from tenants import scopes
from tenants.models import Membership
from tests.answers import assert_problem
from tests.conftest import Caller, with_key


def assert_one_scope_opens(
    keeper: Membership,
    opens: str,
    send: Callable[[Caller], Any],
    status: int,
    rows: Callable[[], Any],
) -> None:
    """Of keys of the keeper, whose role would do; a write scope reads too. `rows`: what is kept."""
    opening = {opens, opens.replace(":read", ":write")}
    others = [scope for scope in scopes.ALL if scope not in opening]
    before = rows()
    for granted in (*([each] for each in others), others):
        response = send(with_key(keeper, *granted, name="+".join(granted)[:60]))
        assert_problem(response, 403, "missing-scope")
        assert opens in response.json()["detail"]
        assert rows() == before
    for scope in sorted(opening):
        response = send(with_key(keeper, scope, name=scope))
        assert response.status_code == status, response.content
