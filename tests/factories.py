"""Valid rows and bodies; a test states only what it is about. In platform work."""

from datetime import UTC, datetime
from typing import Any

from credentials.models import MicroCredential
from tenants.changes import create
from tenants.events import OPERATOR
from tenants.models import Tenant
from users.models import User


def micro_credential_body(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Welding, basic level",
        "issued": "2024-03-01T09:00:00Z",
        "expires": "2027-03-01T09:00:00Z",
        "website_url": "https://school.example/welding",
    } | changes


def micro_credential(tenant: Tenant, holder: User, **changes: Any) -> MicroCredential:
    fields: dict[str, Any] = {
        "title": "Welding, basic level",
        "issued_at": datetime(2024, 3, 1, 9, tzinfo=UTC),
        "expires_at": datetime(2027, 3, 1, 9, tzinfo=UTC),
        **changes,
    }
    row = MicroCredential(tenant_id=tenant.pk, holder_id=holder.pk, **fields)
    return create(row, by=OPERATOR)
