"""What a tenant may choose: `Tenant.settings` holds these names and values and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

MOST = 2**63 - 1  # what a column of bytes holds


@dataclass(frozen=True)
class Preference:
    """One choice. The first value is what holds where none was made."""

    name: str
    values: tuple[Any, ...]

    def of(self, settings: Mapping[str, Any] | None) -> Any:
        """The tenant's choice."""
        return (settings or {}).get(self.name, self.values[0])

    def fault(self, value: Any) -> str:
        # By type too: for Python 1 and True are one value.
        if not any(value == known and type(value) is type(known) for known in self.values):
            return f"{self.name} is one of {', '.join(map(_written, self.values))}."
        return ""

    def parse(self, text: str) -> Any:
        """The value that reads so; the text itself where none does."""
        return next((value for value in self.values if _written(value) == text), text)


@dataclass(frozen=True)
class Amount:
    """A whole number. Where none was chosen, the portal's own setting holds."""

    name: str

    def of(self, settings: Mapping[str, Any] | None) -> int | None:
        return (settings or {}).get(self.name)

    def fault(self, value: Any) -> str:
        if type(value) is int and 0 <= value <= MOST:
            return ""
        return f"{self.name} is a whole number from 0 to {MOST}."

    def parse(self, text: str) -> Any:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text


# Whether a program's award may carry other attributes than `whitelist`.
PROGRAM_ATTRIBUTES = Preference("program_attributes", ("strict", "any"))
# How much of a holder's name a public page shows.
PUBLIC_NAME = Preference("public_name", ("full_name", "initials", "none"))
# Whether a public page says why a credential was revoked.
PUBLIC_REASON = Preference("public_reason", (False, True))
# How many bytes the tenant's files may have together; 0 means no limit.
STORAGE_QUOTA = Amount("storage_quota_bytes")

PREFERENCES: dict[str, Preference | Amount] = {
    preference.name: preference
    for preference in (PROGRAM_ATTRIBUTES, PUBLIC_NAME, PUBLIC_REASON, STORAGE_QUOTA)
}


def check(settings: Any) -> None:
    """Raises Django's ValidationError, naming every unknown name and value."""
    if not isinstance(settings, dict):
        raise ValidationError({"settings": "Write a JSON object, like {}."})
    _refuse([fault for name, value in settings.items() if (fault := _fault(name, value))])


def parse(assignments: Sequence[str]) -> dict[str, Any]:
    """`name=value` texts, as a command line has them. Raises Django's ValidationError."""
    chosen, faults = {}, []
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        value = PREFERENCES[name].parse(text) if name in PREFERENCES else text
        if fault := _fault(name, value):
            faults.append(fault)
        chosen[name] = value
    _refuse(faults)
    return chosen


def _refuse(faults: list[str]) -> None:
    if faults:
        raise ValidationError({"settings": faults})


def _fault(name: str, value: Any) -> str:
    preference = PREFERENCES.get(name)
    if preference is None:
        return f"There is no setting {name!r}; there are {', '.join(sorted(PREFERENCES))}."
    return preference.fault(value)


def _written(value: Any) -> str:
    """As JSON and the command line have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
