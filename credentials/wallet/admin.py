"""A person's page in the admin, with their wallet beneath it."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from credentials.core.wallets import Kind, Status
from credentials.wallet.kinds import KINDS
from credentials.wallet.pages import page
from credentials.wallet.people import Found
from credentials.wallet.questions import Question, Way
from tenants.admin_base import PortalAdmin
from tenants.models import Membership
from users.admin import UserAdmin
from users.member_admin import MembershipAdmin
from users.models import User

SHOWN, PLACES = 50, 10
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class WithWallet(Base):
    """Mixed into the page of a person."""

    change_form_template = "admin/person_wallet.html"

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if person := context.get("original"):
            context["wallet"] = [
                row for member in places(person) for row in self.held_by(request, member)
            ]
            context["most"] = SHOWN
            context["tells_organization"] = self.spans_tenants(request) or isinstance(person, User)
        return super().render_change_form(request, context, *args, **kwargs)

    def held_by(self, request: HttpRequest, member: Membership) -> list[dict[str, Any]]:
        """The newest; what is told of each, and its own page where this person may see it."""
        found = Found(members=[member.pk])
        question = Question(member.tenant_id, KINDS, Way.OF_MEMBER, found=found)
        newest = page(question, limit=SHOWN)
        return [
            {
                **item,
                "organization": member.tenant,
                "kind": kind.model._meta.verbose_name,
                "status": Status(item["status"]).label,
                "issued_on": day(item["issued_at"]),
                "last_day": last_day(item["expires_at"]),
                "address": self.page_of(request, kind, pk),
            }
            for item, (kind, pk) in zip(orjson.loads(newest.items), newest.rows, strict=True)
        ]

    def page_of(self, request: HttpRequest, kind: Kind, pk: int) -> str:
        shown = self.admin_site._registry[kind.model]
        if not shown.has_view_permission(request):
            return ""
        return reverse(f"admin:credentials_{kind.model._meta.model_name}_change", args=[pk])


def places(person: User | Membership) -> list[Membership]:
    """A member's own; of a person those in which there may be something, the primary one first."""
    if isinstance(person, Membership):
        return [person]
    come = person.memberships.exclude(status=Membership.Status.PENDING)
    return list(come.select_related("tenant").order_by("-is_primary", "id")[:PLACES])


def day(instant: str | None) -> date | None:
    return datetime.fromisoformat(instant).date() if instant else None


def last_day(instant: str | None) -> date | None:
    """On which it is still valid."""
    if not instant:
        return None
    first_without = max(datetime.fromisoformat(instant), EARLIEST)
    return (first_without - timedelta(microseconds=1)).date()


class PersonAdmin(WithWallet, UserAdmin):
    pass


class MemberAdmin(WithWallet, MembershipAdmin):
    pass


# The pages are the accounts' and the members'; what people hold is no business of those.
admin.site.unregister([User, Membership])
admin.site.register(User, PersonAdmin)
admin.site.register(Membership, MemberAdmin)
