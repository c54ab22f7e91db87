"""The members of acme, as their tests name them."""

from typing import Any

from tenants.models import Membership
from tests.conftest import Caller

LIST = "/api/v1/organizations/acme/organization-members"
EMAIL = "nova@mail.example"
BODY: dict[str, Any] = {
    "email": EMAIL,
    "role": "issuer",
    "display_name": "Nova",
    "external_id": "17",
}
FIELDS = [
    *("id", "organization_id", "user_id", "display_name", "email", "role", "status"),
    *("external_id", "is_primary", "created_at", "updated_at"),
]


def of(caller: Caller) -> Membership:
    return Membership.objects.get(user=caller.user)


def one(row: Membership) -> str:
    return f"{LIST}/{row.uuid}"
