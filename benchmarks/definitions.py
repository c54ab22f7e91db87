"""Credential definitions and their assertions: 2,000 definitions in each tenant."""

from collections.abc import Sequence

from django.db import connection

from benchmarks.cases import API, Case, body
from benchmarks.load import UNIQUE, Request
from benchmarks.population import Person
from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tenants import walls
from tenants.models import Role

DEFINITIONS = 100_000
COURSES, PROGRAMS = 100, 20  # of each tenant
BULK = 1000

INSERT = f"""
insert into {CredentialDefinition._meta.db_table} (uuid, tenant_id, issuer_id, name, description,
    credential_type, html_template, css_template, icon_image, background_image, thumbnail_image,
    criteria_url, criteria_text, issuing_signal, is_public, courses, programs, revoked,
    valid_for_duration, created_at, modified_at)
select gen_random_uuid(), i.tenant_id, i.id, 'Welding, part ' || place,
    'What is learned in part ' || place || ' of the workshop.', 'CERTIFICATE',
    '<h1>{{{{ credential_name }}}}</h1><p>{{{{ recipient_name }}}}</p>', 'h1 {{ color: #234 }}',
    '', '', '', '', '', 'COURSE_PASSED', true, array['course-' || place %% {COURSES}],
    array['program-' || place %% {PROGRAMS}], false, '', now(), now()
from generate_series(1, %s) as place, {IssuerProfile._meta.db_table} i
where i.tenant_id = any(%s)
order by place, i.tenant_id
"""
ISSUE = f"""
insert into {Assertion._meta.db_table} (uuid, tenant_id, definition_id, identity, status,
    awarded_at, narrative, evidence_url, revocation_reason, created_at, modified_at)
select gen_random_uuid(), d.tenant_id, d.id, 'learner-' || place || '@mail.example', 'awarded',
    now(), '', '', '', now(), now()
from generate_series(1, %s) as place, {CredentialDefinition._meta.db_table} d
where d.tenant_id = any(%s)
order by place, d.id
"""


def populate(people: Sequence[Person], assertions: int) -> None:
    """An earlier run's rows are used again."""
    tenants = sorted({person.tenant_id for person in people})
    with walls.platform_work():
        if IssuerProfile.objects.filter(tenant_id=tenants[0]).exists():
            return
        IssuerProfile.objects.bulk_create(
            IssuerProfile(tenant_id=tenant, name="Workshop") for tenant in tenants
        )
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [DEFINITIONS // len(tenants), tenants])
            cursor.execute(ISSUE, [max(1, assertions // DEFINITIONS), tenants])


def cases(people: Sequence[Person]) -> list[Case]:
    issuers = [person for person in people if person.role is Role.ISSUER]
    return [*lists(issuers), *issues(issuers)]


def lists(issuers: Sequence[Person]) -> list[Case]:
    """A page of ten with its count, each of one tenant."""
    return [
        Case(
            f"definitions by {name}",
            [Request("GET", f"{base(issuer)}?{query}", issuer.signed_in) for issuer in issuers],
            lambda status, answer: status == 200 and answer["result"]["count"] > 1,
        )
        for name, query in (
            ("search", "search=part+77"),
            ("course", "course=course-7"),
            ("program", "program=program-7"),
        )
    ]


def issues(issuers: Sequence[Person]) -> list[Case]:
    definitions = newest(issuers)
    many = [f"new-{UNIQUE}-{place}@mail.example" for place in range(BULK)]
    return [
        Case(
            "issue one, with Idempotency-Key",
            [
                Request(
                    "POST",
                    f"{base(issuer)}{definitions[issuer.tenant_id]}/assertions/",
                    {**issuer.signed_in, "Idempotency-Key": f"benchmark-{UNIQUE}"},
                    body(recipient={"identity": f"new-{UNIQUE}@mail.example"}),
                )
                for issuer in issuers
            ],
            lambda status, answer: status == 201 and not answer["result"]["revoked"],
        ),
        Case(
            f"issue {BULK:,} in bulk",
            [
                Request(
                    "POST",
                    f"{base(issuer)}{definitions[issuer.tenant_id]}/assertions/bulk/",
                    issuer.signed_in,
                    body(users=many),
                )
                for issuer in issuers
            ],
            # In another run on the same data those of the first look are issued already.
            lambda status, answer: len(answer["issued"]) + len(answer["skipped"]) == BULK,
            connections=2,  # each takes a process for a while
        ),
    ]


def base(issuer: Person) -> str:
    return f"{API}/credentials/orgs/{issuer.tenant_id}/users/me/"


def newest(issuers: Sequence[Person]) -> dict[int, str]:
    """One definition of each issuer's tenant."""
    mine = CredentialDefinition.objects.filter(tenant_id__in=[each.tenant_id for each in issuers])
    with walls.platform_work():
        found = mine.order_by("tenant_id", "-id").distinct("tenant_id")
        return {row.tenant_id: str(row.uuid) for row in found.only("tenant_id", "uuid")}
