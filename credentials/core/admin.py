"""What the admin pages of awarded credentials share: moves with a reason, and the history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from credentials.core import lifecycle
from credentials.core.lifecycle import AWARDED, REVOKED
from credentials.core.models import AwardedCredential
from tenants.admin_actions import Act, ActForm, Confirmed, ConfirmsAdmin, ReasonField, Spared, Step
from tenants.admin_scope import allows
from tenants.event_admin import who_acted, with_members_told
from tenants.models import Event, EventContent, Role
from tenants.ownership import TenantOwned

EVENTS_SHOWN = 20
# Where an event tells why.
REASONS = ("revocation_reason", "reason")


class RevocationForm(ActForm):
    reason = ReasonField(help_text="Optional; kept in the history and with the credential.")


class ReasonedRevocationForm(ActForm):
    reason = ReasonField(required=True, help_text="Kept in the history and with the credential.")


def moving(status: str) -> Step:
    """A step that moves all at once. The lifecycle itself tells the reason where it belongs."""

    def step(confirmed: Confirmed) -> int:
        by = replace(confirmed.by, reason="")
        reason = confirmed.told["reason"]
        return lifecycle.move_all(confirmed.rows, status, by=by, reason=reason)

    return step


def already(status: str) -> Spared:
    label = AwardedCredential.Status(status).label.lower()
    return Spared(lambda _request: Q(status=status), f"{label} already")


REVOKE = Act(
    *("Revoke", "revoked", Role.ISSUER, moving(REVOKED)),
    spared=already(REVOKED),
    form=RevocationForm,
)
AWARD_AGAIN = Act(
    *("Award again", "awarded again", Role.ISSUER, moving(AWARDED)),
    spared=already(AWARDED),
    choice="Award selected {rows} again",
)


class AwardedAdmin(ConfirmsAdmin):
    """Revokes and awards again, many at once; shows who did it before. Mixed into PortalAdmin.

    A family whose revocations stand leaves `award_again` out of its `acts`.
    """

    change_form_template = "admin/awarded_credential.html"
    acts: ClassVar[Mapping[str, Act]] = {"revoke": REVOKE, "award_again": AWARD_AGAIN}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        context["events"] = told(request, row) if row else []
        # Where the form itself has no status to choose.
        context["is_revocable"] = (
            row is not None
            and row.status == AWARDED
            and allows(request, self.acts["revoke"].least)
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
