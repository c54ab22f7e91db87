"""One scope opens a route, and is named to all others, wherever it is mounted."""

from collections.abc import Callable
from typing import Any

from tenants import scopes
from tenants.models import Membership
from tests.answers import assert_problem
from tests.conftest import Caller, undone, with_key

MOUNTS = ("/api/v1/", "/v1/")


def assert_one_scope_opens(
    keeper: Membership,
    opens: str,
    send: Callable[[Caller, str], Any],
    status: int,
    rows: Callable[[], Any],
) -> None:
    """Of keys of the keeper, whose role would do; a write scope reads too.

    `send`: at this mount. `rows`: what is kept.
    """
    opening = {opens, opens.replace(":read", ":write")}
    others = [scope for scope in scopes.ALL if scope not in opening]
    before = rows()
    for granted in (*([each] for each in others), others):
        key = with_key(keeper, *granted, name="+".join(granted)[:60])
        for mount in MOUNTS:
            response = send(key, mount)
            assert_problem(response, 403, "missing-scope")
            assert opens in response.json()["detail"]
            assert rows() == before
    for scope in sorted(opening):
        key = with_key(keeper, scope, name=scope)
        for mount in MOUNTS:
            with undone():
                response = send(key, mount)
                assert response.status_code == status, response.content
