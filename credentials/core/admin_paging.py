"""Lists of any length: what is shown is read, and what is counted ends somewhere."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

COUNTED = 10_000

if TYPE_CHECKING:
    BasePaginator = Paginator[Any]
else:
    BasePaginator = Paginator


class AtLeast(int):
    """A number after which nobody went on counting."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class BoundedPaginator(BasePaginator):
    """The first 10,000 of what was found; who looks for a later one narrows the list."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by().values("pk")[: COUNTED + 1].count()
        return AtLeast(COUNTED) if found > COUNTED else found
