from typing import Any, ClassVar

from django.contrib import admin

from credentials.core.admin_expiring import Expiring
from credentials.core.admin_filters import date_range
from credentials.micro_credentials.models import MicroCredential
from tenants.admin_actions import Act, ConfirmsAdmin, setting
from tenants.admin_base import NAMES_OF_PEOPLE, PortalAdmin, email_of, name_of
from tenants.models import Role


@admin.register(MicroCredential)
class MicroCredentialAdmin(ConfirmsAdmin, PortalAdmin):
    """Only its holder changes a micro-credential; administrators archive it and bring it back."""

    people = ("holder",)
    list_display = ("title", name_of("holder", "holder"), "issued_at", "expires_at", "state")
    list_filter = ("state", date_range("expires_at", "date of expiry"))
    is_found_at_once = True
    expiring = Expiring("expires_at", "r.state = 1", {"state__exact": "1"})
    search_fields = ("title", *(f"holder__{name}" for name in NAMES_OF_PEOPLE))
    search_across = ()
    search_help_text = "Title, the holder's name or email address, or a uuid."
    fields: ClassVar[Any] = (
        *("title", name_of("holder", "holder"), email_of("holder"), "issued_at", "expires_at"),
        *("website_url", "state", "uuid", "created_at", "modified_at"),
    )
    readonly_fields: ClassVar[Any] = fields
    acts: ClassVar[Any] = {
        "archive": Act(
            *("Archive", "archived", Role.ADMIN),
            setting("archived", state=MicroCredential.State.ARCHIVED),
            note="An archived micro-credential has no public page and is in no list of its holder.",
        ),
        "restore": Act(
            *("Restore", "restored", Role.ADMIN),
            setting("restored", state=MicroCredential.State.ACTIVE),
        ),
    }
