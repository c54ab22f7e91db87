"""What is measured: each kind of request, for many people and records in turn."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.bare import PREFIX
from benchmarks.load import CONNECTIONS, UNIQUE, LoadError, Request
from benchmarks.population import TABLE, Person
from tenants import walls
from tenants.models import Role

API = "/api/v1"
RECORDS_PER_PERSON = 10
TAGGED = 500


@dataclass(frozen=True)
class Case:
    name: str
    requests: Sequence[Request]
    is_right: Callable[[int, Any], bool]
    goal: float | None = None
    connections: int = CONNECTIONS

    def check(self, port: int) -> None:
        """The first and the last request are answered as they should be."""
        for request in (self.requests[0], self.requests[-1]):
            status, answer = request.answer(port)
            if not self.is_right(status, answer):
                raise LoadError(f"{self.name}: {request.path} answered {status} {answer!s:.300}")


@dataclass(frozen=True)
class Owned:
    """A record and the person who holds it."""

    id: int
    holder: Person


def owned(people: Sequence[Person]) -> list[Owned]:
    """Some records of each person, so that neighbours in the list are of different people."""
    with walls.platform_work(), connection.cursor() as cursor:
        cursor.execute(
            "select mine.id, mine.holder_id"
            " from unnest(%s::bigint[], %s::bigint[]) as person (t, u),"
            f" lateral (select id, holder_id from {TABLE} where tenant_id = person.t and"
            " holder_id = person.u and state = 1 order by id limit %s) as mine",
            [
                [person.tenant_id for person in people],
                [person.user_id for person in people],
                RECORDS_PER_PERSON,
            ],
        )
        ids: dict[int, list[int]] = {}
        for record, holder in cursor.fetchall():
            ids.setdefault(holder, []).append(record)
    return [
        Owned(ids[person.user_id][place], person)
        for place in range(RECORDS_PER_PERSON)
        for person in people
    ]


def bare() -> Case:
    return Case("bare view", [Request("GET", f"{PREFIX}nothing")], lambda status, _: status == 200)


def floor(records: Sequence[Owned]) -> Case:
    return Case(
        "one SELECT in a bare view",
        [Request("GET", f"{PREFIX}one-select/{record.id}") for record in records],
        lambda status, answer: status == 200 and "title" in answer,
    )


def portal(people: Sequence[Person], records: Sequence[Owned], port: int) -> list[Case]:
    return [*reads(people, records, port), *writes(people, records)]


def reads(people: Sequence[Person], records: Sequence[Owned], port: int) -> list[Case]:
    public = [Request("GET", f"{API}/public/user-micro-credential/{row.id}") for row in records]
    issuers = [person for person in people if person.role is Role.ISSUER]
    return [
        get_one(records),
        Case(
            "GET one, API token",
            [Request("GET", f"{one(row)}", row.holder.integration) for row in records],
            lambda status, answer: status == 200 and "title" in answer,
            0.30,
        ),
        Case("public GET, 200", public, lambda status, answer: status == 200, 0.50),
        Case(
            "public GET, 304",
            [tagged(request, port) for request in public[:TAGGED]],
            lambda status, answer: status == 304 and answer is None,
            0.50,
        ),
        list_page("list of 50", issuers, 0.20),
    ]


def get_one(records: Sequence[Owned]) -> Case:
    return Case(
        "GET one",
        [Request("GET", one(row), row.holder.signed_in) for row in records],
        lambda status, answer: status == 200 and "title" in answer,
        0.30,
    )


def list_page(
    name: str, issuers: Sequence[Person], goal: float | None = None, *, at_least: int = 51
) -> Case:
    """The first page of all that the tenant has, with its count."""
    return Case(
        name,
        [
            Request("GET", f"{API}/user-micro-credentials?limit=50", issuer.signed_in)
            for issuer in issuers
        ],
        lambda status, answer: (
            status == 200 and len(answer["results"]) == 50 and answer["count"] >= at_least
        ),
        goal,
    )


def writes(people: Sequence[Person], records: Sequence[Owned]) -> list[Case]:
    return [
        post(people),
        Case(
            "PATCH",
            [
                Request("PATCH", one(row), row.holder.signed_in, body(title=f"Course {UNIQUE}"))
                for row in records
            ],
            lambda status, answer: status == 200 and answer["title"] == f"Course {UNIQUE}",
        ),
    ]


def post(people: Sequence[Person]) -> Case:
    record = body(
        title=f"Course {UNIQUE}",
        issued="2024-03-01T09:00:00Z",
        expires="2027-03-01T09:00:00+01:00",
        website_url="https://school.example/welding",
    )
    return Case(
        "POST with Idempotency-Key",
        [
            Request(
                "POST",
                f"{API}/user-micro-credentials",
                {**person.signed_in, "Idempotency-Key": f"benchmark-{UNIQUE}"},
                record,
            )
            for person in people
        ],
        lambda status, answer: status == 200 and answer["title"] == f"Course {UNIQUE}",
        0.20,
    )


def one(row: Owned) -> str:
    return f"{API}/user-micro-credential/{row.id}"


def body(**fields: Any) -> str:
    return json.dumps(fields)


def tagged(request: Request, port: int) -> Request:
    _, headers, _ = request.send(port)
    return Request(request.method, request.path, {"If-None-Match": headers["ETag"]})


def by_turns(people: Sequence[Person]) -> list[Person]:
    """Everybody's neighbour is of another tenant."""
    each = [
        list(group) for _, group in itertools.groupby(people, key=lambda person: person.tenant_id)
    ]
    return [person for turn in zip(*each, strict=True) for person in turn]
