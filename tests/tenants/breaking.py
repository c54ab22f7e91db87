"""Statements that a constraint must refuse."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Break:
    """A statement that one constraint must refuse; values are SQL over the columns of a row.

    `copy` inserts a second row like the first, with a new id unless one is given.
    """

    table: str
    values: dict[str, str]
    copy: bool = False
    first: tuple["Break", ...] = field(default=())


def change(table: str, *first: Break, **values: str) -> Break:
    return Break(table, values, first=first)


def copy(table: str, *first: Break, **values: str) -> Break:
    return Break(table, values, copy=True, first=first)


NEW_UUID = "gen_random_uuid()"
