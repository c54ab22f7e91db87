"""A crowd to try the portal on at its size: people with credentials of every family.

All of it is made by PostgreSQL from numbers: the same size on the same day is the same crowd, with
the same uuids on every portal. A batch is one transaction, in the order of the numbers; whoever
starts again goes on after the last one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from credentials.demo import crowd_rows
from credentials.demo.crowd_rows import KINDS
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tenants.walls import platform_work

NAME = "Demo crowd"
AT_ONCE = 5_000
MOST = 10_000_000
KNOWN = """
select count(*) from users_user u join generate_series(1, %(last)s::bigint) n
    on u.uuid = md5(concat_ws('/', 'crowd', %(slug)s::text, 'person', n))::uuid
"""


@dataclass(frozen=True)
class Crowd:
    """`day`: up to which its five years of awards go."""

    slug: str
    size: int
    day: date
    has_history: bool = True


def known(crowd: Crowd) -> int:
    """How many of them are here: the first so many. In platform work."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"slug": crowd.slug, "last": crowd.size})
        return int(cursor.fetchone()[0])


def make(crowd: Crowd, advance: Callable[[int], None]) -> tuple[Tenant, int]:
    """The tenant, and how many people were made; each batch in a transaction of its own."""
    with platform_work():
        tenant = members.ensure_tenant(slug=crowd.slug, name=NAME, by=OPERATOR)
        first = known(crowd) + 1
        _run(crowd_rows.CATALOGUE, crowd, tenant, first, first)
    made = max(0, crowd.size - first + 1)
    advance(min(first - 1, crowd.size))
    while first <= crowd.size:
        last = min(first + AT_ONCE - 1, crowd.size)
        with platform_work():
            _run(crowd_rows.statements(has_history=crowd.has_history), crowd, tenant, first, last)
        advance(last - first + 1)
        first = last + 1
    return tenant, made


def count(tenant: Tenant) -> dict[str, int]:
    """How many credentials of each family the tenant has."""
    found = {}
    with connection.cursor() as cursor:
        for kind in KINDS:
            cursor.execute(
                f"select count(*) from credentials_{kind} where tenant_id = %s", [tenant.pk]
            )
            found[kind] = int(cursor.fetchone()[0])
    return found


def _run(statements: tuple[str, ...], crowd: Crowd, tenant: Tenant, first: int, last: int) -> None:
    numbers: dict[str, Any] = {"tenant": tenant.pk, "slug": crowd.slug, "day": crowd.day}
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql, numbers | {"first": first, "last": last})
