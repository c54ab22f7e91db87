"""What may be asked for, as the streams in which it is looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from credentials.core.records import anywhere
from credentials.core.wallets import Kind
from credentials.wallet import people
from credentials.wallet.streams import (
    Source,
    Stream,
    holders,
    named,
    named_anew,
    probing,
    serial_numbers,
    uuids,
    walking,
)
from tenants import ids

OF_STATUS = " and ({}) = %(status)s"


class Way(IntEnum):
    """How it is looked for; a cursor keeps the way of its first page."""

    OF_PERSON = 0
    ALL = 1
    EXACT = 2  # a uuid
    NARROW = 3  # what a text finds is looked up
    BROAD = 4  # it finds so much that what is near is found by looking
    OF_MEMBER = 5  # also of one who has not come


@dataclass(frozen=True)
class Question:
    tenant_id: int
    kinds: Sequence[Kind]
    way: Way
    status: str | None = None
    term: str = ""
    person_id: int | None = None
    found: people.Found = field(default_factory=people.Found)

    def streams(self, most: int) -> list[Stream]:
        """Each gives `most` rows at most, after `%(after_N)s`, N being its place."""
        found: list[Stream] = []
        for kind in self.kinds:
            for make, arguments in self._looks(kind):
                after = f"%(after_{len(found)})s"
                found.append(make(kind, after=after, most=most, **arguments))
        return found

    def _looks(self, kind: Kind) -> Iterator[tuple[Any, dict[str, Any]]]:
        status = OF_STATUS.format(kind.status) if self.status else ""
        match self.way:
            case Way.OF_PERSON | Way.OF_MEMBER:
                yield probing, {"sources": [holders(kind)], "where": status}
            case Way.ALL:
                yield walking, {"where": status}
            case Way.EXACT:
                yield probing, {"sources": [uuids(), *serial_numbers(kind)], "where": status}
            case Way.NARROW:
                sources = [holders(kind), *named(kind), *serial_numbers(kind)]
                yield probing, {"sources": sources, "where": status}
                if kind.text:
                    # What is found by more than that is found once.
                    where = f"{status} and {in_text(kind)} and not ({either(sources)})"
                    yield walking, {"where": where, "only": kind.text.only}
            case Way.BROAD:
                sources = [holders(kind), *named_anew(kind), *serial_numbers(kind)]
                of_text = f" or ({kind.text.only} and {in_text(kind)})" if kind.text else ""
                yield walking, {"where": f"{status} and ({either(sources)}{of_text})"}

    @property
    def person(self) -> str:
        """Of whom it is asked."""
        match self.way:
            case Way.OF_PERSON:
                return people.ONE
            case Way.NARROW | Way.OF_MEMBER:
                return people.KNOWN
            case Way.BROAD:
                return people.ALL
        return people.NOBODY

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "tenant": self.tenant_id,
            "status": self.status,
            "term": self.term,
            "pattern": anywhere(self.term),
            "uuid": ids.as_uuid(self.term),
            "person": self.person_id,
            "members": self.found.members,
            **self.found.named,
        }


def searching(
    tenant_id: int,
    kinds: Sequence[Kind],
    term: str,
    *,
    status: str | None = None,
    begun: int | None = None,
) -> Question:
    """`begun`: the way in which the first page was looked for."""
    way, found = way_of(term) if begun is None else Way(begun), people.Found()
    if way in {None, Way.NARROW}:
        found = people.search(tenant_id, kinds, term)
        way = way or (Way.BROAD if found.is_much else Way.NARROW)
    return Question(tenant_id, kinds, way, status, term, found=found)


def way_of(term: str) -> Way | None:
    """Of a text it is known only when it was looked for."""
    if not term:
        return Way.ALL
    return Way.EXACT if ids.as_uuid(term) else None


def in_text(kind: Kind) -> str:
    return f"r.{kind.text.column} ilike %(pattern)s" if kind.text else "false"


def either(sources: Sequence[Source]) -> str:
    return " or ".join(source.condition for source in sources)
