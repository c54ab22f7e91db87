"""What the admin is measured on: an organization of 10,000 members and a million rows of each kind.

Beside it there are others, so that pages of the whole platform have something to pass over.
"""

import time
from dataclasses import dataclass

from benchmarks import population
from benchmarks.crowds import Crowd, execute
from benchmarks.population import Person
from credentials.models import MicroCredential
from tenants import walls
from tenants.models import Role, Tenant
from users.models import User

MEMBERS, EACH, TENANTS = 10_000, 100, 20
QUICK_MEMBERS, QUICK_EACH, QUICK_TENANTS = 100, 20, 3

# Names that differ, so that a search for one finds few among many.
NAMED = """
update users_user u set first_name = (array['Ada', 'Bo', 'Chiara', 'Dmitri', 'Elif', 'Femi',
        'Grace', 'Hanna', 'Ines', 'Jun'])[1 + m.id % 10],
    last_name = 'Family' || m.id / 10 % 100
from tenants_membership m where m.user_id = u.id and m.tenant_id = any(%(tenants)s)
"""
CATALOGUES = (
    """
    insert into credentials_program (uuid, tenant_id, title, program_id, is_active, created_at,
        modified_at)
    select gen_random_uuid(), tenant, 'Program ' || place, place, true, now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant, generate_series(1, %(each)s::int) as place
    """,
    """
    insert into credentials_issuerprofile (uuid, tenant_id, name, url, email, description, image,
        created_at, modified_at)
    select gen_random_uuid(), tenant, 'Workshop', '', '', '', '', now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant
    """,
    """
    insert into credentials_credentialdefinition (uuid, tenant_id, issuer_id, name, description,
        credential_type, html_template, css_template, icon_image, background_image,
        thumbnail_image, criteria_url, criteria_text, issuing_signal, is_public, courses, programs,
        revoked, valid_for_duration, created_at, modified_at)
    select gen_random_uuid(), i.tenant_id, i.id, 'Welding, part ' || place, '', 'CERTIFICATE', '',
        '', '', '', '', '', '', '', true, '{}', '{}', false, '', now(), now()
    from credentials_issuerprofile i, generate_series(1, %(each)s::int) as place
    where i.tenant_id = any(%(tenants)s) order by place
    """,
    """
    insert into credentials_diplomatitle (uuid, tenant_id, name, created_at, modified_at)
    select gen_random_uuid(), tenant, 'Diploma in subject ' || place, now(), now()
    from unnest(%(tenants)s::bigint[]) as tenant, generate_series(1, %(each)s::int) as place
    """,
)
# As in `crowds`: everybody's first, everybody's second, ..., over five years.
GIVEN = """
from generate_series(1, %(each)s::int) as place cross join tenants_membership m
    join users_user u on u.id = m.user_id
    cross join lateral (select ((m.id * 7919 + place * 104729) % 100003)::int as number) drawn
    cross join lateral (
        select now() - interval '1 day' * (1825 - (1825 * place / %(each)s)::int
            + drawn.number % 60) as at
    ) given
"""
OF_TENANTS = "where m.tenant_id = any(%(tenants)s) order by place, m.id"
ROWS = {
    "micro-credentials": f"""
    insert into credentials_microcredential (uuid, tenant_id, holder_id, title, issued_at,
        expires_at, website_url, state, created_at, modified_at)
    select gen_random_uuid(), m.tenant_id, u.id, 'Course ' || drawn.number || ' in welding',
        given.at, given.at + interval '3 years', '', case when drawn.number % 50 = 0 then 0 else 1
        end, given.at, given.at
    {GIVEN} {OF_TENANTS}
    """,
    "program credentials": f"""
    insert into credentials_usercredential (uuid, tenant_id, holder_id, username, program_id,
        status, awarded_at, revoked_at, revocation_reason, created_at, modified_at)
    select gen_random_uuid(), m.tenant_id, u.id, u.username, p.id,
        case when drawn.number % 50 = 0 then 'revoked' else 'awarded' end, given.at,
        case when drawn.number % 50 = 0 then given.at + interval '9 days' end, '', given.at,
        given.at
    {GIVEN} join credentials_program p on p.tenant_id = m.tenant_id and p.program_id = place
    {OF_TENANTS}
    """,
    "assertions": f"""
    insert into credentials_assertion (uuid, tenant_id, holder_id, definition_id, identity, status,
        awarded_at, expires_at, revoked_at, narrative, evidence_url, revocation_reason, created_at,
        modified_at)
    select gen_random_uuid(), m.tenant_id, u.id, d.id, u.email,
        case when drawn.number % 50 = 0 then 'revoked' else 'awarded' end, given.at,
        case when drawn.number % 2 = 0 then given.at + interval '2 years' end,
        case when drawn.number % 50 = 0 then given.at + interval '9 days' end, '', '', '',
        given.at, given.at
    {GIVEN} join credentials_credentialdefinition d on d.tenant_id = m.tenant_id
        and d.name = 'Welding, part ' || place
    {OF_TENANTS}
    """,
    "diplomas": f"""
    insert into credentials_diploma (uuid, tenant_id, holder_id, title_id, obtained_at, deleted_at,
        created_at, modified_at)
    select gen_random_uuid(), m.tenant_id, u.id, t.id, given.at,
        case when drawn.number % 100 = 0 then now() end, given.at, given.at
    {GIVEN} join credentials_diplomatitle t on t.tenant_id = m.tenant_id
        and t.name = 'Diploma in subject ' || place
    {OF_TENANTS}
    """,
    "events": """
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, actor_id, request_id, content_hash)
    select m.tenant_id, gen_random_uuid(), given.at, 'created', 'microcredential', r.id, r.uuid,
        'user', u.id, substr(md5(r.uuid::text), 1, 24), sha256(uuid_send(r.uuid))
    from credentials_microcredential r join tenants_membership m on m.tenant_id = r.tenant_id
        and m.user_id = r.holder_id join users_user u on u.id = r.holder_id
        cross join lateral (select r.created_at as at) given
    where m.tenant_id = any(%(tenants)s) order by r.id
    """,
}


