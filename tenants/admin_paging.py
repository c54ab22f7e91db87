"""Lists of any length: what is shown is read, and what is counted ends somewhere."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest

COUNTED = 10_000

if TYPE_CHECKING:
    BasePaginator = Paginator[Any]
else:
    BasePaginator = Paginator


class AtLeast(int):
    """A number after which nobody went on counting."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


def counted(found: int) -> int:
    """Of what was counted up to one more than COUNTED."""
    return AtLeast(COUNTED) if found > COUNTED else found


class BoundedPaginator(BasePaginator):
    """The first 10,000 of what was found; who looks for a later one narrows the list."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = counted(rows.order_by().values("pk")[: COUNTED + 1].count())
        # A search says by this that it found more than it gives.
        return AtLeast(found) if rows._hints.get("is_cut") else found


class BoundedList(ChangeList):
    """Sorted by other columns only where the whole list is counted: no index sorts by a name."""

    def get_results(self, request: HttpRequest) -> None:
        if ORDER_VAR in self.params and isinstance(self._count(request), AtLeast):
            self.queryset = self.queryset.order_by("-pk")
            text = "These are too many to sort; search or filter first. The newest are shown."
            messages.warning(request, text)
        super().get_results(request)

    def _count(self, request: HttpRequest) -> int:
        page: Any = self.model_admin
        count: int = page.get_paginator(request, self.queryset, self.list_per_page).count
        return count
