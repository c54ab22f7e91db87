"""Tenants, their people and their records: many enough that caches behave as in real life."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.bare import FLOOR_TABLE
from credentials.models import MicroCredential
from tenants import api_tokens, members, scopes, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from users import tokens
from users.models import User

TABLE = MicroCredential._meta.db_table
COLUMNS = (
    "uuid, tenant_id, holder_id, title, issued_at, expires_at, website_url, state,"
    " created_at, modified_at"
)
ROWS_AT_ONCE = 100_000
START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Size:
    tenants: int = 50
    people: int = 500
    rows: int = 200_000


@dataclass(frozen=True)
class Person:
    tenant_id: int
    user_id: int
    role: Role
    access_token: str
    session_token: str
    api_key: str

    @property
    def signed_in(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    @property
    def both(self) -> dict[str, str]:
        """Where the session's token is asked for as well."""
        return {**self.signed_in, "X-Session-Token": self.session_token}

    @property
    def integration(self) -> dict[str, str]:
        return {"Authorization": f"Api-Token {self.api_key}"}


def populate(size: Size) -> list[Person]:
    """Make what is missing, and sign everybody in. An earlier run's rows are used again."""
    with walls.platform_work():
        tenants = [tenant(f"benchmark-{number}") for number in range(size.tenants)]
        each = size.people // size.tenants
        memberships = list(
            itertools.chain.from_iterable(people(tenant, each) for tenant in tenants)
        )
        if not MicroCredential.objects.filter(tenant=tenants[0]).exists():
            per_person = size.rows // len(memberships)
            copy_rows(rows(memberships, per_person))
        signed_in = [sign_in(membership) for membership in memberships]
    lay_floor()
    return signed_in


def tenant(slug: str) -> Tenant:
    found = Tenant.objects.filter(slug=slug).first()
    return found or members.create_tenant(slug=slug, name=slug.title(), by=OPERATOR)


def people(tenant: Tenant, number: int) -> list[Membership]:
    """An owner, an issuer, and members."""
    known = Membership.objects.filter(tenant=tenant).select_related("user").order_by("id")
    if found := list(known):
        return found
    made = []
    for place in range(number):
        name = f"{tenant.slug}-{place}"
        user = User.objects.create_user(name, f"{name}@portal.example")
        role = [Role.OWNER, Role.ISSUER][place] if place < 2 else Role.MEMBER
        made.append(members.add_member(tenant, user.pk, role, by=OPERATOR))
    return made


def tenant_of_size(size: int) -> Person:
    """The issuer of a tenant that owns so many records."""
    with walls.platform_work():
        memberships = people(tenant(f"benchmark-of-{size}"), 10)
        if not MicroCredential.objects.filter(tenant_id=memberships[0].tenant_id).exists():
            copy_rows(rows(memberships, size // len(memberships)))
        return sign_in(next(each for each in memberships if each.role == Role.ISSUER))


def sign_in(membership: Membership) -> Person:
    answer = tokens.sign_in(membership.user, membership.tenant_id)
    _, key = api_tokens.create(
        membership,
        name=f"benchmark {timezone.now().isoformat()}",
        scopes=scopes.parse(["all"]),
        expires_at=None,
        by=OPERATOR,
    )
    return Person(
        membership.tenant_id,
        membership.person_id,
        Role(membership.role),
        answer["access"],
        answer["session"],
        key,
    )


def rows(memberships: list[Membership], per_person: int) -> Iterator[tuple[Any, ...]]:
    """In the order in which they might have come: everybody's first, everybody's second, ..."""
    for number in range(per_person):
        at = START + timedelta(hours=number)
        for membership in memberships:
            yield (
                *(membership.tenant_id, membership.user_id, f"Course {number} in welding"),
                *(at, at + timedelta(days=1000), f"https://school.example/{number}", at),
            )


def copy_rows(values: Iterable[tuple[Any, ...]]) -> None:
    """COPY into a temporary table first: PostgreSQL refuses it under row-level security.

    Look-ups and counts are kept by triggers. In platform work.
    """
    remaining = iter(values)
    with connection.cursor() as cursor:
        while batch := list(itertools.islice(remaining, ROWS_AT_ONCE)):
            cursor.execute(
                "create temporary table staged (tenant_id bigint, holder_id bigint, title text,"
                " issued_at timestamptz, expires_at timestamptz, website_url text,"
                " created_at timestamptz)"
            )
            with cursor.copy("copy staged from stdin") as copy:
                for row in batch:
                    copy.write_row(row)
            cursor.execute(
                f"insert into {TABLE} ({COLUMNS}) select gen_random_uuid(), tenant_id, holder_id,"
                " title, issued_at, expires_at, website_url, 1, created_at, created_at from staged"
            )
            cursor.execute("drop table staged")


def lay_floor() -> None:
    """A copy of the records for the bare view, which walks through no wall."""
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {FLOOR_TABLE}")
        cursor.execute(f"create table {FLOOR_TABLE} (like {TABLE} including indexes)")
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(f"insert into {FLOOR_TABLE} select * from {TABLE}")


def settle() -> None:
    """As autovacuum would, by and by."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