@dataclass(frozen=True)
class Desks:
    """Who looks: an administrator of the large organization, and a superuser."""

    tenant: Tenant
    administrator: User
    superuser: User


def populate(*, quick: bool) -> Desks:
    """An earlier run's rows are used again."""
    members, each = (QUICK_MEMBERS, QUICK_EACH) if quick else (MEMBERS, EACH)
    large = fill(Crowd(members, each))
    for number in range(QUICK_TENANTS if quick else TENANTS):
        fill(Crowd(members // 100 + number + 10, min(each, 20)))
    population.settle()
    with walls.platform_work():
        person = User.objects.get(pk=large.user_id)
        User.objects.filter(pk=person.pk).update(is_staff=True)
        root = User.objects.filter(username="benchmark-root").first()
        root = root or User.objects.create_superuser("benchmark-root", "root@portal.example")
        return Desks(Tenant.objects.get(pk=large.tenant_id), person, root)


def fill(crowd: Crowd) -> Person:
    """Its owner."""
    issuer = crowd.made()
    with walls.platform_work():
        first = population.people(Tenant.objects.get(pk=issuer.tenant_id), 2)
        member = next(each for each in first if each.role == Role.OWNER)
        owner = Person(issuer.tenant_id, member.person_id, Role.OWNER, "", "", "")
        if MicroCredential.objects.filter(tenant_id=issuer.tenant_id).exists():
            return owner
        numbers = {"tenants": [issuer.tenant_id], "each": crowd.each}
        execute(numbers, escaped(NAMED), *CATALOGUES)
    population.settle()
    for name, statement in ROWS.items():
        started = time.monotonic()
        with walls.platform_work():
            execute(numbers, escaped(statement))
        print(f"{crowd.records:,} {name}: {time.monotonic() - started:.0f} s.", flush=True)
    return owner


def escaped(statement: str) -> str:
    """For the driver, to which a percent sign begins a parameter."""
    return statement.replace(" % ", " %% ")
