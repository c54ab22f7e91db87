"""The rows of a crowd, as statements on the numbers of its people."""

FIRST_NAMES = (
    *("Mina", "Jonas", "Олена", "Sofía", "نور", "健二", "Léa", "Henrik", "Amara", "Łukasz"),
    *("Chidi", "Ingrid", "Rahul", "Zoë", "Thuy", "Émile", "Aylin", "Kwame", "Noa", "Iñaki"),
    *("Freja", "Ravi", "Marta"),
)
LAST_NAMES = (
    *("Demir", "Weber", "Шевчук", "Núñez", "الحداد", "田中", "Fontaine", "Sørensen", "Okafor"),
    *("Nowak", "Lindqvist", "Iyer", "van Dijk", "Nguyễn", "Dubois", "Şahin", "Mensah", "Levi"),
    *("Etxeberria",),
)
TITLES = (
    *("Welding", "First Aid", "Forklift", "Bookkeeping", "Metalwork", "Carpentry", "Plumbing"),
    *("Scaffolding", "Data Protection", "Fire Safety", "Crane Operation", "Food Hygiene"),
    *("Electrical Safety", "Bricklaying", "Glazing", "Surveying", "Rigging", "Tiling"),
    *("Joinery", "Soldering"),
)
# Where the names begin again differs, so that people differ.
TYPES = len(TITLES)


def _list(values: tuple[str, ...]) -> str:
    return f"(array[{', '.join(repr(value) for value in values)}])"


def _uuid(kind: str, number: str) -> str:
    return f"md5(concat_ws('/', 'crowd', %(slug)s::text, '{kind}', {number}))::uuid"


def _catalogue(table: str, columns: str, values: str) -> str:
    """One row for each title; what is there stays."""
    return f"""
insert into credentials_{table} (tenant_id, uuid, created_at, modified_at, {columns})
select %(tenant)s::bigint, {_uuid(table, "place")}, now(), now(), {values}
from (select place, {_list(TITLES)}[place] as title from generate_series(1, {TYPES}) place) titles
on conflict do nothing
"""


CATALOGUE = (
    _catalogue("program", "program_id, title, is_active", "place, title, true"),
    _catalogue(
        "course",
        "course_id, certificate_type, title, is_active",
        "'course-v1:Crowd+' || place, 'verified', title, true",
    ),
    _catalogue(
        "issuerprofile", "name, url, email, description, image", "'School of ' || title,'','','',''"
    ),
    _catalogue(
        "credentialdefinition",
        "issuer_id, name, description, credential_type, html_template, css_template, icon_image,"
        " background_image, thumbnail_image, criteria_url, criteria_text, issuing_signal,"
        " is_public, courses, programs, revoked, valid_for_duration",
        "(select id from credentials_issuerprofile i where i.tenant_id = %(tenant)s::bigint"
        f" and i.uuid = {_uuid('issuerprofile', 'place')}),"
        " title, '', 'CERTIFICATE', '', '', '', '', '', '', '', '', true, '{}', '{}', false, ''",
    ),
    _catalogue(
        "certificationtype",
        "slug, title, description, status",
        "'type-' || place, title, '', 'active'",
    ),
    _catalogue("diplomatitle", "name", "'Diploma of ' || title"),
)

PEOPLE = f"""
with person as (
    insert into users_user (uuid, username, email, email_verified_at, password, first_name,
        last_name, is_superuser, is_staff, is_active, date_joined, state)
    select {_uuid("person", "n")}, name, name || '@crowd.example', now(), '!',
        {_list(FIRST_NAMES)}[1 + n %% {len(FIRST_NAMES)}],
        {_list(LAST_NAMES)}[1 + n %% {len(LAST_NAMES)}],
        false, false, true, %(day)s::date, 1
    from (select n, %(slug)s::text || '-' || lpad(n::text, 8, '0') as name
        from generate_series(%(first)s::bigint, %(last)s::bigint) n) named
    order by n returning id, username
), member as (
    insert into tenants_membership (uuid, tenant_id, user_id, email, display_name, role, status,
        is_primary, created_at, modified_at)
    select md5(concat_ws('/', 'crowd', username, 'membership'))::uuid, %(tenant)s::bigint, id, '',
    '', case when username like '%%00000001' then 'owner' when id %% 100 = 0 then 'issuer'
        else 'member' end,
    'active', true, now(), now()
    from person order by username returning id, user_id
)
insert into crowd_person
select right(username, 8)::bigint, person.id, member.id, username
from person join member on member.user_id = person.id
"""
# Aside and counted, or PostgreSQL would plan for the tables as they were before the batch.
BEGIN = (
    "create temporary table crowd_person"
    " (n bigint, user_id bigint, member_id bigint, username text)"
)
COUNT, END = "analyze crowd_person", "drop table crowd_person"
# A person by number, and a day of the last five years on which something was awarded; drawn from a
# hash, so that neighbours differ.
EVERYBODY = f"""
from crowd_person p
    cross join lateral (
        select ('x' || left(md5(n || '{{kind}}'), 7))::bit(28)::int as drawn) draw
    cross join lateral (select 1 + drawn / 1000 %% {TYPES} as place) draw_of_title
    cross join lateral (
        select %(day)s::date - (drawn %% 1825)::int + time '09:00' at time zone 'UTC' as at) day
"""
AWARDED = """
case when drawn %% 25 = 0 then 'revoked' else 'awarded' end, at,
case when drawn %% 25 = 0 then at + interval '30 days' end,
case when drawn %% 25 = 0 then 'Not attended' else '' end
"""
NAMED = """
join credentials_{0} named on named.tenant_id = %(tenant)s::bigint and named.uuid = {1} order by n
"""
KINDS = ("microcredential", "usercredential", "assertion", "certification", "diploma")


