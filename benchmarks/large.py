"""What a large organization pays: long lists of certifications, and the results of all members."""

import time
from datetime import UTC, datetime

from benchmarks import certifications, population
from benchmarks.cases import Case
from benchmarks.crowds import Crowd
from benchmarks.population import Person
from credentials.certifications import qualifying

LONG, WIDE = Crowd(10_000, 100), Crowd(10_000, 20)
NARROW = Crowd(1_000, 20)
QUICK_LONG, QUICK_WIDE, QUICK_NARROW = Crowd(1_200, 50), Crowd(200, 20), Crowd(100, 20)
FAR = 1_000
TURNS = 5


def populate(*, quick: bool) -> tuple[Person, Person, Person]:
    """The issuers of a long list, of many members and of a thousand."""
    crowds = (QUICK_LONG, QUICK_WIDE, QUICK_NARROW) if quick else (LONG, WIDE, NARROW)
    issuers = []
    for crowd in crowds:
        started = time.monotonic()
        issuers.append(crowd.made())
        took = time.monotonic() - started
        print(f"{crowd.records:,} certifications of {crowd.members:,} members: {took:.0f} s.")
    population.settle()
    long, wide, narrow = issuers
    return long, wide, narrow


def cases(long: Person, wide: Person, port: int) -> list[Case]:
    """The first one is what the others are compared with."""
    of_long = certifications.pages([long], ", long")
    of_wide = certifications.pages([wide], ", many members")
    far = certifications.page(f"certifications: page {FAR:,}, long", long, FAR, port)
    return [of_long[0], far, *of_long[1:3], *of_wide[3:]]


def tell_results(issuer: Person, port: int) -> None:
    """All results of an organization: in one statement, and page by page as a client reads them."""
    took = []
    today = datetime.now(UTC).date()
    for _ in range(TURNS):
        started = time.monotonic()
        found = qualifying.results(issuer.tenant_id, on=today)
        took.append(time.monotonic() - started)
    started = time.monotonic()
    paged = certifications.all_results(issuer, port)
    paging = time.monotonic() - started
    print(
        f"{len(found):,} results in one statement: {min(took):.2f} to {max(took):.2f} s;"
        f" {paged:,} in pages of {certifications.MOST}: {paging:.1f} s."
    )
