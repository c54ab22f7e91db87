"""Members of tenants in the admin: their places and roles, and of the people only the names."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from tenants import members, walls
from tenants.admin_base import PortalAdmin, email_of, name_of
from tenants.admin_forms import PortalForm
from tenants.admin_scope import allows
from tenants.models import Membership, Role
from users.backends import find_person
from users.models import User


class AddMemberForm(PortalForm):
    person = forms.CharField(
        max_length=254, help_text="Username or email address of an existing account, in full."
    )

    def clean_person(self) -> User:
        with walls.platform_work():
            person = find_person(self.cleaned_data["person"])
        if person is None:
            raise ValidationError("There is no such account.")
        return person

    def write(self) -> Membership:
        person = self.cleaned_data["person"]
        # Whether it is a person's first membership is seen from the whole platform only.
        with walls.platform_work():
            role = Role(self.cleaned_data["role"])
            member = members.add_member(self.tenant, person.pk, role, by=self.actor)
        member.user = person
        return member


class ChangeMemberForm(PortalForm):
    def write(self) -> Membership:
        member: Membership = self.instance
        members.change(member, by=self.actor, **self.changes)
        return member


@admin.register(Membership)
class MembershipAdmin(PortalAdmin):
    add_role = change_role = Role.ADMIN
    people = ("user",)
    add_form = AddMemberForm
    form = ChangeMemberForm
    list_display = (name_of("user"), email_of("user"), "role", "status", "created_at")
    list_filter = ("role", "status")
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    autocomplete_fields = ("tenant",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only an owner changes an owner."""
        least = Role(obj.role) if obj and obj.role == Role.OWNER else self.change_role
        return allows(request, least)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        is_superuser = allows(request, "superuser")
        tenant = ("tenant",) if is_superuser else ()
        if obj is None:
            return (*tenant, "person", "role")
        # The primary membership is the person's own matter, across tenants.
        primary = ("is_primary",) if is_superuser else ()
        dates = ("created_at", "modified_at")
        return (*tenant, name_of("user"), email_of("user"), "role", "status", *primary, *dates)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        writable = {"role", "status", "is_primary"}
        return tuple(f for f in self.get_fields(request, obj) if f not in writable) if obj else ()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only an owner makes an owner."""
        if db_field.name == "role" and not allows(request, Role.OWNER):
            kwargs["choices"] = [choice for choice in Role.choices if choice[0] != Role.OWNER]
        return super().formfield_for_choice_field(db_field, request, **kwargs)
