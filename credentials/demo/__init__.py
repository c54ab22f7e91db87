"""A small world to try the portal on: two tenants, people in every role, and their records.

Its passwords are known to everyone, so production refuses to load it.
"""

from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import CommandError
from django.db import IntegrityError

from credentials.demo import (
    certifications,
    diplomas,
    micro_credentials,
    organization_credentials,
    program_credentials,
)
from credentials.demo.cast import INACTIVE, PASSWORD, PEOPLE, TENANTS
from credentials_portal.banner import Account, Demo
from credentials_portal.problems import Conflict, as_problem
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tenants.walls import platform_work
from users import people
from users.models import User


class Loaded(Demo):
    """For tools and tests, beside what the banner shows."""

    inactive_username: str
    public_page_url: str
    public_micro_credential_id: int
    public_micro_credential_url: str


def refuse_in_production() -> None:
    if settings.PRODUCTION:
        raise CommandError(
            "The demo is refused in production: its accounts have passwords that everyone knows."
        )


def load() -> Loaded:
    """Make what is missing; what is there already stays as it is.

    Raises CommandError in production, and when somebody else has the name of a demo person.
    """
    refuse_in_production()
    try:
        return _load_once()
    except IntegrityError:
        # Another process was loading it as well.
        pass
    try:
        return _load_once()
    except IntegrityError as error:
        raise CommandError(f"The demo cannot be loaded: {as_problem(error).detail}") from None


def _load_once() -> Loaded:
    with platform_work():
        tenants = _tenants()
        users = _people(tenants)
        _memberships(tenants, users)
        shown = micro_credentials.load(tenants, users)
        program_credentials.load(tenants)
        badge = organization_credentials.load(tenants)
        certifications.load(tenants, users)
        diplomas.load(tenants, users)
    return {
        "accounts": list(_accounts(users)),
        "public_page": f"c/{badge}",
        "public_page_url": f"{settings.PUBLIC_URL}/c/{badge}",
        "public_micro_credential_id": shown.pk,
        "inactive_username": INACTIVE,
        "public_micro_credential_url": (
            f"{settings.PUBLIC_URL}/api/v1/public/user-micro-credential/{shown.pk}"
        ),
    }


def _tenants() -> dict[str, Tenant]:
    found = {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=TENANTS)}
    for slug, name in TENANTS.items():
        if slug not in found:
            found[slug] = members.create_tenant(slug=slug, name=name, by=OPERATOR)
    return found


def _people(tenants: dict[str, Tenant]) -> dict[str, User]:
    """By the username that PEOPLE gives them, whatever it is today."""
    stored = {user.uuid: user for user in User.objects.filter(uuid__in=[p.key for p in PEOPLE])}
    found = {}
    for person in PEOPLE:
        home = next((tenants[slug].pk for slug in person.roles), None)
        try:
            found[person.username] = (
                stored.get(person.key)
                or people.ensure(person.row, PASSWORD, by=OPERATOR, tenant_id=home)[0]
            )
        except Conflict as conflict:
            raise CommandError(
                f"The demo cannot be loaded: {person.username!r} or {person.email} belongs to"
                " somebody else here. Use another DATA_DIR or DATABASE_URL for the demo."
            ) from conflict
    return found


def _memberships(tenants: dict[str, Tenant], users: dict[str, User]) -> None:
    wanted = Membership.objects.filter(
        tenant__in=list(tenants.values()), user__in=list(users.values())
    )
    found = set(wanted.values_list("tenant_id", "user_id"))
    for person in PEOPLE:
        user_id = users[person.username].pk
        for slug, role in person.roles.items():
            if (tenants[slug].pk, user_id) not in found:
                members.add_member(tenants[slug], user_id, role, by=OPERATOR)


def _accounts(users: dict[str, User]) -> Iterator[Account]:
    for person in PEOPLE:
        for tenant, role in person.roles.items() or [("", "superuser")]:
            yield {
                "username": users[person.username].username,
                "password": PASSWORD,
                "tenant": tenant,
                "role": str(role),
            }
