"""Where credentials are looked for: each stream gives rows of one kind, newest first, by index.

One that probes knows by which values of a column its rows are found: who holds them, what names
them. One that walks looks at the rows themselves, and at no more than so many for a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.core.wallets import Catalogue, Kind

LOOKED_AT = 20_000
MINE = "r.tenant_id = %(tenant)s"
# Of the CTE `person` (see `people`), by what a kind names its holder.
HOLDERS = {
    "holder_id": "select p.user_id from person p where p.user_id is not null",
    "membership_id": "select p.membership_id from person p",
}


@dataclass(frozen=True)
class Source:
    """Rows whose column has one of the values that a SELECT gives."""

    column: str
    values: str

    @property
    def condition(self) -> str:
        """Never null, so that it can be negated; the values are hashed once."""
        return f"(r.{self.column} in ({self.values})) is true"


@dataclass(frozen=True)
class Stream:
    """SQL for `id` and `created_at`; `end`, for the last row that a walk may look at."""

    kind: Kind
    sql: str
    end: str = "null::bigint"


def holders(kind: Kind) -> Source:
    return Source(kind.holder, HOLDERS[kind.holder])


def uuids() -> Source:
    return Source("uuid", "select %(uuid)s::uuid")


def serial_numbers(kind: Kind) -> list[Source]:
    return [Source(kind.serial_number, "select %(term)s::text")] if kind.serial_number else []


def named(kind: Kind) -> list[Source]:
    """By what was found in the catalogues beforehand."""
    return [
        Source(each.column, f"select unnest(%({each.key})s::bigint[])") for each in kind.catalogues
    ]


def named_anew(kind: Kind) -> list[Source]:
    """By all that is found in the catalogues, however many they are."""
    return [Source(each.column, f"select t.id from {found_in(each)}") for each in kind.catalogues]


def found_in(catalogue: Catalogue) -> str:
    table = catalogue.model._meta.db_table
    return f"{table} t where {catalogue.whose} and t.{catalogue.name} ilike %(pattern)s"


def probing(
    kind: Kind, sources: Sequence[Source], *, after: str, most: int, where: str = ""
) -> Stream:
    found = " union ".join(
        f"select r.* from ({each.values}) as known(value) cross join lateral ("
        f"select r.id, r.created_at from {kind.table} r"
        f" where {MINE} and r.{each.column} = known.value and {kind.live}{where}"
        f" and r.id < {after} order by r.id desc limit {most}) r"
        for each in sources
    )
    return Stream(kind, f"select r.* from ({found}) r order by r.id desc limit {most}")


def walking(kind: Kind, *, after: str, most: int, where: str = "", only: str = "true") -> Stream:
    rows = f"from {kind.table} r where {MINE} and {only} and r.id < {after} order by r.id desc"
    return Stream(
        kind,
        f"select r.id, r.created_at from (select r.* {rows} limit {LOOKED_AT}) r"
        f" where {kind.live}{where} order by r.id desc limit {most}",
        f"(select r.id {rows} offset {LOOKED_AT - 1} limit 1)",
    )
