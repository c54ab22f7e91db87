"""One award, step by step, on its way to what is wanted of it; nothing here knows the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from credentials.core import lifecycle
from tenants import changes
from tenants.events import Entry
from tenants.ids import new_uuid


@dataclass(frozen=True)
class CertificateKey:
    """As callers name a certificate: a program's id, or a course's key and type."""

    program_id: int | None = None
    course_id: str = ""
    certificate_type: str = ""


@dataclass(frozen=True)
class Note:
    """An attribute of an award. One of its namespace and name, without regard to case."""

    namespace: str
    name: str
    value: str

    @property
    def key(self) -> tuple[str, str]:
        return self.namespace.casefold(), self.name.casefold()


@dataclass(frozen=True)
class Wanted:
    """How an award shall stand. Its form is checked already (see `serializers.read_award`)."""

    username: str
    certificate: CertificateKey
    status: str
    notes: tuple[Note, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Certificate:
    """What an award's certificate came to in the tenant; without an id, to nothing."""

    program_id: int | None
    course_id: int | None
    is_active: bool | None
    is_strict: bool  # the tenant's `program_attributes`


@dataclass(frozen=True)
class Place:
    """Where a wanted award belongs, and the award that is there already, locked."""

    username_key: str
    holder_id: int | None
    certificate: Certificate
    award: tuple[Any, ...] | None  # its fields, as LOCKED has them

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for the same award; sortable."""
        name = "" if self.holder_id else self.username_key
        found = self.certificate
        return (self.holder_id or 0, name, found.program_id or 0, found.course_id or 0)


@dataclass
class Award:
    """One award on its way to what is wanted of it, maybe in several steps."""

    place: Place
    username: str
    modified_at: datetime  # when something changes
    id: int | None = None
    uuid: UUID = field(default_factory=new_uuid)
    facts: dict[str, Any] = field(default_factory=dict)
    notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    written: dict[tuple[str, str], Note] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.id is None

    def take(self, wanted: Wanted) -> str:
        """The next step; says what kind of change it is."""
        if not self.facts:
            return self.begin(wanted)
        facts = lifecycle.next_facts(self.facts["status"], wanted.status, wanted.reason)
        moved = {name: value for name, value in facts.items() if value != self.facts[name]}
        before = {name: changes.plain(self.facts[name]) for name in moved}
        listed = self.listed()
        has_new_notes = self.note(wanted.notes)
        if not moved and not has_new_notes:
            return "unchanged"
        self.facts |= moved
        after = {name: changes.plain(value) for name, value in moved.items()}
        if has_new_notes:
            before["attributes"], after["attributes"] = listed, self.listed()
        action = str(wanted.status) if moved else "changed"
        self.entries.append(Entry(action, self.uuid, before, after))
        return action

    def begin(self, wanted: Wanted) -> str:
        self.facts = lifecycle.first_facts(wanted.status, wanted.reason)
        self.note(wanted.notes)
        found = self.place.certificate
        after = {
            "holder_id": self.place.holder_id,
            "username": self.username,
            "program_id": found.program_id,
            "course_id": found.course_id,
            **{name: changes.plain(value) for name, value in self.facts.items()},
            "attributes": self.listed(),
        }
        self.entries.append(Entry(str(wanted.status), self.uuid, None, after))
        return "created"

    def note(self, notes: Sequence[Note]) -> bool:
        """Set these attributes; the others stay, and so does the spelling of those that exist."""
        differing = {}
        for note in notes:
            known = self.notes.get(note.key)
            if known is None or known.value != note.value:
                differing[note.key] = replace(known or note, value=note.value)
        self.notes |= differing
        self.written |= differing
        return bool(differing)

    def listed(self) -> list[dict[str, str]]:
        return [vars(note) for note in self.notes.values()]
