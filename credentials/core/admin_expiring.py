"""How a family's credentials end by themselves, for those who look ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expiring:
    """`column`: of the last moment or day; an index (tenant, column) of what is `live` serves it.

    `live` is a condition on a row `r`, and `query` says the same to the family's list, which has
    the filters `<column>_from` and `<column>_until`.
    """

    column: str
    live: str
    query: Mapping[str, str] = field(default_factory=dict)
