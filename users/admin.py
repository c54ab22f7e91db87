"""People in the admin, for superusers alone: an account is shared by all its tenants."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

# Both register admin classes when they are loaded: that must have happened before they go.
import rest_framework_simplejwt.token_blacklist.admin  # noqa: F401
from django import forms
from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from tenants import members
from tenants.admin_base import PortalAdmin, TenantFilter
from tenants.admin_forms import PortalForm
from users import (
    member_admin,  # noqa: F401
    people,
)
from users.models import User

if TYPE_CHECKING:
    BaseUserAdmin = DjangoUserAdmin[User]
    CreationForm = BaseUserCreationForm[User]
    PasswordChangeForm = AdminPasswordChangeForm[User]
else:
    BaseUserAdmin, CreationForm = DjangoUserAdmin, BaseUserCreationForm
    PasswordChangeForm = AdminPasswordChangeForm

admin.site.unregister([BlacklistedToken, OutstandingToken])
# Roles say who may do what; Django's groups and permissions say nothing here.
admin.site.unregister(Group)


class PersonForm(PortalForm):
    is_email_verified = forms.BooleanField(
        label="This address is verified",
        required=False,
        initial=True,
        help_text="What is issued to an address becomes the person's once it is verified.",
    )

    def clean_username(self) -> str:
        return self.free("username", "This username is taken.")

    def clean_email(self) -> str:
        return self.free("email", "This email address is taken.")

    def free(self, name: str, complaint: str) -> str:
        """Nobody else's, without regard to case."""
        value: str = self.cleaned_data[name]
        others = User.objects.filter(**{f"{name}__iexact": value}).exclude(pk=self.instance.pk)
        if value and others.exists():
            raise ValidationError(complaint)
        return value

    @property
    def verified_at(self) -> datetime | None:
        """Of the address as it is in the form."""
        told = self.cleaned_data
        return timezone.now() if told["email"] and told["is_email_verified"] else None


class AddPersonForm(PersonForm, CreationForm):
    def write(self) -> User:
        self.instance.email_verified_at = self.verified_at
        return people.create(
            self.instance, self.cleaned_data["password1"], by=self.actor, tenant_id=None
        )


class ChangePersonForm(PersonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance
        # Without an address: what will be true of the first that is filled in.
        self.initial["is_email_verified"] = bool(person.email_verified_at or not person.email)

    def write(self) -> User:
        pk, wanted = self.instance.pk, self.changes
        if wanted.keys() & {"email", "is_email_verified"}:
            wanted["email_verified_at"] = self.verified_at
        wanted.pop("is_email_verified", None)
        return people.change(pk, wanted, by=self.actor, tenant_id=members.home_of(pk))


class PasswordForm(PasswordChangeForm):
    """Always sets one: signing in is forbidden by `is_active`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)

    def save(self, commit: bool = True) -> User:
        """Django's own would leave the person's sign-ins alive."""
        people.set_password(self.user, self.cleaned_data["password1"])
        return self.user


@admin.register(User)
class UserAdmin(PortalAdmin, BaseUserAdmin):
    view_role = add_role = change_role = "superuser"
    tenant_path = "memberships__tenant"
    secrets = frozenset({"password"})
    add_form = AddPersonForm
    form = ChangePersonForm
    change_password_form = PasswordForm
    list_display = (
        *("username", "email", "has_verified_email", "full_name", "state"),
        *("is_active", "is_staff", "is_superuser", "last_login"),
    )
    list_filter = (
        *(TenantFilter, ("email_verified_at", EmptyFieldListFilter)),
        *("state", "is_active", "is_staff", "is_superuser"),
    )
    filter_horizontal = ()
    is_found_at_once = True
    search_help_text = "How the username, email address or a name begins, or a uuid."
    search_fields = ("username", "email", "first_name", "last_name")
    readonly_fields = ("email_verified_at", "last_login", "date_joined", "uuid", "places")
    names = ("username", "email", "is_email_verified", "first_name", "last_name")
    rights = ("is_active", "is_staff", "is_superuser")
    add_fieldsets = (
        (None, {"fields": names}),
        ("Password", {"fields": ("password1", "password2")}),
        ("Rights", {"fields": ("is_staff", "is_superuser")}),
    )
    fieldsets = (
        (None, {"fields": (*names, "state")}),
        ("Rights", {"fields": rights}),
        ("Kept by the portal", {"fields": readonly_fields}),
    )

    @admin.display(description="name", ordering="first_name", empty_value="-")
    def full_name(self, person: User) -> str | None:
        return person.get_full_name() or None

    @admin.display(description="address verified", boolean=True)
    def has_verified_email(self, person: User) -> bool:
        return person.email_verified_at is not None

    @admin.display(description="memberships")
    def places(self, person: User) -> SafeString:
        found = person.memberships.select_related("tenant").order_by("tenant__slug")
        rows = (
            (reverse("admin:tenants_membership_change", args=[m.pk]), m.tenant, m.role, m.status)
            for m in found
        )
        return format_html_join("", '<div><a href="{}">{}</a>: {}, {}</div>', rows)
