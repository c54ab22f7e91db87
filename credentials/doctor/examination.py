"""All looks, in the order in which one leads to the next."""

from collections.abc import Iterator

from django.db import connection

from credentials.doctor import database, surroundings
from credentials.doctor.findings import Finding, Look, fail, one_line

# What to do when a look itself fails.
ADVICE = {
    "database": "See DATABASE_URL, and whether the server runs.",
    "storage": "See FILES_DIR or the S3_ settings, and who may write there.",
    "mail": "See EMAIL_URL.",
    "counters": "See REDIS_URL.",
    "scanning": "See CLAMAV, and whether clamd runs.",
}
OF_DATABASE: dict[str, Look] = {
    "migrations": database.migrations,
    "clock": database.clock,
    "daily_work": database.daily_work,
    "sealing": database.sealing,
    "secrets": surroundings.secrets,
}
OTHERS: dict[str, Look] = {
    "storage": surroundings.storage,
    "disk": surroundings.disk,
    "mail": surroundings.mail,
    "counters": surroundings.counters,
    "scanning": surroundings.scanning,
}


def examine() -> Iterator[tuple[str, Finding]]:
    """Each part and what was found, as it is found."""
    found = _look("database", database.database)
    yield "database", found
    is_reached = found.advice != ADVICE["database"]
    for name, look in OF_DATABASE.items():
        if is_reached:
            yield name, _look(name, look)
        else:
            yield name, fail("the database cannot be asked", ADVICE["database"])
    for name, look in OTHERS.items():
        yield name, _look(name, look)


def _look(name: str, look: Look) -> Finding:
    """A look that fails is a finding, too; whatever fails there says so in its own way."""
    try:
        return look()
    except Exception as error:
        if connection.in_atomic_block and connection.needs_rollback:
            raise
        return fail(one_line(error), ADVICE.get(name, "Look into the log, and at this machine."))
