"""All five families of one large organization: wallets, and the search for any credential."""

import time
from http import HTTPStatus

from benchmarks import population
from benchmarks.cases import API, Case
from benchmarks.crowds import Crowd, execute
from benchmarks.load import LoadError, Request
from benchmarks.population import Person
from credentials.models import DiplomaTitle
from tenants import walls
from tenants.models import Membership

# So many members, and so many credentials of each family for each of them.
WIDE, QUICK = Crowd(10_000, 100), Crowd(200, 20)
PAGE = 50
FEW = 2  # connections, where a request takes a process for a while
AWAITED = 10  # of each hundred awards and assertions, those to names that nobody bears

# As they come in over five years, everybody's first, everybody's second, ...
HELD = """
from generate_series(1, %(each)s::int) as place cross join tenants_membership m
    cross join lateral (
        select now() - (%(each)s - place) * interval '1825 days' / %(each)s as day) made
    {named}
where m.tenant_id = %(tenant)s
order by place, m.id
"""
CATALOGUES = (
    """
    insert into credentials_diplomatitle (uuid, tenant_id, name, created_at, modified_at)
    select gen_random_uuid(), %(tenant)s, 'Master of trade ' || place, now(), now()
    from generate_series(1, %(each)s::int) as place
    """,
    """
    insert into credentials_program (uuid, tenant_id, program_id, title, is_active, created_at,
        modified_at)
    select gen_random_uuid(), %(tenant)s, place, 'Program ' || place, true, now(), now()
    from generate_series(1, %(each)s::int) as place
    """,
    """
    insert into credentials_issuerprofile (uuid, tenant_id, name, url, email, description, image,
        created_at, modified_at)
    values (gen_random_uuid(), %(tenant)s, 'Workshop', '', '', '', '', now(), now())
    """,
    """
    insert into credentials_credentialdefinition (uuid, tenant_id, issuer_id, name, description,
        credential_type, html_template, css_template, icon_image, background_image,
        thumbnail_image, criteria_url, criteria_text, issuing_signal, is_public, courses, programs,
        revoked, valid_for_duration, created_at, modified_at)
    select gen_random_uuid(), i.tenant_id, i.id, 'Welding, part ' || place, '', 'CERTIFICATE',
        '', '', '', '', '', '', '', '', true, array[]::text[], array[]::text[], false, '', now(),
        now()
    from generate_series(1, %(each)s::int) as place, credentials_issuerprofile i
    where i.tenant_id = %(tenant)s
    order by place
    """,
)
FAMILIES = (
    """
    insert into credentials_microcredential (uuid, tenant_id, holder_id, title, issued_at,
        expires_at, website_url, state, created_at, modified_at)
    select gen_random_uuid(), m.tenant_id, m.user_id,
        'Course ' || place || ' in welding, group ' || m.id, made.day,
        made.day + interval '3 years', '', 1, made.day, made.day
    """
    + HELD.format(named=""),
    """
    insert into credentials_diploma (uuid, tenant_id, holder_id, title_id, obtained_at, created_at,
        modified_at)
    select gen_random_uuid(), m.tenant_id, m.user_id, t.id, made.day, made.day, made.day
    """
    + HELD.format(
        named="join credentials_diplomatitle t on t.tenant_id = %(tenant)s"
        " and t.name = 'Master of trade ' || place"
    ),
    """
    insert into credentials_usercredential (uuid, tenant_id, holder_id, username, program_id,
        status, awarded_at, revoked_at, revocation_reason, created_at, modified_at)
    select gen_random_uuid(), m.tenant_id,
        case when place > %(each)s * %(awaited)s / 100 then m.user_id end,
        'learner-' || m.id, p.id,
        case when m.id %% 1000 = 0 then 'revoked' else 'awarded' end, made.day,
        case when m.id %% 1000 = 0 then now() end, '', made.day, made.day
    """
    + HELD.format(
        named="join credentials_program p on p.tenant_id = %(tenant)s and p.program_id = place"
    ),
    """
    insert into credentials_assertion (uuid, tenant_id, definition_id, holder_id, identity, status,
        awarded_at, expires_at, narrative, evidence_url, revocation_reason, created_at,
        modified_at)
    select gen_random_uuid(), m.tenant_id, d.id,
        case when place > %(each)s * %(awaited)s / 100 then m.user_id end,
        'learner-' || m.id || '@mail.example', 'awarded', made.day, made.day + interval '3 years',
        '', '', '', made.day, made.day
    """
    + HELD.format(
        named="join credentials_credentialdefinition d on d.tenant_id = %(tenant)s"
        " and d.name = 'Welding, part ' || place"
    ),
)


def populate(*, quick: bool) -> tuple[Crowd, Person]:
    """Its issuer; an earlier run's rows are used again."""
    crowd = QUICK if quick else WIDE
    started = time.monotonic()
    issuer = crowd.made()
    numbers = {"tenant": issuer.tenant_id, "each": crowd.each, "awaited": AWAITED}
    with walls.platform_work():
        is_populated = DiplomaTitle.objects.filter(tenant_id=issuer.tenant_id).exists()
    # Settled in between, or the rows would be made as if the catalogues were empty.
    for statements in () if is_populated else (CATALOGUES, FAMILIES):
        with walls.platform_work():
            execute(numbers, *statements)
        population.settle()
    took = time.monotonic() - started
    print(f"{crowd.records:,} credentials of each family: {took:.0f} s.")
    return crowd, issuer


def cases(crowd: Crowd, issuer: Person, port: int) -> list[Case]:
    """The first one is what the others are compared with."""
    member = somebody(issuer)
    own = f"{API}/users/{member.person_id}/credentials"
    following = follow(Request("GET", f"{own}?limit={PAGE}", issuer.signed_in), port)
    searches = {
        "all": "",
        "revoked ones": "status=revoked",
        "by a username": f"search={crowd.slug}-{crowd.members // 2}",
        "by a name that all have": "search=Kim+Doe",
        "by the title of a program": "search=Program+7",
        "by a word of a micro-credential": "search=group+77",
        "by a serial number": f"search=RC-{member.pk}-1",
        "by what nothing has": "search=nothing+has+this",
    }
    return [
        listed("wallet: first page of a member", [issuer], own, at_least=PAGE),
        listed("wallet: second page", [issuer], f"{own}?cursor={following}", at_least=1),
        listed("wallet: diplomas", [issuer], f"{own}?kind=diploma", at_least=PAGE // 3),
        *(
            listed(f"credentials: {name}", [issuer], f"{API}/credentials?{query}")
            for name, query in searches.items()
        ),
    ]


def listed(name: str, people: list[Person], path: str, *, at_least: int = 0) -> Case:
    return Case(
        name,
        [Request("GET", path, person.signed_in) for person in people],
        lambda status, answer: status == HTTPStatus.OK and len(answer["data"]) >= at_least,
        connections=FEW,
    )


def somebody(issuer: Person) -> Membership:
    """One of the members in the midst of them."""
    with walls.platform_work():
        members = Membership.objects.filter(tenant_id=issuer.tenant_id).order_by("id")
        return members[members.count() // 2]


def follow(request: Request, port: int) -> str:
    status, answer = request.answer(port)
    if status != HTTPStatus.OK:
        raise LoadError(f"{request.path} answered {status}")
    return str(answer["page"]["next_cursor"])