def _held(kind: str, columns: str, values: str, *, of: str = "", whose: str = "p.user_id") -> str:
    """`of`: the table of the catalogue that a row names as `named`; `whose`: member or person."""
    named = NAMED.format(of, _uuid(of, "place")) if of else "order by n"
    holder = "holder_id" if whose == "p.user_id" else "membership_id"
    return f"""
insert into credentials_{kind} (tenant_id, uuid, created_at, modified_at, {holder}, {columns})
select %(tenant)s::bigint, {_uuid(kind, "n")}, now(), now(), {whose}, {values}
{EVERYBODY.format(kind=kind)} {named}
returning id, uuid, tenant_id, '{holder}' as word, {holder} as holder
"""


HELD = {
    "microcredential": _held(
        "microcredential",
        "title, issued_at, expires_at, website_url, state",
        f"{_list(TITLES)}[place] || ', basic level', at, at + interval '3 years', '', 1",
    ),
    "usercredential": _held(
        "usercredential",
        "username, program_id, status, awarded_at, revoked_at, revocation_reason",
        f"p.username, named.id, {AWARDED}",
        of="program",
    ),
    "assertion": _held(
        "assertion",
        "identity, definition_id, status, awarded_at, revoked_at, revocation_reason, expires_at,"
        " narrative, evidence_url",
        f"p.username, named.id, {AWARDED},"
        " case when drawn %% 2 = 0 then at + interval '5 years' end, '', ''",
        of="credentialdefinition",
    ),
    "certification": _held(
        "certification",
        "certification_type_id, type_owner, source, issued_on, expires_on, issuer_name,"
        " serial_number, lifecycle_status, verification_status, verification_note,"
        " last_verified_at",
        "named.id, named.owner, 'import', at::date, at::date + 365 * (1 + drawn %% 5)::int,"
        " 'Red Cross', 'RC-' || lpad(n::text, 8, '0'), 'active',"
        " case when drawn %% 5 = 2 then 'unverified' else 'verified' end, '', at",
        of="certificationtype",
        whose="p.member_id",
    ),
    "diploma": _held("diploma", "title_id, obtained_at", "named.id, at", of="diplomatitle"),
}
# As `tenants.events` writes it; it happens now, whenever the award was.
TOLD = """
with made as ({rows}), told as (
    select *, decode(md5(uuid::text), 'hex') as salt,
        '{{"address":"","after":{{"' || word || '":' || holder || '}},"before":null}}' as content
    from made
), event as (
    insert into tenants_event (tenant_id, uuid, occurred_at, action, object_kind, object_id,
        object_uuid, actor_kind, request_id, content_hash)
    select tenant_id, md5('event ' || uuid)::uuid, clock_timestamp(), 'created', '{kind}', id, uuid,
        'operator', '', sha256(salt || convert_to(content, 'UTF8'))
    from told order by id returning id, tenant_id, object_uuid
)
insert into tenants_eventcontent (event_id, tenant_id, salt, content)
select event.id, event.tenant_id, told.salt, told.content
from event join told on told.uuid = event.object_uuid
"""


def statements(*, has_history: bool) -> tuple[str, ...]:
    """Of one batch, in their order."""
    held = (
        TOLD.format(rows=rows, kind=kind) if has_history else rows for kind, rows in HELD.items()
    )
    return (BEGIN, PEOPLE, COUNT, *held, END)
