"""Signing in: passwords, the defence against guessing, and the tenant a sign-in is for."""

from typing import Any

from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from credentials_portal.logs import request_id
from credentials_portal.middleware import client_address
from credentials_portal.problems import LoginLocked, Unauthorized
from tenants import members, walls
from tenants.events import Actor
from users.backends import find_person
from users.models import User

LOCK_SECONDS = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))


class WrongPassword(Unauthorized):
    slug, title = "wrong-credentials", "Wrong name or password"
    detail = "No account has this name and password."


def username_of(email: str) -> str:
    """An address may be somebody else's username: who sends an email means the address."""
    person = User.objects.filter(email__iexact=email).first()
    return person.username if person else email


def check_password(request: Request, name: str, password: str) -> User:
    """Raises WrongPassword (401) or, when locked, LoginLocked (429); both are counted for good.

    Not to be called inside a transaction that a refusal rolls back: the count would be lost.
    """
    http: HttpRequest = request._request
    user = authenticate(http, username=name, password=password)
    if getattr(http, "axes_locked_out", False):
        raise LoginLocked(headers={"Retry-After": LOCK_SECONDS})
    if not isinstance(user, User):
        raise WrongPassword
    # Axes itself forgets only when Django's session login is used.
    reset(ip=client_address(http), username=counted_as(user.username))
    return user


def welcome(request: HttpRequest, user: User) -> None:
    """Who signs in becomes a member wherever they are invited."""
    actor = Actor("user", user.pk, address=client_address(request), request_id=request_id.get())
    with walls.platform_work():
        members.accept(user.pk, by=actor)


@receiver(user_logged_in)
def welcome_in_admin(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Django's own sign-in is that of the admin's pages."""
    if request is not None:
        welcome(request, user)


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted under: the account, however its name was spelled."""
    fields: Any = credentials or getattr(request, "POST", MultiValueDict())
    name = str(fields.get("username") or "")
    person = find_person(name) if name else None
    return counted_as(person.username if person else name)


def counted_as(name: str) -> str:
    return name.upper()[:255]
