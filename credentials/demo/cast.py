"""Who is in the demo."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from tenants.models import Role
from users.models import User

PASSWORD = "try-the-portal"  # noqa: S105 - meant to be known
TENANTS = {"acme": "Acme", "globex": "Globex"}
# The same uuids on every portal: a row is found again whatever became of its name or title.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:credentials-portal:demo")


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
            email_verified_at=timezone.now(),
            first_name=self.first_name,
            last_name=self.last_name,
            is_staff=self.is_staff,
            is_superuser=self.is_superuser,
            state=self.state,
        )


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
