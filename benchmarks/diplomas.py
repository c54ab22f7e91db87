"""Diplomas: as many as there are records, each with a stored file of which nobody has the bytes."""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.db import connection

from benchmarks.cases import API, Case, body
from benchmarks.load import UNIQUE, Request
from benchmarks.population import Person
from credentials.models import Diploma, DiplomaTitle
from tenants import walls

TITLES, PAGE, READ = 20, 50, 10
OWN = f"{API}/users/me/diplomas"
# As they might have come: everybody's first, everybody's second, ...
HELD = """
insert into credentials_diploma (uuid, tenant_id, holder_id, title_id, obtained_at, created_at,
    modified_at)
select gen_random_uuid(), m.tenant_id, m.user_id, t.id, now(), now(), now()
from generate_series(1, %(each)s::int) as place cross join tenants_membership m
    join credentials_diplomatitle t
        on t.tenant_id = m.tenant_id and t.name = 'Title ' || place %% %(titles)s
where m.tenant_id = any(%(tenants)s)
order by place, m.id
"""
FILES = """
insert into credentials_diplomafile (uuid, tenant_id, diploma_id, name, content_type, size, key,
    sha256, stored_at, created_at)
select gen_random_uuid(), tenant_id, id, 'diploma-' || id || '.pdf', 'application/pdf', 48213,
    gen_random_uuid(), sha256('of nothing'), now(), now()
from credentials_diploma where tenant_id = any(%(tenants)s) order by id
"""


def populate(people: Sequence[Person], rows: int) -> None:
    """An earlier run's rows are used again."""
    tenants = sorted({person.tenant_id for person in people})
    with walls.platform_work():
        if DiplomaTitle.objects.filter(tenant_id=tenants[0]).exists():
            return
        DiplomaTitle.objects.bulk_create(
            DiplomaTitle(tenant_id=tenant, name=f"Title {number}")
            for tenant in tenants
            for number in range(TITLES)
        )
        facts: dict[str, Any] = {"tenants": tenants, "each": rows // len(people), "titles": TITLES}
        with connection.cursor() as cursor:
            cursor.execute(HELD, facts)
            cursor.execute(FILES, facts)


def cases(people: Sequence[Person]) -> list[Case]:
    return [
        posted(people),
        Case(
            "diplomas: GET one, with its address",
            list(reads(people)),
            lambda status, answer: status == HTTPStatus.OK and "presignedUrl" in answer,
        ),
        page("diplomas: first page of 50", people, ""),
        page("diplomas: first page of 50, with addresses", people, "&extend=presigned-url"),
    ]


def posted(people: Sequence[Person]) -> Case:
    with walls.platform_work():
        titles = dict(DiplomaTitle.objects.filter(name="Title 0").values_list("tenant_id", "id"))
    attachment = {"name": f"{UNIQUE}.pdf", "mimeType": "application/pdf", "size": 48213}
    return Case(
        "diplomas: POST with an attachment, with Idempotency-Key",
        [
            Request(
                "POST",
                OWN,
                {**person.both, "Idempotency-Key": f"diploma-{UNIQUE}"},
                body(titleId=titles[person.tenant_id], attachment=attachment),
            )
            for person in people
        ],
        lambda status, answer: status == HTTPStatus.CREATED and "uploadUrl" in answer,
    )


def reads(people: Sequence[Person]) -> list[Request]:
    """Some of each person's, so that neighbours are of different people."""
    with walls.platform_work():
        ids: dict[int, list[int]] = {}
        found = Diploma.objects.filter(title__name="Title 1").order_by("id")
        for record, holder in found.values_list("id", "holder_id"):
            ids.setdefault(holder, []).append(record)
    return [
        Request("GET", f"{OWN}/{record}", person.both)
        for person in people
        for record in islice(ids[person.user_id], READ)
    ]


def page(name: str, people: Sequence[Person], query: str) -> Case:
    return Case(
        name,
        [Request("GET", f"{OWN}?pageSize={PAGE}{query}", person.both) for person in people],
        lambda status, answer: (
            status == HTTPStatus.OK
            and len(answer["data"]) == min(PAGE, answer["totalCount"]) > 1
            and ("presignedUrl" in answer["data"][0]) == bool(query)
        ),
    )
