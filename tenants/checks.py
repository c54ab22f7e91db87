"""System checks of what would silently open a wall. They run with `migrate` and at the start."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

LOGIN = """
select r.rolsuper or r.rolbypassrls,
    exists (
        select from pg_roles p where p.rolname = session_user || '_platform'
            and pg_has_role(session_user, p.oid, 'usage')
    ),
    lower('É') = 'é',
    current_setting('server_version_num')::int >= 150000
from pg_roles r where r.rolname = session_user
"""


@register(Tags.database)
def database_login(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    if "default" not in (databases or ()):
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOGIN)
        sees_all, inherits_platform, folds_case, is_new_enough = cursor.fetchone()
    found: list[CheckMessage] = []
    if sees_all:
        hint = "ALTER ROLE … NOSUPERUSER NOBYPASSRLS, or log in as another role."
        found.append(Error("The login bypasses row-level security.", hint, id="tenants.E001"))
    if inherits_platform and not sees_all:
        hint = "ALTER ROLE … NOINHERIT, then grant its roles again."
        found.append(Error("The login inherits the platform role.", hint, id="tenants.E002"))
    if not folds_case:
        hint = "Create it with a UTF-8 locale, or the provider builtin and the locale C.UTF-8."
        found.append(Error("The database cannot compare É and é.", hint, id="tenants.E003"))
    if not is_new_enough:
        found.append(Error("PostgreSQL 15 or newer is needed.", id="tenants.E004"))
    return found
