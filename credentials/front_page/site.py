"""The admin's site: its front page, and one search over all that it keeps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from credentials.core.models import AwardedCredential
from credentials.front_page import chart, figures, history
from credentials.front_page.figures import AHEAD, today
from tenants.admin_base import PortalAdmin
from tenants.admin_paging import counted
from tenants.admin_scope import Desk, desk_of
from tenants.admin_search import Search
from users.admin_site import PortalSite

SHOWN = 5  # of each kind that a search finds


@dataclass(frozen=True)
class Ahead:
    """How many of one kind end soon, each number with the list that it counts."""

    name: str
    counts: Sequence[tuple[int, int, str]]


@dataclass(frozen=True)
class Hits:
    name: str
    rows: Sequence[tuple[str, str]]
    more: str  # the whole list


class FrontSite(PortalSite):
    index_template = "admin/front_page.html"
    index_title = "Overview"

    def get_urls(self) -> list[Any]:
        own: URLPattern = path("search/", self.admin_view(self.search_view), name="search")
        return [own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        desk = desk_of(request)
        told = self.told(request, desk) if desk else {}
        return super().index(request, {**told, **(extra_context or {})})

    def told(self, request: HttpRequest, desk: Desk) -> dict[str, Any]:
        pages = list(self.pages(request))
        awarded = [page.model for page in pages if issubclass(page.model, AwardedCredential)]
        expiring = {page.model: page.expiring for page in pages if hasattr(page, "expiring")}
        found = figures.figures(desk, awarded, expiring)
        return {
            "chart": chart.drawn(found.weeks),
            "days": AHEAD,
            "ahead": [ahead(page, found) for page in pages if hasattr(page, "expiring")],
            "told": history.told(request, desk),
        }

    def pages(self, request: HttpRequest) -> Iterator[Any]:
        for page in self._registry.values():
            if isinstance(page, PortalAdmin) and page.has_view_permission(request):
                yield page

    # --- One search over everything

    def search_view(self, request: HttpRequest) -> HttpResponse:
        term = request.GET.get("q", "").strip()
        context = {
            **self.each_context(request),
            "title": "Search",
            "term": term,
            "hits": list(self.hits(request, term)) if term else [],
        }
        return TemplateResponse(request, "admin/search_everything.html", context)

    def hits(self, request: HttpRequest, term: str) -> Iterator[Hits]:
        for page in self.pages(request):
            if not page.is_found_at_once:
                continue
            shown = Search(page, request).top(page.get_queryset(request), term, SHOWN + 1)
            if shown:
                name = f"admin:{page.opts.app_label}_{page.opts.model_name}"
                yield Hits(
                    str(page.opts.verbose_name_plural),
                    [(reverse(f"{name}_change", args=[row.pk]), str(row)) for row in shown[:SHOWN]],
                    f"{reverse(f'{name}_changelist')}?{urlencode({'q': term})}"
                    if len(shown) > SHOWN
                    else "",
                )


def ahead(page: Any, found: figures.Figures) -> Ahead:
    listed = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    column, first = page.expiring.column, today()
    counts = []
    for days, count in zip(AHEAD, found.ending[page.model._meta.label], strict=True):
        until = first + timedelta(days=days)
        query = {**page.expiring.query, f"{column}_from": first, f"{column}_until": until}
        counts.append((days, counted(count), f"{listed}?{urlencode(query)}"))
    return Ahead(str(page.opts.verbose_name_plural), counts)
