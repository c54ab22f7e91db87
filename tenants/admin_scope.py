"""Admin pages run in the scope of the person at the keyboard: one tenant, or the whole platform."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from credentials_portal import logs, problems
from credentials_portal.middleware import ADMIN, client_address
from tenants import walls
from tenants.events import Actor
from tenants.models import Membership, Role, Tenant

# About people, who are of no tenant: a tenant's role may not touch passwords and sessions.
OF_NO_TENANT = {"login/", "logout/", "password_change/", "password_change/done/", "jsi18n/"}
CHOSEN_TENANT = "admin_tenant"
# An issuer awards and revokes; what else a desk gives is up to each page's roles.
DESK_ROLES = [role for role in Role if role.rank >= Role.ISSUER.rank]

Least = Role | Literal["superuser"] | None


@dataclass(frozen=True)
class Desk:
    """Where the person works: at one tenant or, a superuser, at all of them (`tenant` is None)."""

    tenant: Tenant | None
    role: Role
    choices: tuple[Tenant, ...] = ()

    @property
    def is_platform(self) -> bool:
        return self.tenant is None

    @property
    def scope(self) -> walls.Scope:
        return walls.tenant(self.tenant.pk) if self.tenant else walls.PLATFORM

    def allows(self, least: Least) -> bool:
        """What names no role is allowed to nobody."""
        if isinstance(least, Role):
            return self.is_platform or self.role.rank >= least.rank
        return self.is_platform and least == "superuser"


def desk_of(request: HttpRequest) -> Desk | None:
    desk: Desk | None = getattr(request, "desk", None)
    return desk


def allows(request: HttpRequest, least: Least) -> bool:
    desk = desk_of(request)
    return desk is not None and desk.allows(least)


def actor(request: HttpRequest) -> Actor:
    return Actor(
        kind="user",
        user_id=request.user.pk,
        address=client_address(request),
        request_id=logs.request_id.get(),
    )


class AdminScopeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN):
            return self.get_response(request)
        response = self.answer(request)
        if response.headers.get("Content-Type") == problems.CONTENT_TYPE:
            return as_page(request, response)
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        if refusal := refusal_of(request):
            return refusal
        # PostgreSQL takes no NUL in a text; no page asks for one.
        if "%00" in request.META["QUERY_STRING"]:
            return problems.response(problems.InvalidInput("A NUL character is in the address."))
        # This reads the whole person, which a tenant's role may not.
        if not (request.user.is_authenticated and request.user.is_staff):
            return self.get_response(request)
        desk = find_desk(request)
        request.desk = desk  # type: ignore[attr-defined]
        if request.path_info.removeprefix(ADMIN) in OF_NO_TENANT:
            return self.get_response(request)
        if desk is None:
            return problems.response(
                problems.Forbidden("You are no issuer or administrator of an active organization.")
            )
        if not desk.is_platform and "tenant" in request.GET:
            return choose_tenant(request, desk)
        return self.within(walls.work(desk.scope), request)

    def within(self, work: AbstractContextManager[Any], request: HttpRequest) -> HttpResponse:
        with work, walls.savepoint():
            response = self.get_response(request)
            if response.status_code >= 400:
                # The exception behind it became an answer further in.
                transaction.set_rollback(True)
        return response


def refusal_of(request: HttpRequest) -> HttpResponse | None:
    """What `RequestMiddleware` has against it."""
    refusal: HttpResponse | None = getattr(request, "refusal", None)
    return refusal


def find_desk(request: HttpRequest) -> Desk | None:
    """The tenant chosen in this session, else the primary one, of those where one has a desk."""
    person: Any = request.user
    if person.is_superuser:
        return Desk(None, Role.OWNER)
    with walls.platform_work():
        places = list(
            Membership.objects.select_related("tenant")
            .filter(user_id=person.pk, role__in=DESK_ROLES)
            .filter(status=Membership.Status.ACTIVE, tenant__status=Tenant.Status.ACTIVE)
            .order_by("-is_primary", "id")
        )
    if not places:
        return None
    chosen = request.session.get(CHOSEN_TENANT)
    place = next((place for place in places if place.tenant_id == chosen), places[0])
    return Desk(place.tenant, Role(place.role), tuple(place.tenant for place in places))


def choose_tenant(request: HttpRequest, desk: Desk) -> HttpResponse:
    for tenant in desk.choices:
        if tenant.slug == request.GET["tenant"]:
            request.session[CHOSEN_TENANT] = tenant.pk
            return redirect("admin:index")
    return problems.response(problems.NotFound())


def as_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A refusal that a person can read, in place of the API's problem document."""
    problem = orjson.loads(response.content)
    context = {
        **admin.site.each_context(request),
        "problem": problem,
        "title": problem["title"],
        # Where somebody works may not be known yet.
        "is_nav_sidebar_enabled": False,
    }
    page = render(request, "admin/refused.html", context, status=response.status_code)
    for name, value in response.headers.items():
        page.headers.setdefault(name, value)
    return page
