"""A small world to try the portal on: two tenants, people in every role, and their records.

Its passwords are known to everyone, so production refuses to load it.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import CommandError
from django.db import IntegrityError

from credentials.micro_credentials.models import MicroCredential
from credentials_portal.banner import Account, Demo
from credentials_portal.problems import Conflict, as_problem
from tenants import changes, members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tenants.walls import platform_work
from users import people
from users.models import User

PASSWORD = "try-the-portal"  # noqa: S105 - meant to be known
TENANTS = {"acme": "Acme", "globex": "Globex"}
# The same uuids on every portal: a row is found again whatever became of its name or title.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:credentials-portal:demo")


class Loaded(Demo):
    """For tools and tests, beside what the banner shows."""

    inactive_username: str
    public_micro_credential_url: str


@dataclass(frozen=True)
class Person:
    username: str
    email: str
    first_name: str
    last_name: str
    roles: Mapping[str, Role]
    is_staff: bool = False
    is_superuser: bool = False
    state: User.State = User.State.ACTIVE

    @property
    def key(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, self.username)

    @property
    def row(self) -> User:
        return User(
            uuid=self.key,
            username=self.username,
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
            is_staff=self.is_staff,
            is_superuser=self.is_superuser,
            state=self.state,
        )


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


# The first may record micro-credentials: the banner's requests are made as this person.
PEOPLE = (
    Person("mina", "mina@acme.example", "Mina", "Demir", {"acme": Role.MEMBER}),
    Person("ibrahim", "ibrahim@acme.example", "Ibrahim", "Diallo", {"acme": Role.ISSUER}),
    Person("sofia", "sofia@acme.example", "Sofía", "Núñez", {"acme": Role.ADMIN}, is_staff=True),
    Person("olena", "olena@acme.example", "Олена", "Шевчук", {"acme": Role.OWNER}, is_staff=True),
    Person(
        "noor",
        "noor@acme.example",
        "نور",
        "الحداد",
        {"acme": Role.MEMBER, "globex": Role.ISSUER},
    ),
    Person(
        "henrik",
        "henrik@acme.example",
        "Henrik",
        "Sørensen",
        {"acme": Role.MEMBER},
        state=User.State.INACTIVE,
    ),
    Person("kenji", "kenji@globex.example", "健二", "田中", {"globex": Role.OWNER}, is_staff=True),
    Person("lea", "lea@globex.example", "Léa", "Fontaine", {"globex": Role.MEMBER}),
    Person(
        "superuser",
        "superuser@portal.example",
        "Sam",
        "Portal",
        {},
        is_staff=True,
        is_superuser=True,
    ),
)
INACTIVE = "henrik"

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


def refuse_in_production() -> None:
    if settings.PRODUCTION:
        raise CommandError(
            "The demo is refused in production: its accounts have passwords that everyone knows."
        )


def load() -> Loaded:
    """Make what is missing; what is there already stays as it is.

    Raises CommandError in production, and when somebody else has the name of a demo person.
    """
    refuse_in_production()
    try:
        return _load_once()
    except IntegrityError:
        # Another process was loading it as well.
        pass
    try:
        return _load_once()
    except IntegrityError as error:
        raise CommandError(f"The demo cannot be loaded: {as_problem(error).detail}") from None


def _load_once() -> Loaded:
    with platform_work():
        tenants = _tenants()
        users = _people(tenants)
        _memberships(tenants, users)
        shown = _public(_records(tenants, users))
    return {
        "accounts": list(_accounts(users)),
        "public_micro_credential_id": shown.pk,
        "inactive_username": INACTIVE,
        "public_micro_credential_url": (
            f"{settings.PUBLIC_URL}/api/v1/public/user-micro-credential/{shown.pk}"
        ),
    }


def _tenants() -> dict[str, Tenant]:
    found = {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=TENANTS)}
    for slug, name in TENANTS.items():
        if slug not in found:
            found[slug] = members.create_tenant(slug=slug, name=name, by=OPERATOR)
    return found


def _people(tenants: dict[str, Tenant]) -> dict[str, User]:
    """By the username that PEOPLE gives them, whatever it is today."""
    stored = {user.uuid: user for user in User.objects.filter(uuid__in=[p.key for p in PEOPLE])}
    found = {}
    for person in PEOPLE:
        home = next((tenants[slug].pk for slug in person.roles), None)
        try:
            found[person.username] = (
                stored.get(person.key)
                or people.ensure(person.row, PASSWORD, by=OPERATOR, tenant_id=home)[0]
            )
        except Conflict as conflict:
            raise CommandError(
                f"The demo cannot be loaded: {person.username!r} or {person.email} belongs to"
                " somebody else here. Use another DATA_DIR or DATABASE_URL for the demo."
            ) from conflict
    return found


def _memberships(tenants: dict[str, Tenant], users: dict[str, User]) -> None:
    wanted = Membership.objects.filter(
        tenant__in=list(tenants.values()), user__in=list(users.values())
    )
    found = set(wanted.values_list("tenant_id", "user_id"))
    for person in PEOPLE:
        user_id = users[person.username].pk
        for slug, role in person.roles.items():
            if (tenants[slug].pk, user_id) not in found:
                members.add_member(tenants[slug], user_id, role, by=OPERATOR)


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


def _public(records: list[MicroCredential]) -> MicroCredential:
    """The first that nobody has deleted since."""
    live = (row for row in records if row.state == MicroCredential.State.ACTIVE)
    return next(live, records[0])


def _accounts(users: dict[str, User]) -> Iterator[Account]:
    for person in PEOPLE:
        for tenant, role in person.roles.items() or [("", "superuser")]:
            yield {
                "username": users[person.username].username,
                "password": PASSWORD,
                "tenant": tenant,
                "role": str(role),
            }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
