"""The history in the admin: read, never written."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenants.admin_base import PortalAdmin, display_name
from tenants.admin_scope import allows
from tenants.models import Event, EventContent, Membership, Seal, Tenant
from tenants.ownership import TenantOwned

ROW = "<tr><th>{}</th><td>{}</td><td>{}</td></tr>"
TABLE = "<table><thead><tr><th>field</th><th>before</th><th>after</th></tr></thead>{}</table>"


def kinds() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        history = issubclass(model, TenantOwned) and model is not Event
        if history or model in {Tenant, get_user_model()}:
            yield str(model._meta.model_name), str(model._meta.verbose_name)


class KindFilter(admin.SimpleListFilter):
    """From the models: a search for all values in use would read the whole history."""

    title, parameter_name = "object", "object_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(kinds())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(object_kind=self.value()) if self.value() else queryset


def with_members_told(request: HttpRequest, events: QuerySet[Any]) -> QuerySet[Any]:
    """Whose actor `who_acted` may name."""
    if allows(request, "superuser"):
        return events
    members = Membership.objects.filter(
        tenant_id=OuterRef("tenant_id"), user_id=OuterRef("actor_id")
    ).exclude(status=Membership.Status.PENDING)
    annotated: QuerySet[Any] = events.annotate(is_by_member=Exists(members))
    return annotated


def who_acted(event: Any) -> str:
    """A tenant is told no name from outside of it."""
    if event.actor is None:
        return f"({event.get_actor_kind_display()})"
    name = display_name(event.actor) if getattr(event, "is_by_member", True) else "(platform)"
    return f"{name}, by API token" if event.actor_kind == Event.ActorKind.API_TOKEN else name


class EventAdmin(PortalAdmin):
    people = ("actor",)
    secrets = frozenset({"content_hash", "row_hash"})
    uuid_columns = ("uuid", "object_uuid")
    list_display = ("occurred_at", "object_kind", "action", "object_id", "who")
    list_filter = (KindFilter, "actor_kind", "occurred_at")
    search_fields = ("action__exact", "request_id__exact")
    search_help_text = "The uuid of an object or event, an action, or a request id."
    sortable_by = ("occurred_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_members_told(request, super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Addresses, and what changed about a person's account, are for superusers."""
        is_superuser = allows(request, "superuser")
        is_about_person = obj is not None and obj.object_kind == get_user_model()._meta.model_name
        return (
            *(("tenant",) if is_superuser else ()),
            *("occurred_at", "object_kind", "action", "object_id", "object_uuid"),
            *("who", "actor_kind", "api_token_id"),
            *(("address",) if is_superuser else ()),
            *("request_id", "uuid", "seal"),
            *(("changes",) if is_superuser or not is_about_person else ()),
        )

    @admin.display(description="by")
    def who(self, event: Any) -> str:
        return who_acted(event)

    @admin.display
    def address(self, event: Event) -> str | None:
        return content(event).get("address")

    @admin.display(description="place in the chain")
    def seal(self, event: Event) -> str:
        seal = Seal.objects.filter(tenant_id=event.tenant_id, event_id=event.pk).first()
        return f"{seal.place:,}, {bytes(seal.chain_hash).hex()}" if seal else "not sealed yet"

    @admin.display
    def changes(self, event: Event) -> SafeString | str:
        kept = content(event)
        if not kept:
            return "erased"
        before, after = kept.get("before") or {}, kept.get("after") or {}
        rows = [(name, text(before, name), text(after, name)) for name in {**before, **after}]
        return format_html(TABLE, format_html_join("", ROW, rows))


def content(event: Event) -> dict[str, Any]:
    """Empty after an erasure."""
    found = EventContent.objects.filter(tenant_id=event.tenant_id, event_id=event.pk)
    text = found.values_list("content", flat=True).first()
    parts: dict[str, Any] = json.loads(text) if text else {}
    return parts


def text(values: dict[str, Any], name: str) -> str:
    if name not in values:
        return ""
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
