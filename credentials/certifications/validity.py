"""Whether a certification holds on a day: one definition, in Python and in SQL.

Days are those of UTC. The last day is still valid; without a first or last day it holds from or for
ever.
"""

from datetime import date
from enum import StrEnum


class Validity(StrEnum):
    NOT_YET_VALID = "not_yet_valid"
    VALID = "valid"
    EXPIRED = "expired"


def validity(issued_on: date | None, expires_on: date | None, on: date) -> Validity:
    if issued_on is not None and on < issued_on:
        return Validity.NOT_YET_VALID
    if expires_on is not None and on > expires_on:
        return Validity.EXPIRED
    return Validity.VALID


def validity_sql(day: str) -> str:
    """The same word for the row `r`, on the day that an SQL expression gives."""
    return (
        f"case when {condition(Validity.NOT_YET_VALID, day)} then 'not_yet_valid'"
        f" when {condition(Validity.EXPIRED, day)} then 'expired' else 'valid' end"
    )


def condition(wanted: Validity, day: str) -> str:
    """What a row `r` fulfils that has this validity: one that an index on the days can serve."""
    match wanted:
        case Validity.NOT_YET_VALID:
            return f"r.issued_on > {day}"
        case Validity.EXPIRED:
            # Never both: the last day is not before the first.
            return f"r.expires_on < {day}"
        case Validity.VALID:
            return (
                f"(r.issued_on is null or r.issued_on <= {day})"
                f" and (r.expires_on is null or r.expires_on >= {day})"
            )


# The days on which the row `r` is valid.
DAYS = "daterange(r.issued_on, r.expires_on, '[]')"
