"""What the public page of a credential shows, whatever its family.

A model that has one says it in `shown()`; how it looks is up to `credentials.verification`.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from tenants.models import Tenant
from tenants.preferences import PUBLIC_NAME, PUBLIC_REASON
from users.models import User


class Status(Enum):
    """In the words of the page."""

    VALID = "Valid"
    NOT_YET_VALID = "Not yet valid"
    EXPIRED = "Expired"
    REVOKED = "Revoked"

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Document:
    """How the organization wants the credential to look: untrusted, see `core.rendering`."""

    html_template: str
    css_template: str = ""
    # Of the placeholders that the rest of `Shown` does not tell: `credential_type`, and images as
    # their columns hold them.
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verification:
    """Whether the organization verified what the holder recorded."""

    verified_at: datetime | None

    @property
    def code(self) -> str:
        return "verified" if self.verified_at else "unverified"


@dataclass(frozen=True)
class Shown:
    """Nothing that is not here reaches the page or its data."""

    uuid: uuid.UUID
    kind: str  # in words
    title: str
    holder: str  # blank where no name is shown
    issuer: str  # blank where nobody is told to have issued it
    organization: str  # the tenant's name
    issued_at: datetime | None
    valid_from: datetime | None = None
    expires_at: datetime | None = None
    is_told_in_days: bool = False  # `expires_at` is the end of the last one
    revoked_at: datetime | None = None
    reason: str = ""  # blank unless it is public
    website_url: str = ""
    is_recorded_by_holder: bool = False  # the tenant keeps it, but did not issue it
    verification: Verification | None = None  # of the families that have one
    is_holder_active: bool = True
    description: str = ""
    criteria_text: str = ""
    criteria_url: str = ""
    narrative: str = ""
    evidence_url: str = ""
    document: Document | None = None  # none without a template: the page is complete alone

    @property
    def has_document(self) -> bool:
        """Of what is revoked nothing is shown that could be taken for the credential."""
        return self.document is not None and not self.revoked_at

    @property
    def provenance(self) -> str:
        """In whose name it is here."""
        return self.organization if self.is_recorded_by_holder else self.issuer

    @property
    def ends_at(self) -> datetime | None:
        """On its last day, by which people are told the end."""
        if self.expires_at and self.is_told_in_days:
            return self.expires_at - timedelta(microseconds=1)
        return self.expires_at

    def status(self, at: datetime) -> Status:
        """Valid from the first instant on, and up to but not at the last one.

        Revoked wins whatever its instant: the clock of another machine may be ahead of ours.
        """
        if self.revoked_at:
            return Status.REVOKED
        if self.expires_at and at >= self.expires_at:
            return Status.EXPIRED
        if self.valid_from and at < self.valid_from:
            return Status.NOT_YET_VALID
        return Status.VALID


class HasPublicPage(Protocol):
    def shown(self) -> Shown | None:
        """None for what nobody may find. Called with all that the row names already read."""


def is_active(holder: User | None) -> bool:
    return holder is None or holder.state == User.State.ACTIVE


def holder_name(tenant: Tenant, holder: User | None, username: str = "") -> str:
    """By the tenant's choice; never an email address, which some use as their username."""
    name = username
    if holder:
        name = holder.get_full_name() or holder.username
    if "@" in name:
        return ""
    # A choice that is none of ours shows nothing: what has been published cannot be taken back.
    match PUBLIC_NAME.of(tenant.settings):
        case "full_name":
            return name
        case "initials":
            return initials(name)
    return ""


def initials(name: str) -> str:
    return " ".join(f"{letter}." for letter in map(first_letter, name.split()) if letter)


def first_letter(word: str) -> str:
    """With its accents where they are characters of their own."""
    for start, character in enumerate(word):
        if character.isalnum():
            end = start + 1
            while end < len(word) and unicodedata.category(word[end]).startswith("M"):
                end += 1
            return word[start:end].upper()
    return ""


def public_reason(tenant: Tenant, reason: str) -> str:
    """Reasons are written for colleagues; only a tenant that says so shows them to everyone."""
    return reason if PUBLIC_REASON.of(tenant.settings) is True else ""
