"""How certifications and their types read, and which ones a list is about."""

import uuid
from typing import Any

from credentials.certifications.models import Certification, CertificationType
from credentials.certifications.serializers import (
    CertificationSerializer,
    CertificationTypeSerializer,
)
from credentials.certifications.validity import Validity, condition, validity_sql
from credentials.core.records import Filter, Records
from tenants import walls

# Of the database's clock, for what is shown as for what is filtered.
TODAY = "(now() at time zone 'UTC')::date"
TENANT = "(select t.uuid from tenants_tenant t where t.id = r.tenant_id)"
MEMBER = "tenants_membership m where m.tenant_id = r.tenant_id and m.id = r.membership_id"
TYPE = "credentials_certificationtype t where t.id = r.certification_type_id"

CERTIFICATIONS = Records(
    Certification,
    CertificationSerializer,
    values={
        "organization_id": TENANT,
        "organization_member_id": f"(select m.uuid from {MEMBER})",
        # Whose an invitation is, nobody is told before they have come.
        "user_id": "(select u.uuid from users_user u"
        f" where u.id = (select m.user_id from {MEMBER} and m.status <> 'pending'))",
        "certification_type_id": f"(select t.uuid from {TYPE})",
        "validity_status": f"({validity_sql(TODAY)})",
        "certification_type": "(select json_build_object('id', t.uuid, 'slug', t.slug,"
        f" 'title', t.title, 'status', t.status) from {TYPE})",
    },
)
TYPES = Records(
    CertificationType,
    CertificationTypeSerializer,
    values={
        "scope": "(case r.owner when 0 then 'standard' else 'organization' end)",
        "organization_id": TENANT,
    },
    # Its own, and the standard ones.
    whose="r.owner in (0, %s)",
)

CONDITIONS = {
    "lifecycle_status": "r.lifecycle_status = %s",
    "verification_status": "r.verification_status = %s",
    "expires_before": "r.expires_on < %s",
    "expires_after": "r.expires_on > %s",
    "external_source": "r.external_source = %s",
    "external_id": "r.external_id = %s",
}
OF_MEMBER = (
    "r.membership_id = (select m.id from tenants_membership m where m.tenant_id = %s and m.{} = %s)"
)
OF_TYPE = (
    "r.certification_type_id = (select t.id from credentials_certificationtype t where t.uuid = %s)"
)


def of_person(tenant_id: int, user_id: int) -> Filter:
    return Filter().also(OF_MEMBER.format("user_id"), tenant_id, user_id)


def filtered(where: Filter, tenant_id: int, query: dict[str, Any]) -> Filter:
    for name, narrowing in CONDITIONS.items():
        if name in query:
            where = where.also(narrowing, query[name])
    if "validity_status" in query:
        where = where.also(f"({condition(Validity(query['validity_status']), TODAY)})")
    if "certification_type_id" in query:
        where = where.also(OF_TYPE, query["certification_type_id"])
    if "organization_member_id" in query:
        where = where.also(OF_MEMBER.format("uuid"), tenant_id, query["organization_member_id"])
    return where


def is_anothers(tenant_id: int, member: uuid.UUID, user_id: int) -> bool:
    """Whether it is a membership of the tenant, and not this person's."""
    sql = (
        "select m.user_id is distinct from %s::bigint from tenants_membership m"
        " where m.tenant_id = %s and m.uuid = %s"
    )
    rows = walls.read(walls.tenant(tenant_id), sql, [user_id, tenant_id, member])
    return bool(rows and rows[0][0])


def subject(row: Certification) -> int | None:
    """Whose it is; None for somebody who was invited and has not come."""
    sql = (
        "select m.user_id from tenants_membership m"
        " where m.tenant_id = %s and m.id = %s and m.status <> 'pending'"
    )
    parameters = [row.tenant_id, row.membership_id]
    rows = walls.read(walls.tenant(row.tenant_id), sql, parameters)
    return rows[0][0] if rows else None
