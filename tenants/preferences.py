"""What a tenant may choose: `Tenant.settings` holds these names and values and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Preference:
    """One choice. The first value is what holds where none was made."""

    name: str
    values: tuple[Any, ...]

    def of(self, settings: Mapping[str, Any] | None) -> Any:
        """The tenant's choice."""
        return (settings or {}).get(self.name, self.values[0])


# Whether a program's award may carry other attributes than `whitelist`.
PROGRAM_ATTRIBUTES = Preference("program_attributes", ("strict", "any"))
# How much of a holder's name a public page shows.
PUBLIC_NAME = Preference("public_name", ("full_name", "initials", "none"))
# Whether a public page says why a credential was revoked.
PUBLIC_REASON = Preference("public_reason", (False, True))

PREFERENCES = {
    preference.name: preference for preference in (PROGRAM_ATTRIBUTES, PUBLIC_NAME, PUBLIC_REASON)
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
        known = PREFERENCES[name].values if name in PREFERENCES else ()
        value = next((value for value in known if _written(value) == text), text)
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
    # By type too: for Python 1 and True are one value.
    if not any(value == known and type(value) is type(known) for known in preference.values):
        return f"{name} is one of {', '.join(map(_written, preference.values))}."
    return ""


def _written(value: Any) -> str:
    """As JSON and the command line have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
