from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper


def give_back() -> None:
    """Hold no connection while waiting for a client; whoever is in a transaction keeps theirs."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if not wrapper.in_atomic_block:
        wrapper.close()


def disconnect() -> None:
    """Hold no connection from now on, until one is needed: the pool's are closed too.

    Its threads would otherwise complain when the server that they know is stopped.
    """
    wrapper = cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
    wrapper.close()
    wrapper.close_pool()
