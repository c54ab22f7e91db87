"""The rows of an admin list as CSV: all that its filters leave, however many."""

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify

from credentials.core.exporting import SafeWriter
from credentials_portal import connections
from tenants import events, walls
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import Desk, actor, desk_of
from tenants.models import Tenant

BATCH_ROWS = 1000
# However many export, the pool has connections left for everybody else.
AT_WORK = threading.BoundedSemaphore(2)

Columns = dict[str, Callable[[Any], Any]]

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class ExportsAdmin(Base):
    """Mixed into PortalAdmin; the subclass says the columns.

    Each export is an event of the organization, with its filters: a file outlives every
    permission. So a superuser chooses one organization first.
    """

    export_columns: ClassVar[Columns]
    change_list_template = "admin/exported_list.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        own = path("export/", self.admin_site.admin_view(self.export_view), name=name)
        return [own, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> Any:
        """POST: it writes an event."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        desk = desk_of(request)
        if desk is None or not self.has_view_permission(request):
            raise PermissionDenied
        tenant = desk.tenant or Tenant.objects.filter(slug=request.GET.get("tenant", "")).first()
        if tenant is None:
            text = "Choose one tenant in the filters first: its history tells of each export."
            return self.back(request, text)
        try:
            # Of a search, too, all that it finds.
            request.takes_everything = True  # type: ignore[attr-defined]
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return self.back(request, "These filters cannot be read.")
        self.record(request, tenant)
        name = slugify(str(self.opts.verbose_name_plural))
        return StreamingHttpResponse(
            self.lines(desk, rows.order_by("-pk")),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": "attachment; filename="
                f'"{name}-{tenant.slug}-{timezone.now():%Y-%m-%d}.csv"',
            },
        )

    def back(self, request: HttpRequest, text: str) -> HttpResponse:
        self.message_user(request, text, level=messages.ERROR)
        return redirect(
            f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_changelist')}"
            f"?{request.META['QUERY_STRING']}"
        )

    def record(self, request: HttpRequest, tenant: Tenant) -> None:
        filters = {name: ", ".join(request.GET.getlist(name)) for name in sorted(request.GET)}
        after = {"kind": self.opts.model_name, **filters}
        events.record("exported", tenant, tenant_id=tenant.pk, by=actor(request), after=after)

    def lines(self, desk: Desk, rows: QuerySet[Any]) -> Iterator[str]:
        """In steps, each a transaction of its own: a slow reader holds none open.

        The request's work is over by now, so that each says anew whose rows it may see.
        """
        # By this mark spreadsheets know that it is UTF-8.
        yield "\ufeff" + written([self.export_columns])
        step = rows[:BATCH_ROWS]
        while True:
            with AT_WORK:
                with walls.work(desk.scope):
                    found = self.prepared(list(step))
                    cells = [[cell(row) for cell in self.export_columns.values()] for row in found]
                # While the reader takes its time, another's turn.
                connections.give_back()
            yield written(cells)
            if len(found) < BATCH_ROWS:
                return
            step = rows.filter(pk__lt=found[-1].pk)[:BATCH_ROWS]

    def prepared(self, rows: list[Any]) -> list[Any]:
        """With what the columns need beside the rows."""
        return rows


def written(rows: Sequence[Any]) -> str:
    stream = io.StringIO()
    writer = SafeWriter(stream)
    for row in rows:
        writer.writerow(row)
    return stream.getvalue()
