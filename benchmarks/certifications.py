"""Certifications: twenty types and ten qualifications in each tenant, one role for everybody."""

from collections.abc import Sequence
from http import HTTPStatus

from benchmarks import crowds
from benchmarks.cases import API, Case, body
from benchmarks.load import CONNECTIONS, UNIQUE, LoadError, Request
from benchmarks.population import Person
from tenants.models import Role

PAGE, MOST = 50, 200
FEW = 2  # connections, where each request takes a process for a while
WRITTEN = (HTTPStatus.OK, HTTPStatus.CREATED)


def populate(people: Sequence[Person], rows: int) -> None:
    """An earlier run's rows are used again."""
    crowds.populate(sorted({person.tenant_id for person in people}), rows // len(people))


def cases(people: Sequence[Person]) -> list[Case]:
    issuers = [person for person in people if person.role is Role.ISSUER]
    return [*writes(people), *pages(issuers, "")]


def writes(people: Sequence[Person]) -> list[Case]:
    record = {
        "issued_on": "2026-01-01",
        "expires_on": "2029-01-01",
        "issuer_name": "Red Cross",
        "serial_number": f"RC-{UNIQUE}",
    }
    pair = {"external_source": "benchmark", "external_id": "one"}
    update = "certifications: POST of an external pair, an update"
    return [
        posted("certifications: POST, with Idempotency-Key", people, "new", body(**record)),
        posted(update, people, "pair", body(**record, **pair)),
    ]


def posted(name: str, people: Sequence[Person], key: str, sent: str) -> Case:
    return Case(
        name,
        [
            Request(
                "POST",
                f"{API}/certifications",
                {**person.signed_in, "Idempotency-Key": f"{key}-{UNIQUE}"},
                sent,
            )
            for person in people
        ],
        lambda status, answer: (
            status in WRITTEN and answer["data"]["serial_number"] == f"RC-{UNIQUE}"
        ),
    )


def pages(issuers: Sequence[Person], suffix: str) -> list[Case]:
    """First pages of fifty."""
    return [
        first_page(f"certifications: {name}{suffix}", issuers, path, connections)
        for name, path, connections in (
            ("first page", "certifications", CONNECTIONS),
            ("valid ones", "certifications?validity_status=valid", CONNECTIONS),
            ("expired ones", "certifications?validity_status=expired", CONNECTIONS),
            ("qualification results", "qualification-results", FEW),
            ("expirations", "expirations", FEW),
        )
    ]


def first_page(
    name: str, issuers: Sequence[Person], path: str, connections: int = CONNECTIONS
) -> Case:
    return Case(
        name,
        [Request("GET", f"{base(issuer)}/{path}", issuer.signed_in) for issuer in issuers],
        lambda status, answer: status == HTTPStatus.OK and len(answer["data"]) == PAGE,
        connections=connections,
    )


def page(name: str, issuer: Person, number: int, port: int) -> Case:
    """A page far back in the list: the cursor is found by paging there."""
    passed, cursor = 0, ""
    while left := (number - 1) * PAGE - passed:
        step = min(left, MOST)
        path = f"{base(issuer)}/certifications?limit={step}{cursor}"
        cursor = f"&cursor={follow(Request('GET', path, issuer.signed_in), port)[1]}"
        passed += step
    return first_page(name, [issuer], f"certifications?limit={PAGE}{cursor}")


def all_results(issuer: Person, port: int) -> int:
    """Every page of the qualification results, one after the other; how many results they have."""
    number, cursor = 0, ""
    while True:
        path = f"{base(issuer)}/qualification-results?limit={MOST}{cursor}"
        found, following = follow(Request("GET", path, issuer.signed_in), port)
        number += found
        if following is None:
            return number
        cursor = f"&cursor={following}"


def follow(request: Request, port: int) -> tuple[int, str | None]:
    """How many items a page has, and the cursor of the next."""
    status, answer = request.answer(port)
    if status != HTTPStatus.OK:
        raise LoadError(f"{request.path} answered {status}")
    return len(answer["data"]), answer["page"]["next_cursor"]


def base(issuer: Person) -> str:
    return f"{API}/organizations/{issuer.tenant_id}"
