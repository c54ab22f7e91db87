"""For each constraint of this family's tables, a statement that it must refuse."""

from tests.tenants.breaking import NEW_UUID, Break, change, copy

TYPE, RECORD = "credentials_certificationtype", "credentials_certification"
QUALIFICATION, REQUIREMENT = "credentials_qualification", "credentials_requirement"
COUNTING = "credentials_requirementtype"
ROLE, ASKED = "credentials_jobrole", "credentials_jobrolequalification"
ASSIGNMENT, MEMBER = "credentials_jobroleassignment", "tenants_membership"

# Keys to a tenant are checked at the end of a transaction: so long, there may be none.
OF_NO_TENANT = {"uuid": NEW_UUID, "tenant_id": "0", "id": "-1"}
MEMBER_OF_NOTHING = copy(MEMBER, **OF_NO_TENANT, is_primary="false")
QUALIFICATION_OF_NOTHING = copy(QUALIFICATION, **OF_NO_TENANT)
ROLE_OF_NOTHING = copy(ROLE, **OF_NO_TENANT)
OTHER_ROLE = copy(ROLE, uuid=NEW_UUID, slug="'other'", id="-1")
NO_TYPE = {"certification_type_id": "null", "type_owner": "null"}
NO_PAIR = {"external_id": "null"}


def listed(table: str) -> dict[str, Break]:
    """Of a qualification or a job role."""
    return {
        f"{table}_pkey": copy(table, id="id", uuid=NEW_UUID, slug="'other'"),
        f"{table}_slug_once": copy(table, uuid=NEW_UUID),
        f"{table}_told": change(table, title="''"),
        f"{table}_uuid_once_per_tenant": copy(table, slug="'other'"),
        f"{table}.tenant_id": copy(table, uuid=NEW_UUID, tenant_id="0"),
    }


BREAKS = {
    **listed(QUALIFICATION),
    **listed(ROLE),
    "credentials_certification_expires_after_issue": change(
        RECORD, issued_on="'2026-01-02'", expires_on="'2026-01-01'"
    ),
    "credentials_certification_external_once": copy(RECORD, uuid=NEW_UUID),
    "credentials_certification_membership_id_same_tenant": change(RECORD, membership_id="0"),
    "credentials_certification_pkey": copy(RECORD, id="id", uuid=NEW_UUID, **NO_PAIR),
    "credentials_certification_type_within_reach": change(RECORD, type_owner="tenant_id + 1"),
    "credentials_certification_type_within_reach_key": change(RECORD, type_owner="0"),
    "credentials_certification_uuid_once_per_tenant": copy(RECORD, **NO_PAIR),
    "credentials_certification_verified_at_some_time": change(
        RECORD, verification_status="'verified'"
    ),
    "credentials_certification_words_known": change(RECORD, source="'rumour'"),
    "credentials_certification.tenant_id": copy(
        *(RECORD, MEMBER_OF_NOTHING),
        uuid=NEW_UUID,
        tenant_id="0",
        membership_id="-1",
        **NO_TYPE,
    ),
    "credentials_certificationtype_pkey": copy(TYPE, id="id", uuid=NEW_UUID, slug="'other'"),
    "credentials_certificationtype_slug_once": copy(TYPE, uuid=NEW_UUID),
    "credentials_certificationtype_told": change(TYPE, slug="''"),
    "credentials_certificationtype_uuid_once": copy(TYPE, slug="'other'"),
    "credentials_certificationtype.tenant_id": copy(TYPE, uuid=NEW_UUID, tenant_id="-1"),
    "credentials_jobroleassignment_job_role_id_same_tenant": change(ASSIGNMENT, job_role_id="0"),
    "credentials_jobroleassignment_membership_id_same_tenant": change(
        ASSIGNMENT, membership_id="0"
    ),
    "credentials_jobroleassignment_once": copy(ASSIGNMENT, uuid=NEW_UUID, is_primary="false"),
    "credentials_jobroleassignment_one_primary": copy(
        ASSIGNMENT, OTHER_ROLE, uuid=NEW_UUID, job_role_id="-1"
    ),
    "credentials_jobroleassignment_pkey": copy(
        *(ASSIGNMENT, OTHER_ROLE),
        id="id",
        uuid=NEW_UUID,
        job_role_id="-1",
        is_primary="false",
    ),
    "credentials_jobroleassignment_uuid_once_per_tenant": copy(
        ASSIGNMENT, OTHER_ROLE, job_role_id="-1", is_primary="false"
    ),
    "credentials_jobroleassignment.tenant_id": copy(
        *(ASSIGNMENT, MEMBER_OF_NOTHING, ROLE_OF_NOTHING),
        uuid=NEW_UUID,
        tenant_id="0",
        membership_id="-1",
        job_role_id="-1",
    ),
    "credentials_jobrolequalification_job_role_id_same_tenant": change(ASKED, job_role_id="0"),
    "credentials_jobrolequalification_once": copy(ASKED),
    "credentials_jobrolequalification_pkey": copy(ASKED, OTHER_ROLE, id="id", job_role_id="-1"),
    "credentials_jobrolequalification_qualification_id_same_tenant": change(
        ASKED, qualification_id="0"
    ),
    "credentials_requirement_asks_for_something": change(REQUIREMENT, minimum="0"),
    "credentials_requirement_pkey": copy(REQUIREMENT, id="id", uuid=NEW_UUID),
    "credentials_requirement_qualification_id_same_tenant": change(
        REQUIREMENT, qualification_id="0"
    ),
    "credentials_requirement_uuid_once_per_tenant": copy(REQUIREMENT),
    "credentials_requirement.tenant_id": copy(
        *(REQUIREMENT, QUALIFICATION_OF_NOTHING),
        uuid=NEW_UUID,
        tenant_id="0",
        qualification_id="-1",
    ),
    "credentials_requirementtype_once": copy(COUNTING),
    "credentials_requirementtype_pkey": copy(
        *(COUNTING, copy(REQUIREMENT, uuid=NEW_UUID, id="-1")),
        id="id",
        requirement_id="-1",
    ),
    "credentials_requirementtype_requirement_id_same_tenant": change(COUNTING, requirement_id="0"),
    "credentials_requirementtype_type_within_reach_key": change(
        COUNTING, certification_type_id="0"
    ),
    "credentials_requirementtype_within_reach": change(COUNTING, type_owner="tenant_id + 1"),
}
# Another constraint says more, so that these can never be the one that refuses.
IMPLIED = {
    # By the primary key; composite foreign keys need them as their target.
    "credentials_certificationtype_once_per_owner",
    *(f"{table}_once_per_tenant" for table in (RECORD, QUALIFICATION, REQUIREMENT)),
    *(f"{table}_once_per_tenant" for table in (ROLE, ASSIGNMENT)),
    # By `asks_for_something`.
    "credentials_requirement_minimum_check",
}
