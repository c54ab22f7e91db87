"""What the database's superuser can do, whom no wall and no trigger stops."""

from functools import cache

import psycopg
from django.db import connection

from credentials_portal.postgres_server import SUPERUSER

# Its owner's rights for whoever calls it: so a test may undo in the end what it did.
TAMPER = """
create or replace function tests_tamper(sql text) returns void language plpgsql security definer
    set session_replication_role = replica as $$ begin execute sql; end $$
"""


@cache
def _prepare(database: str) -> None:
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"], port=here["PORT"], dbname=database, user=SUPERUSER
    ) as own:
        own.execute(TAMPER)


def tamper(sql: str) -> None:
    _prepare(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("select tests_tamper(%s)", [sql])
