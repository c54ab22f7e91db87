"""The demo's micro-credentials."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from credentials.demo.cast import NAMESPACE
from credentials.micro_credentials.models import MicroCredential
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Tenant
from users.models import User


@dataclass(frozen=True)
class Record:
    holder: str
    tenant: str
    title: str
    issued: str
    expires: str
    website_url: str = ""

    @property
    def key(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.tenant}/{self.holder}/{self.title}")


# The first is the one whose public page is shown.
RECORDS = (
    Record(
        "mina",
        "acme",
        "Soudage TIG : premiers pas à l'atelier",
        "2025-03-14T09:00:00Z",
        "2030-03-14T09:00:00Z",
        "https://atelier.example/cours/soudage-tig",
    ),
    Record(
        "mina",
        "acme",
        "Forklift operation, refresher day",
        "2026-02-02T07:30:00Z",
        "2028-02-02T07:30:00Z",
        "https://training.example/forklift",
    ),
    Record("mina", "acme", "データ分析入門", "2024-11-20T01:00:00Z", "2027-11-20T01:00:00Z"),
    # Expired: shown as any other, with its date.
    Record(
        "mina",
        "acme",
        "Hygiene at work ☕🧼",
        "2021-05-05T12:00:00Z",
        "2023-05-05T12:00:00Z",
        "https://hygiene.example/basics",
    ),
    Record(
        "ibrahim",
        "acme",
        "Assessing practical work",
        "2025-09-01T08:00:00Z",
        "2029-09-01T08:00:00Z",
        "https://assessors.example/practical-work",
    ),
    Record(
        "noor",
        "acme",
        "مبادئ السلامة المهنية",
        "2025-06-10T06:00:00Z",
        "2028-06-10T06:00:00Z",
        "https://safety.example/ar/basics",
    ),
    Record("noor", "globex", "Основи роботи з ГІС", "2026-01-12T10:00:00Z", "2031-01-12T10:00:00Z"),
    # Its holder is inactive: the public page answers 403.
    Record(
        "henrik", "acme", "Førstehjælp på jobbet", "2023-04-18T08:00:00Z", "2026-04-18T08:00:00Z"
    ),
    Record(
        "lea",
        "globex",
        "Énergie solaire : pose et sécurité",
        "2026-04-27T08:00:00Z",
        "2031-04-27T08:00:00Z",
        "https://solaire.example/pose",
    ),
)


def load(tenants: dict[str, Tenant], users: dict[str, User]) -> MicroCredential:
    """The first that nobody has deleted since."""
    records = _records(tenants, users)
    live = (row for row in records if row.state == MicroCredential.State.ACTIVE)
    return next(live, records[0])


def _records(tenants: dict[str, Tenant], users: dict[str, User]) -> list[MicroCredential]:
    """In the order of RECORDS."""
    stored = MicroCredential.objects.filter(
        tenant__in=list(tenants.values()), uuid__in=[record.key for record in RECORDS]
    )
    found = {row.uuid: row for row in stored}
    return [
        found.get(record.key)
        or changes.create(
            MicroCredential(
                uuid=record.key,
                tenant_id=tenants[record.tenant].pk,
                holder_id=users[record.holder].pk,
                title=record.title,
                issued_at=_instant(record.issued),
                expires_at=_instant(record.expires),
                website_url=record.website_url,
            ),
            by=OPERATOR,
        )
        for record in RECORDS
    ]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
