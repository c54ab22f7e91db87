"""The access table's lines of the wallet and the search."""

from typing import Any

from users.models import User

WALLET, SEARCH = "users/<str:user_id>/credentials", "credentials"
# Read on by `tests.access_table`, whose columns these are.
TABLE = """\
api/v1/users/<str:user_id>/credentials
    GET    -         401 200 200 200 200 200 200  200 200 403  200 200 401
    GET    theirs    401 200 404 200 200 200 200  200 200 403  404 404 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
api/v1/credentials
    GET    -         401 403 403 200 200 200 200  403 403 403  200 200 401
    GET    suspended 401 403 403 403 403 403 200  403 403 403  200 200 401
"""


def is_of(route: str) -> bool:
    return route.removeprefix("api/v1/") in {WALLET, SEARCH}


def path(route: str, about: str, holder: User) -> str:
    """Where the caller names themselves, or (`theirs`) the member."""
    user = str(holder.pk if about == "theirs" else "me")
    return route.replace(WALLET, WALLET.replace("<str:user_id>", user))


def aim(case: Any) -> None:
    """A made-up request, at the caller's own wallet."""
    if case.path == "/api/v1/users/{user_id}/credentials":
        case.path_parameters["user_id"] = "me"
