"""What the admin pages of awarded credentials share: moves with a reason, and the history."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from credentials.core import lifecycle
from credentials.core.lifecycle import AWARDED, REVOKED
from credentials.core.models import AwardedCredential
from tenants.admin_actions import NAMED, ChosenForm, ReasonField, chosen_ids, named
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import Least, actor, allows
from tenants.event_admin import who_acted, with_members_told
from tenants.models import Event, EventContent, Role
from tenants.ownership import TenantOwned

EVENTS_SHOWN = 20
# Where an event tells why.
REASONS = ("revocation_reason", "reason")
# By the action that asks for it.
MOVES = {"revoke": REVOKED, "award_again": AWARDED}

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class MoveForm(ChosenForm):
    status = forms.ChoiceField(choices=AwardedCredential.Status.choices, widget=forms.HiddenInput)
    reason = ReasonField()

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason


class AwardedAdmin(Base):
    """Revokes and awards again, many at once; shows who did it before. Mixed into PortalAdmin.

    A family whose revocations stand leaves `award_again` out of its `actions`.
    """

    move_role: ClassVar[Least] = Role.ISSUER
    needs_reason: ClassVar[bool] = False
    change_form_template = "admin/awarded_credential.html"
    actions: Any = ("revoke", "award_again")

    def has_move_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.move_role)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        own = path("move/", self.admin_site.admin_view(self.move_view), name=name)
        return [own, *super().get_urls()]

    # --- Many at once

    @admin.action(description="Revoke selected %(verbose_name_plural)s", permissions=["move"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self.ask(request, queryset, REVOKED)

    @admin.action(description="Award selected %(verbose_name_plural)s again", permissions=["move"])
    def award_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self.ask(request, queryset, AWARDED)

    def ask(
        self, request: HttpRequest, queryset: QuerySet[Any], status: str
    ) -> HttpResponse | None:
        """The page that says what will happen, and takes the reason."""
        ids = chosen_ids(self, request, queryset)
        if ids is None:
            return None
        initial = {"status": status, "chosen": ",".join(map(str, ids))}
        form = MoveForm(initial=initial, needs_reason=self.needs_reason)
        return self.confirmation(request, form, ids, status)

    def confirmation(
        self, request: HttpRequest, form: MoveForm, ids: list[int], status: str
    ) -> HttpResponse:
        rows = self.get_queryset(request).filter(pk__in=ids)
        already = rows.filter(status=status).count()
        word = "Revoke" if status == REVOKED else "Award again"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{word}: are you sure?",
            "word": word,
            "form": form,
            "count": len(ids),
            "already": already,
            "status": AwardedCredential.Status(status).label.lower(),
            "named": rows.order_by("pk")[:NAMED],
            "unnamed": max(0, len(ids) - NAMED),
            "move_url": self.place(request, "move"),
            "back_url": self.place(request, "changelist"),
        }
        return TemplateResponse(request, "admin/move_credentials.html", context)

    def move_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_move_permission(request):
            raise PermissionDenied
        form = MoveForm(request.POST, needs_reason=self.needs_reason)
        faulty = not form.is_valid()
        ids, status = form.cleaned_data.get("chosen"), form.cleaned_data.get("status")
        if not ids or status not in {MOVES[name] for name in self.actions}:
            raise BadRequest
        if faulty:
            return self.confirmation(request, form, ids, status)
        # Of these rows alone: a row lock of a joined person is not a tenant's to take.
        rows = self.get_queryset(request).filter(pk__in=ids).order_by("pk")
        moved = lifecycle.move_all(
            list(rows.select_for_update(of=("self",))),
            status,
            by=actor(request),
            reason=form.cleaned_data["reason"],
        )
        word = "revoked" if status == REVOKED else "awarded again"
        self.message_user(request, f"{named(self, moved)} {word}.")
        return redirect(self.place(request, "changelist"))

    # --- One

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        context["events"] = told(request, row) if row else []
        # Where the form itself has no status to choose.
        context["is_revocable"] = (
            row is not None
            and row.status == AWARDED
            and self.has_move_permission(request)
            and not self.has_change_permission(request, row)
        )
        return super().render_change_form(request, context, *args, **kwargs)


def told(
    request: HttpRequest, row: TenantOwned, reasons: Sequence[str] = REASONS
) -> list[dict[str, Any]]:
    """The newest events of a credential, for whoever may award it: when, what, who and why."""
    events = (
        Event.objects.filter(
            tenant_id=row.tenant_id, object_kind=row._meta.model_name, object_id=row.pk
        )
        .select_related("actor")
        .only(
            *("occurred_at", "action", "actor_kind", "actor__username"),
            *("actor__first_name", "actor__last_name"),
        )
    )
    newest = list(with_members_told(request, events).order_by("-id")[:EVENTS_SHOWN])
    kept = EventContent.objects.filter(
        tenant_id=row.tenant_id, event_id__in=[event.pk for event in newest]
    )
    contents = dict(kept.values_list("event_id", "content"))
    return [
        {
            "at": event.occurred_at,
            "action": event.action,
            "who": who_acted(event),
            "reason": reason_in(contents.get(event.pk), reasons),
        }
        for event in newest
    ]


def reason_in(content: str | None, names: Sequence[str]) -> str:
    """Blank after an erasure."""
    after = (json.loads(content).get("after") if content else None) or {}
    return next((after[name] for name in names if after.get(name)), "")
