"""How diplomas and titles read, and which of them a list is about."""

from typing import Any

from credentials.core.records import Filter, Records
from credentials.diplomas.models import Diploma, DiplomaTitle
from credentials.diplomas.serializers import (
    DiplomaSerializer,
    ListedSerializer,
    PlacedSerializer,
    TitleSerializer,
)
from tenants import walls

INSTANTS = {
    "obtainedAt": "obtained_at",
    "deletedAt": "deleted_at",
    "updatedAt": "modified_at",
    "createdAt": "created_at",
}
MILLISECONDS = """to_char(r.{} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
TOLD = {name: MILLISECONDS.format(column) for name, column in INSTANTS.items()}
TITLE = "from credentials_diplomatitle t where t.tenant_id = r.tenant_id and t.id = r.title_id"
FILE = "from credentials_diplomafile f where f.tenant_id = r.tenant_id and f.diploma_id = r.id"
AWAITED, STORED = f"{FILE} and f.key is null", f"{FILE} and f.key is not null"
# What is there, else what is awaited: an index for each.
ATTACHED = f"coalesce((select {{0}} {STORED}), (select {{0}} {AWAITED}))"

# Where the file of a diploma is, for its addresses.
PLACE_OF = (
    "json_build_object('tenant', (select t.uuid from tenants_tenant t where t.id = r.tenant_id),"
    " 'diploma', r.uuid, 'awaited', {awaited}, 'stored', {stored})"
)
KEPT = (
    "(select json_build_object('key', f.key, 'name', f.name, 'content_type', f.content_type)"
    f" {STORED})"
)
PLACE = PLACE_OF.format(awaited=f"(select f.uuid {AWAITED})", stored=KEPT)
# Of a diploma that is made in the same flight as the file which is announced with it, if any.
NEW_PLACE = PLACE_OF.format(awaited="%s::uuid", stored="null")

DIPLOMAS = Records(
    Diploma,
    DiplomaSerializer,
    live="r.deleted_at is null",
    values=TOLD,
    beside={"place": PLACE},
)
# What `pages.unaddressed` makes of one; the parameter is that of the place.
NEW_DIPLOMA = f"""'{{"diploma":' || {DIPLOMAS.json} || ',"place":' || {NEW_PLACE} || '}}'"""
IN_LISTS = {
    **TOLD,
    "title": f"(select json_build_object('id', t.id, 'name', t.name) {TITLE})",
    "attachment": ATTACHED.format("json_build_object('id', f.id, 'name', f.name)"),
}
LISTED = Records(Diploma, ListedSerializer, live="r.deleted_at is null", values=IN_LISTS)
# With what the addresses are made of; a list has none to upload to.
PLACED = Records(
    Diploma,
    PlacedSerializer,
    live="r.deleted_at is null",
    values={**IN_LISTS, "place": PLACE_OF.format(awaited="null", stored=KEPT)},
)
TITLES = Records(DiplomaTitle, TitleSerializer, values=TOLD)


def of_holder(user_id: int) -> Filter:
    return Filter().also("r.holder_id = %s", user_id)


def filtered(where: Filter, query: dict[str, Any]) -> Filter:
    if "where_title_id" in query:
        where = where.also("r.title_id = %s", query["where_title_id"])
    if query["where_title_name"]:
        where = where.containing(query["where_title_name"], f"(select t.name {TITLE})")
    if query["where_attachment_name"]:
        where = where.containing(query["where_attachment_name"], ATTACHED.format("f.name"))
    return where


# Until the end of the transaction it is not deleted.
KNOWN_TITLE = (
    "select id from credentials_diplomatitle where tenant_id = %s and id = %s for key share"
)
MEMBER = """
select user_id from tenants_membership where tenant_id = %s and user_id = %s and status = 'active'
"""


def is_title(tenant_id: int, title_id: int) -> bool:
    return bool(walls.read(walls.tenant(tenant_id), KNOWN_TITLE, (tenant_id, title_id)))


def is_member(tenant_id: int, user_id: int) -> bool:
    return bool(walls.read(walls.tenant(tenant_id), MEMBER, (tenant_id, user_id)))
