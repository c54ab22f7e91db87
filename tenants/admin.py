"""Tenants and API tokens in the admin; their members are in `users`, which knows people."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils import timezone

from tenants import api_tokens, event_admin, members, preferences, scopes, walls
from tenants.admin_actions import Act, ConfirmsAdmin, each
from tenants.admin_base import PortalAdmin, email_of, name_of
from tenants.admin_forms import PortalForm
from tenants.admin_scope import desk_of
from tenants.models import ApiToken, Event, Membership, Role, Tenant

admin.site.register(Event, event_admin.EventAdmin)


class AddTenantForm(PortalForm):
    def write(self) -> Tenant:
        return members.create_tenant(
            slug=self.cleaned_data["slug"], name=self.cleaned_data["name"], by=self.actor
        )


class ChangeTenantForm(PortalForm):
    # Declared, because Django compares a field with a default to what the browser sends along.
    settings = forms.JSONField(required=False, widget=AdminTextareaWidget)

    def clean_settings(self) -> dict[str, Any]:
        # An emptied field means no settings.
        settings: dict[str, Any] = self.cleaned_data["settings"] or {}
        try:
            preferences.check(settings)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return settings

    def write(self) -> Tenant:
        changes = self.changes
        status = changes.pop("status", None)
        tenant = Tenant.objects.select_for_update().get(pk=self.instance.pk)
        members.change_tenant(tenant, by=self.actor, **changes)
        if status:
            members.set_status(tenant, status, by=self.actor)
        return Tenant.objects.get(pk=tenant.pk)


@admin.display(description="stored files")
def stored(tenant: Tenant) -> str:
    return filesizeformat(tenant.stored_bytes)


@admin.register(Tenant)
class TenantAdmin(PortalAdmin):
    add_role = "superuser"
    change_role = Role.OWNER
    tenant_path = "pk"
    add_form = AddTenantForm
    form = ChangeTenantForm
    list_display = ("name", "slug", "status", "created_at")
    list_filter = ("status",)
    is_long = False
    search_fields = ("slug", "name")
    readonly_fields: ClassVar[Any] = (stored, "uuid", "created_at", "modified_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        if obj is None:
            return ("slug", "name")
        return ("slug", "name", "status", "settings", *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """A slug is part of addresses that are out in the world; it stays."""
        desk = desk_of(request)
        if obj is None:
            return ()
        fixed = ("slug", *self.readonly_fields)
        return fixed if desk and desk.is_platform else (*fixed, "status")


class AddApiTokenForm(PortalForm):
    member = forms.CharField(
        max_length=254,
        help_text="Username or email address of the active member as whom the token acts.",
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in sorted(scopes.ALL)],
        # The admin's style sheet gives this class room for long labels.
        widget=forms.CheckboxSelectMultiple(attrs={"class": "radiolist"}),
        help_text="A scope only ever takes away from what the member's role allows.",
    )
    key = ""

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= timezone.now():
            raise ValidationError("This moment has passed.")
        return expires_at

    def clean(self) -> dict[str, Any] | None:
        name = self.cleaned_data.get("name")
        if name and not self.errors:
            live = ApiToken.objects.filter(tenant=self.tenant, name=name, revoked_at=None)
            if live.exists():
                self.add_error("name", "A live API token of this name exists.")
        return super().clean()

    def write(self) -> ApiToken:
        token, self.key = api_tokens.create(
            self.find_member(),
            name=self.cleaned_data["name"],
            scopes=scopes.parse(self.cleaned_data["scopes"]),
            expires_at=self.cleaned_data["expires_at"],
            by=self.actor,
        )
        return token

    def find_member(self) -> Membership:
        name = self.cleaned_data["member"]
        of_tenant = Membership.objects.filter(tenant=self.tenant, status=Membership.Status.ACTIVE)
        named = of_tenant.filter(Q(user__username__iexact=name)) or of_tenant.filter(
            Q(user__email__iexact=name)
        )
        if not named:
            raise ValidationError({"member": "There is no such active member."})
        self.demand_no_greater_power(named[0])
        return named[0]

    def demand_no_greater_power(self, member: Membership) -> None:
        """Whoever makes a token holds its key, and acts with the power of that member."""
        desk = desk_of(self.request)
        if desk and desk.is_platform:
            return
        with walls.platform_work():
            is_superuser = (
                get_user_model().objects.filter(pk=member.person_id, is_superuser=True).exists()
            )
        if is_superuser or not (desk and desk.allows(Role(member.role))):
            raise ValidationError({"member": "This member may do more than you."})


class TokenStateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "Live"), ("expired", "Expired"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        expired = Q(expires_at__lte=timezone.now())
        match self.value():
            case "live":
                return queryset.filter(~expired | Q(expires_at=None), revoked_at=None)
            case "expired":
                return queryset.filter(expired, revoked_at=None)
            case "revoked":
                return queryset.filter(revoked_at__isnull=False)
        return queryset


@admin.register(ApiToken)
class ApiTokenAdmin(ConfirmsAdmin, PortalAdmin):
    """Made and revoked, never changed: what a key may do is settled when it is handed over."""

    add_role = Role.ADMIN
    people = ("user",)
    secrets = frozenset({"key_hash"})
    add_form = AddApiTokenForm
    list_display = (
        "name",
        name_of("user", "acts as"),
        "all_scopes",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_filter = (TokenStateFilter,)
    is_long = False
    search_fields = ("name", "user__username", "user__email")
    autocomplete_fields = ("tenant",)
    acts: ClassVar[Any] = {
        "revoke": Act(
            *("Revoke", "revoked", Role.ADMIN),
            each(api_tokens.revoke),
            note="A revoked key stops within seconds, and never works again.",
        )
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        if obj is None:
            return (*tenant, "name", "member", "scopes", "expires_at")
        shown = ("name", name_of("user", "acts as"), email_of("user"), "all_scopes")
        return (*tenant, *shown, "created_at", "expires_at", "last_used_at", "revoked_at", "uuid")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return self.get_fields(request, obj) if obj else ()

    @admin.display(description="scopes")
    def all_scopes(self, token: ApiToken) -> str:
        return "all" if set(token.scopes) == set(scopes.ALL) else ", ".join(token.scopes)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.key = form.key

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The only page that shows the key: a redirect would have to keep it somewhere."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "API token created",
            "token": obj,
        }
        return TemplateResponse(request, "admin/api_token_created.html", context)
