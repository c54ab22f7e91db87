"""Members of tenants in the admin: their places and roles, and of the people only the names."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from tenants import members, walls
from tenants.admin_base import PortalAdmin, display_name
from tenants.admin_forms import PortalForm
from tenants.admin_scope import allows
from tenants.models import Membership, Role
from users import inviting
from users.backends import find_person
from users.models import User


class AddMemberForm(PortalForm):
    person = forms.CharField(
        max_length=254,
        required=False,
        help_text="Username or email address of an existing account, in full.",
    )
    invited = forms.EmailField(
        label="Or invite",
        max_length=254,
        required=False,
        help_text="Email address of somebody who joins when they sign in or make an account.",
    )

    def clean_person(self) -> User | None:
        name = self.cleaned_data["person"]
        if not name:
            return None
        with walls.platform_work():
            person = find_person(name)
        if person is None:
            raise ValidationError("There is no such account.")
        return person

    def clean(self) -> dict[str, Any] | None:
        told = self.cleaned_data
        if "person" in told and "invited" in told and bool(told["person"]) == bool(told["invited"]):
            raise ValidationError("Name a person, or an address to invite; one of them.")
        return super().clean()

    def write(self) -> Membership:
        role, person = Role(self.cleaned_data["role"]), self.cleaned_data["person"]
        if person is None:
            email = self.cleaned_data["invited"]
            return inviting.invite(self.tenant, email, role, by=self.actor)
        # Whether it is a person's first membership is seen from the whole platform only.
        with walls.platform_work():
            member = members.add_member(self.tenant, person.pk, role, by=self.actor)
        member.user = person
        return member


class ChangeMemberForm(PortalForm):
    def write(self) -> Membership:
        member: Membership = self.instance
        members.change(member, by=self.actor, **self.changes)
        return member


OF_INVITATION = ("email", "display_name", "external_id")


def filled(*texts: Any) -> Any:
    """The first of these that is not blank."""
    return Coalesce(
        *(NullIf(text, Value("")) for text in texts), Value(""), output_field=TextField()
    )


def as_shown(invited: Any, come: Any) -> Case:
    """Sorted otherwise, an invitation's place would tell of the account behind it."""
    awaited = Q(user=None) | Q(status=Membership.Status.PENDING)
    return Case(When(awaited, then=invited), default=come, output_field=TextField())


FULL_NAME = Trim(Concat("user__first_name", Value(" "), "user__last_name"))
SHOWN_NAME = as_shown(filled("display_name", "email"), filled(FULL_NAME, "user__username"))
SHOWN_ADDRESS = as_shown(filled("email"), filled("user__email", "email"))


@admin.register(Membership)
class MembershipAdmin(PortalAdmin):
    """Who is invited is shown as they were invited: an account behind it is not told of yet."""

    add_role = change_role = Role.ADMIN
    people = ("user",)
    is_found_at_once = True
    add_form = AddMemberForm
    form = ChangeMemberForm
    list_display = ("name", "address", "role", "status", "created_at")
    list_filter = ("role", "status")
    search_fields = (
        *("user__username", "user__email", "user__first_name", "user__last_name"),
        *OF_INVITATION,
    )
    search_help_text = "Name, username, email address, external ID or uuid."
    autocomplete_fields = ("tenant",)

    @admin.display(ordering=SHOWN_NAME)
    def name(self, member: Membership) -> str:
        if member.is_awaited:
            return member.display_name or member.email
        return display_name(member.user)

    @admin.display(description="email address", ordering=SHOWN_ADDRESS)
    def address(self, member: Membership) -> str:
        email: str = "" if member.is_awaited else member.user.email
        return email or member.email

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only an owner changes an owner."""
        least = Role(obj.role) if obj and obj.role == Role.OWNER else self.change_role
        return allows(request, least)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """A filter by account would tell whether an invited address has one."""
        return not lookup.startswith("user") and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        is_superuser = allows(request, "superuser")
        tenant = ("tenant",) if is_superuser else ()
        if obj is None:
            return (*tenant, "person", "invited", "role")
        # The primary membership is the person's own matter, across tenants.
        primary = ("is_primary",) if is_superuser and not obj.is_awaited else ()
        invited = ("display_name",) if obj.is_awaited else ()
        dates = ("created_at", "modified_at")
        facts = ("role", "status", *primary, *invited, "external_id")
        return (*tenant, "name", "address", *facts, *dates)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        writable = {"role", "status", "is_primary", "display_name", "external_id"}
        return tuple(f for f in self.get_fields(request, obj) if f not in writable) if obj else ()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only an owner makes an owner."""
        if db_field.name == "role" and not allows(request, Role.OWNER):
            kwargs["choices"] = [choice for choice in Role.choices if choice[0] != Role.OWNER]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The only page that shows the link: a redirect would have to keep it somewhere."""
        # Who runs the portal vouches for addresses; a tenant's administrator does not.
        link = inviting.link(obj, proves_address=allows(request, "superuser"))
        if link is None:
            return super().response_add(request, obj, post_url_continue)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Member invited",
            "member": obj,
            "link": link,
        }
        return TemplateResponse(request, "admin/member_invited.html", context)
