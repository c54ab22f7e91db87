"""Members in this family's pages: how they are named, found and chosen.

Issuers choose among all members of their tenant, as in the API; the members' own pages are for
administrators. Whoever is invited is known as they were invited: an account behind it is not told.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from tenants.admin_base import NAMES_OF_PEOPLE, display_name
from tenants.admin_scope import allows, desk_of
from tenants.admin_search import parts
from tenants.models import Membership, Role

PENDING = Membership.Status.PENDING
OF_INVITATION = ("email", "display_name", "external_id")
# What a page reads of a member, by a relation to it.
OF_MEMBER = ("user", "status", "email", "display_name", "external_id")


def name_of(member: Membership) -> str:
    if member.is_awaited:
        return member.display_name or member.email
    return display_name(member.user)


def email_of(member: Membership) -> str:
    email: str = "" if member.is_awaited else member.user.email
    return email or member.email


def text_of(member: Membership) -> str:
    """Among others of the same name."""
    email = email_of(member)
    parts = [name_of(member), *([email] if email and email != name_of(member) else [])]
    if member.status != Membership.Status.ACTIVE:
        parts.append(member.get_status_display().lower())
    return " · ".join(parts)


@admin.display(description="member")
def member(row: Any) -> str:
    return name_of(row.membership)


@admin.display(description="email address")
def address(row: Any) -> str:
    return email_of(row.membership) or "-"


def members_for(request: HttpRequest) -> QuerySet[Membership]:
    """Those that this person may choose among."""
    desk = desk_of(request)
    rows = Membership.objects.select_related("user", "tenant")
    if desk is None or not allows(request, Role.ISSUER):
        return rows.none()
    rows = rows.filter(tenant_id=desk.tenant.pk) if desk.tenant else rows
    people = (f"user__{name}" for name in NAMES_OF_PEOPLE)
    return rows.only("tenant", "tenant__slug", "tenant__name", *OF_MEMBER, *people).order_by("id")


def found(word: str, lookup: str = "icontains") -> Q:
    """Members whose name, address or external id has it."""
    of_person = parts([f"user__{name}" for name in NAMES_OF_PEOPLE], word, lookup)
    return (of_person & ~Q(status=PENDING)) | parts(OF_INVITATION, word, lookup)
