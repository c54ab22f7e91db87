"""Awards of programs: as many as there are records, most of them to names without an account."""

from collections.abc import Iterator, Sequence

from django.db import connection

from benchmarks.cases import API, Case, body
from benchmarks.load import UNIQUE, Request
from benchmarks.population import Person
from credentials.models import Program, UserCredential
from tenants import walls
from tenants.models import Role

TABLE = UserCredential._meta.db_table
PROGRAMS, PAGE = 10, 20
PATCHED = 4  # awards of each issuer, revoked and awarded again in turn

INSERT = f"""
insert into {TABLE} (uuid, tenant_id, username, program_id, status, awarded_at, revocation_reason,
    created_at, modified_at)
select gen_random_uuid(), p.tenant_id, 'learner-' || place, p.id, 'awarded', now(), '', now(), now()
from generate_series(1, %s) as place, credentials_program p where p.tenant_id = any(%s)
order by place, p.program_id, p.tenant_id
"""


def populate(people: Sequence[Person], rows: int) -> None:
    """An earlier run's rows are used again. Look-ups are kept by triggers."""
    tenants = sorted({person.tenant_id for person in people})
    with walls.platform_work():
        if Program.objects.filter(tenant_id=tenants[0]).exists():
            return
        Program.objects.bulk_create(
            Program(tenant_id=tenant, program_id=number, title=f"Program {number}")
            for tenant in tenants
            for number in range(1, PROGRAMS + 1)
        )
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [rows // len(tenants) // PROGRAMS, tenants])


def cases(people: Sequence[Person]) -> list[Case]:
    issuers = [person for person in people if person.role is Role.ISSUER]
    return [
        Case(
            "POST an award, with Idempotency-Key",
            [
                Request(
                    "POST",
                    f"{API}/user_credentials/",
                    {**issuer.signed_in, "Idempotency-Key": f"benchmark-{UNIQUE}"},
                    award(f"new-{UNIQUE}"),
                )
                for issuer in issuers
            ],
            lambda status, answer: status == 201 and answer["status"] == "awarded",
        ),
        Case(
            "PATCH an award",
            list(moves(issuers)),
            lambda status, answer: status == 200 and answer["status"] in {"revoked", "awarded"},
        ),
        Case(
            "awards of a program, a page with its count",
            [
                Request("GET", f"{API}/program_credentials/?program_id=1", issuer.signed_in)
                for issuer in issuers
            ],
            lambda status, answer: status == 200 and len(answer["results"]) == PAGE,
        ),
        Case(
            "awards of a name",
            [
                Request("GET", f"{API}/user_credentials/?username=learner-7", issuer.signed_in)
                for issuer in issuers
            ],
            lambda status, answer: status == 200 and answer["count"] == PROGRAMS,
        ),
    ]


def award(username: str) -> str:
    return body(username=username, credential={"program_id": 1}, status="awarded")


def moves(issuers: Sequence[Person]) -> Iterator[Request]:
    """Each a change: all are revoked, then all awarded again."""
    ids = owned(issuers)
    for status in ("revoked", "awarded"):
        for issuer in issuers:
            for award_id in ids[issuer.tenant_id]:
                yield Request(
                    "PATCH",
                    f"{API}/user_credentials/{award_id}",
                    issuer.signed_in,
                    body(status=status),
                )


def owned(issuers: Sequence[Person]) -> dict[int, list[int]]:
    """Some awards of each issuer's tenant."""
    with walls.platform_work():
        return {
            issuer.tenant_id: list(
                UserCredential.objects.filter(tenant_id=issuer.tenant_id)
                .order_by("id")
                .values_list("id", flat=True)[:PATCHED]
            )
            for issuer in issuers
        }
