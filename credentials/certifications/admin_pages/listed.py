"""What the pages of types, qualifications and job roles share: archived, never deleted."""

from typing import Any, ClassVar

from credentials.certifications.models import Standing
from tenants.admin_actions import Act, ConfirmsAdmin, setting
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import Least
from tenants.models import Role

KEPT = ("uuid", "created_at", "modified_at")


class ListedAdmin(ConfirmsAdmin, PortalAdmin):
    view_role: ClassVar[Least] = Role.ISSUER
    add_role: ClassVar[Least] = Role.ADMIN
    change_role: ClassVar[Least] = Role.ADMIN
    is_long = False
    autocomplete_fields = ("tenant",)
    list_filter: ClassVar[Any] = ("status",)
    search_fields = ("slug", "title")
    search_help_text = "Slug, title or uuid."
    acts: ClassVar[Any] = {
        "archive": Act("Archive", "archived", Role.ADMIN, setting(status=Standing.ARCHIVED)),
        "restore": Act("Restore", "restored", Role.ADMIN, setting(status=Standing.ACTIVE)),
    }
