"""Organizations of any size, set by set: members, what they hold, and what their role asks for."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks import population
from benchmarks.population import Person
from credentials.models import CertificationType
from tenants import walls
from tenants.models import Role

TYPES, QUALIFICATIONS, REQUIREMENTS, COUNTING = 20, 10, 2, 4

PEOPLE = """
with person as (
    insert into users_user (uuid, username, email, password, first_name, last_name, is_superuser,
        is_staff, is_active, date_joined, state)
    select gen_random_uuid(), name, name || '@portal.example', '!', 'Kim', 'Doe', false, false,
        true, now(), 1
    from (select t.slug || '-' || place as name
        from generate_series(%(first)s::int, %(last)s) as place, tenants_tenant t
        where t.id = %(tenant)s order by place) named
    returning id
)
insert into tenants_membership (uuid, tenant_id, user_id, email, display_name, role, status,
    is_primary, created_at, modified_at)
select gen_random_uuid(), %(tenant)s, id, '', '', 'member', 'active', true, now(), now()
from person order by id
"""
# As they come in over five years, everybody's first, everybody's second, ...: the newest row is
# the one issued last. Terms are of one, two and three years; every fiftieth is archived, every
# fifth not verified, every thousandth refused.
HELD = """
insert into credentials_certification (uuid, tenant_id, membership_id, certification_type_id,
    type_owner, external_source, external_id, source, issued_on, expires_on, issuer_name,
    serial_number, lifecycle_status, verification_status, verification_note, last_verified_at,
    created_at, modified_at)
select gen_random_uuid(), m.tenant_id, m.id, t.id, t.owner, 'hr', 'record-' || m.id || '-' || place,
    'import', begun.day, begun.day + 365 * (1 + drawn.number %% 3) - drawn.number %% 97,
    'Red Cross', 'RC-' || m.id || '-' || place,
    case when drawn.number %% 50 = 0 then 'archived' else 'active' end,
    case when drawn.number %% 1000 = 1 then 'rejected'
        when drawn.number %% 5 = 2 then 'unverified' else 'verified' end,
    '', now(), now(), now()
from generate_series(1, %(each)s::int) as place cross join tenants_membership m
    cross join credentials_certificationtype t
    cross join lateral (
        -- Multiplied, so that neighbours differ.
        select ((m.id * 7919 + place * 104729) %% 100003)::int as number) drawn
    cross join lateral (
        select current_date - 1825 + (1825 * place / %(each)s)::int - drawn.number %% 60 as day
    ) begun
where m.tenant_id = any(%(tenants)s) and t.tenant_id = m.tenant_id
    and t.slug = 'type-' || place %% %(types)s
order by place, m.id
"""
# One role for everybody; its qualifications ask for one or two of four types, twice.
ASKED = (
    """
    insert into credentials_certificationtype (uuid, tenant_id, slug, title, description, status,
        created_at, modified_at)
    select gen_random_uuid(), tenant, 'type-' || place, 'Type ' || place, '', 'active', now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant, generate_series(0, %(types)s - 1) as place
    """,
    """
    insert into credentials_qualification (uuid, tenant_id, slug, title, status, created_at,
        modified_at)
    select gen_random_uuid(), tenant, 'qualification-' || place, 'Qualification ' || place,
        'active', now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant, generate_series(1, %(qualifications)s) as place
    """,
    """
    insert into credentials_requirement (uuid, tenant_id, qualification_id, minimum, verified_only)
    select gen_random_uuid(), q.tenant_id, q.id, place, q.id %% 2 = 0
    from credentials_qualification q, generate_series(1, %(requirements)s) as place
    where q.tenant_id = any(%(tenants)s)
    """,
    """
    insert into credentials_requirementtype (tenant_id, requirement_id, certification_type_id,
        type_owner)
    select r.tenant_id, r.id, t.id, t.owner
    from credentials_requirement r, generate_series(1, %(counting)s) as place,
        credentials_certificationtype t
    where r.tenant_id = any(%(tenants)s) and t.tenant_id = r.tenant_id
        and t.slug = 'type-' || (r.id * 3 + place) %% %(types)s
    """,
    """
    insert into credentials_jobrole (uuid, tenant_id, slug, title, status, created_at, modified_at)
    select gen_random_uuid(), tenant, 'responder', 'Responder', 'active', now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant
    """,
    """
    insert into credentials_jobrolequalification (tenant_id, job_role_id, qualification_id)
    select j.tenant_id, j.id, q.id from credentials_jobrole j
        join credentials_qualification q on q.tenant_id = j.tenant_id
    where j.tenant_id = any(%(tenants)s)
    """,
    """
    insert into credentials_jobroleassignment (uuid, tenant_id, membership_id, job_role_id,
        is_primary, assigned_at, created_at, modified_at)
    select gen_random_uuid(), m.tenant_id, m.id, j.id, true, now(), now(), now()
    from tenants_membership m join credentials_jobrole j on j.tenant_id = m.tenant_id
    where m.tenant_id = any(%(tenants)s) order by m.id
    """,
)


@dataclass(frozen=True)
class Crowd:
    """An organization of so many members, each with so many certifications."""

    members: int
    each: int

    @property
    def slug(self) -> str:
        return f"benchmark-of-{self.members}-times-{self.each}"

    @property
    def records(self) -> int:
        return self.members * self.each

    def made(self) -> Person:
        """Its issuer; an earlier run's rows are used again."""
        with walls.platform_work():
            tenant = population.tenant(self.slug)
            first = population.people(tenant, 2)
            if not is_populated(tenant.pk):
                numbers = {"tenant": tenant.pk, "first": 2, "last": self.members - 1}
                execute(numbers, PEOPLE)
        populate([tenant.pk], self.each)
        with walls.platform_work():
            return population.sign_in(next(each for each in first if each.role == Role.ISSUER))


def populate(tenants: list[int], each: int) -> None:
    """What these tenants' members hold, `each` so many."""
    numbers = {
        "tenants": tenants,
        "each": each,
        "types": TYPES,
        "qualifications": QUALIFICATIONS,
        "requirements": REQUIREMENTS,
        "counting": COUNTING,
    }
    with walls.platform_work():
        if is_populated(tenants[0]):
            return
        execute(numbers, *ASKED)
    # Or the rows would be made as if the tables that they are made from were empty.
    population.settle()
    with walls.platform_work():
        execute(numbers, HELD)


def is_populated(tenant_id: int) -> bool:
    return CertificationType.objects.filter(tenant_id=tenant_id).exists()


def execute(numbers: dict[str, Any], *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, numbers)
