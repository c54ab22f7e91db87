"""Who may sign in with a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from users import people
from users.models import User


class PersonBackend(ModelBackend):
    """Username or email, without case; an unknown account takes as long as a wrong one."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        user = find_person(username)
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None


def find_person(name: str) -> User | None:
    """By username first: it may look like somebody else's email."""
    named, holder = people.known(name, name)
    return named or holder
