"""How the credentials of a family appear among those of the others.

A family says it in one `Kind`, near its models; `credentials.wallet` joins them. All expressions
are SQL on the family's row `r`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models


class Status(models.TextChoices):
    """Of any credential: the strongest thing that its own family tells of it."""

    ACTIVE = "active"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNVERIFIED = "unverified"
    PENDING = "pending"
    REJECTED = "rejected"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Catalogue:
    """Rows `t` that name what is held: searched by name, and then what names them by `column`."""

    column: str  # of the family's row; an index (tenant, column, id) serves it
    model: type[models.Model]
    name: str
    whose: str = "t.tenant_id = %(tenant)s"

    @property
    def key(self) -> str:
        return f"of_{self.model._meta.model_name}"


@dataclass(frozen=True)
class Text:
    """What is searched in the family's rows themselves, as nothing else names it."""

    column: str
    # Of which rows; an index on (tenant, id) of just these, or of a column that says it, serves it.
    only: str = "true"


@dataclass(frozen=True)
class Kind:
    name: str
    family: str  # whose scopes an API token needs
    model: type[models.Model]
    title: str
    issued_at: str
    issuer: str = "null"
    expires_at: str = "null::timestamptz"
    # Conditions: the first that holds is its status; active without any.
    statuses: Mapping[Status, str] = field(default_factory=dict)
    live: str = "true"  # which rows there are for callers
    has_page: str = "true"  # on the public pages
    # Of whom it is: a person, or a membership. An index (tenant, holder, id) serves it.
    holder: str = "holder_id"
    awaited: str | None = None  # the name to which it was given that nobody bears yet
    catalogues: tuple[Catalogue, ...] = ()
    text: Text | None = None
    serial_number: str | None = None  # a column; an index (tenant, column, id) serves it

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def status(self) -> str:
        if not self.statuses:
            return f"'{Status.ACTIVE}'"
        whens = (f"when {condition} then '{status}'" for status, condition in self.statuses.items())
        return f"case {' '.join(whens)} else '{Status.ACTIVE}' end"
