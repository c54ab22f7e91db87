"""What a family says of its rows; everything else of an import is the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from django.db.models import Model

from credentials.core.importing.rows import CellFault, Fault, FileRefused, Row
from tenants.events import Actor

Item = TypeVar("Item")
REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """What became of a row: one of the description's outcomes, or REFUSED with its faults."""

    outcome: str
    uuid: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What the database has against a row, and which one it means where several names mean one."""

    faults: Sequence[Fault] = ()
    identity: str = ""


class BadRow(Exception):  # noqa: N818 - a row is bad; the import goes on to the next
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


class RowDescription(ABC, Generic[Item]):
    """`needs`: of each of these, the file has at least one column. `outcomes`: for the summary.

    `tables`: what rows are written to.
    """

    columns: ClassVar[tuple[str, ...]]
    needs: ClassVar[tuple[tuple[str, ...], ...]]
    outcomes: ClassVar[tuple[str, ...]]
    tables: ClassVar[tuple[type[Model], ...]]

    @abstractmethod
    def parse(self, cells: Mapping[str, str]) -> Item:
        """Of the cells that hold something. Raises BadRow, with every fault of the row's shape."""

    @abstractmethod
    def identity(self, item: Item) -> str:
        """Which row of the database is meant; a file names each once. "" where `examine` tells."""

    @abstractmethod
    def check(self, tenant_id: int, items: Sequence[Item]) -> Sequence[Sequence[Fault]]:
        """What the database has against each, without a write; in the tenant's work."""

    def examine(self, tenant_id: int, items: Sequence[Item]) -> Sequence[Checked]:
        """`check`, and the identity of those that it has nothing against."""
        return [Checked(faults) for faults in self.check(tenant_id, items)]

    @abstractmethod
    def apply(self, tenant_id: int, items: Sequence[Item], *, by: Actor) -> Sequence[Result]:
        """In the tenant's work; doing it again does nothing."""


class Header:
    """Which cell is of which column. Names are compared without case and spaces around them."""

    def __init__(self, row: Row, description: RowDescription[Item], *, is_padded: bool) -> None:
        """Raises FileRefused, with all that is wrong."""
        names = [name.strip().lower() for name in row.cells]
        while names and not names[-1]:
            names.pop()
        if complaints := _complaints(names, description):
            known = ", ".join(description.columns)
            raise FileRefused(f"{' '.join(complaints)} The columns are {known}.")
        self.names = names
        self.is_padded = is_padded

    def read(self, row: Row) -> dict[str, str]:
        """The cells that hold something, by column. Raises BadRow."""
        faults = [self._named(fault) for fault in row.faults]
        count, expected = len(row.cells), len(self.names)
        if any(row.cells[expected:]) or (count < expected and not self.is_padded):
            text = f"The row has {count} cells, the header {expected}."
            faults.append(Fault("", "cells", text))
        if faults:
            raise BadRow(faults)
        pairs = zip(self.names, row.cells, strict=False)
        return {name: cell for name, cell in pairs if cell}

    def _named(self, fault: CellFault) -> Fault:
        is_named = 0 <= fault.place < len(self.names)
        return Fault(self.names[fault.place] if is_named else "", fault.code, fault.text)


def _complaints(names: Sequence[str], description: RowDescription[Item]) -> list[str]:
    missing = [" or ".join(group) for group in description.needs if not set(group) & set(names)]
    unknown = [name or "(no name)" for name in names if name not in description.columns]
    repeated = sorted({name for name in names if names.count(name) > 1 and name})
    return [
        f"{kind} {_shown(found)}."
        for kind, found in (
            ("Missing in the header:", missing),
            ("Unknown in the header:", unknown),
            ("More than once in the header:", repeated),
        )
        if found
    ]


def _shown(names: Sequence[str], at_most: int = 10) -> str:
    """A wrong file may begin with anything."""
    shown = [repr(name[:40]) if len(name) > 40 else name for name in names[:at_most]]
    return ", ".join(shown) + (" …" if len(names) > at_most else "")
