"""Columns that the admin lists of awarded credentials share."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from credentials.core.fields import rfc3339
from tenants.admin_base import display_name


@admin.display(description="holder", ordering="holder__first_name")
def holder(row: Any) -> str:
    """A dash until there is such a member."""
    return display_name(row.holder) if row.holder else "-"


@admin.display(description="email address")
def email(row: Any) -> str:
    return row.holder.email if row.holder else "-"


@admin.display(description="awarded", ordering="awarded_at")
def awarded_on(row: Any) -> date:
    """The day alone, of UTC: lists have many columns."""
    day: date = row.awarded_at.date()
    return day


@admin.display(description="revoked", ordering="revoked_at")
def revoked_on(row: Any) -> date | None:
    return row.revoked_at.date() if row.revoked_at else None


@admin.display(description="public page")
def public_page(row: Any) -> SafeString:
    return format_html('<a href="{}">Open</a>', page_address(row))


def page_address(row: Any) -> str:
    return f"{settings.PUBLIC_URL}/c/{row.uuid}"


def instant(value: datetime | None) -> str:
    """In a file, to the second."""
    return rfc3339(value.replace(microsecond=0)) if value else ""
