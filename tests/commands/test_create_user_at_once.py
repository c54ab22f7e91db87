"""Two calls for one person: the later one finds them, wherever the earlier one came between."""

from typing import Any

import pytest
from django.db import connection

from tenants.models import Tenant
from tests.commands.conftest import answer
from tests.together import committed_acme, elsewhere
from users.models import User

ADA = ("create_user", "--username=ada", "--email=ada@acme.example", "--tenant=acme", "--role=admin")

pytestmark = pytest.mark.django_db(transaction=True)
acme = committed_acme


def test_whoever_is_made_after_a_look_at_people_is_the_one_who_was_wanted(acme: Tenant) -> None:
    made: list[dict[str, Any]] = []

    def make_meanwhile(execute: Any, statement: str, *rest: Any) -> Any:
        answered = execute(statement, *rest)
        if not made and "users_user" in statement:
            made.append(elsewhere(lambda: answer(*ADA)))
        return answered

    with connection.execute_wrapper(make_meanwhile):
        told = answer(*ADA)

    (first,) = made
    assert first["password"]
    assert told == first | {"password": None}
    assert User.objects.count() == 1
