"""For each constraint of the portal's tables, a statement that it must refuse."""

from tests.certifications import constraint_breaks as certifications
from tests.diplomas import constraint_breaks as diplomas
from tests.tenants.breaking import NEW_UUID, change, copy

# Keys to single rows are checked at the end of a transaction: so long, a stranger may be there.
MEMBER_OF_NOTHING = copy("tenants_membership", uuid=NEW_UUID, tenant_id="0", is_primary="false")
NOBODY_IN_TENANT = copy("tenants_membership", uuid=NEW_UUID, user_id="0", is_primary="false")

MICRO = "credentials_microcredential"
PROGRAM, COURSE = "credentials_program", "credentials_course"
AWARD, NOTE = "credentials_usercredential", "credentials_attribute"
IMAGE, ISSUER = "credentials_image", "credentials_issuerprofile"
DEFINITION, OPPORTUNITY = "credentials_credentialdefinition", "credentials_opportunity"
ASSERTION = "credentials_assertion"
TOKEN, MEMBER, EVENT = "tenants_apitoken", "tenants_membership", "tenants_event"
CONTENT, COUNT, ANSWER = "tenants_eventcontent", "tenants_rowcount", "tenants_storedanswer"
GROUPS, PERMISSIONS = "users_user_groups", "users_user_user_permissions"

PROGRAM_OF_NOTHING = copy(PROGRAM, uuid=NEW_UUID, tenant_id="0", id="-1")
TO_COURSE = {"program_id": "null", "course_id": "(select id from credentials_course)"}
NO_EMAIL = {"email": "''", "email_verified_at": "null"}
TO_NAME = {"holder_id": "null", "username": "upper(username)"}
INVITED = {
    "user_id": "null",
    "status": "'pending'",
    "email": "upper('nova@mail.example')",
    "is_primary": "false",
}
AWAITED = copy(
    MEMBER, uuid=NEW_UUID, external_id="'17'", **INVITED | {"email": "'nova@mail.example'"}
)
NEW_DIGEST = {"uuid": NEW_UUID, "digest": "'\\x01'"}
EXPIRED = {"expires_at": "awarded_at + '1s'::interval"}
# By name; a key to a single row, whose name is made up by Django, by its column.
BREAKS = {
    "credentials_assertion_definition_id_same_tenant": change(ASSERTION, definition_id="0"),
    "credentials_assertion_expires_after_issue": change(ASSERTION, expires_at="awarded_at"),
    "credentials_assertion_holder_id_same_tenant": change(ASSERTION, holder_id="0"),
    "credentials_assertion_identity_present": change(ASSERTION, identity="''"),
    "credentials_assertion_lapses_when_expired": change(
        ASSERTION, **EXPIRED, lapsed_at="awarded_at"
    ),
    "credentials_assertion_live_once_per_holder": copy(ASSERTION, uuid=NEW_UUID),
    "credentials_assertion_live_once_per_identity": copy(
        *(ASSERTION, change(ASSERTION, holder_id="null")),
        uuid=NEW_UUID,
        identity="upper(identity)",
    ),
    "credentials_assertion_pkey": copy(ASSERTION, id="id", uuid=NEW_UUID, holder_id="null"),
    "credentials_assertion_status_agrees": change(ASSERTION, status="'revoked'"),
    "credentials_assertion_uuid_once_per_tenant": copy(ASSERTION, holder_id="null"),
    "credentials_credentialdefinition_ends_no_earlier": change(
        DEFINITION, issued_on="created_at", expires_at="created_at - '1s'::interval"
    ),
    "credentials_credentialdefinition_issuer_id_same_tenant": change(DEFINITION, issuer_id="0"),
    "credentials_credentialdefinition_pkey": copy(DEFINITION, id="id", uuid=NEW_UUID),
    "credentials_credentialdefinition_signal_known": change(DEFINITION, issuing_signal="'x'"),
    "credentials_credentialdefinition_texts_present": change(DEFINITION, name="''"),
    "credentials_credentialdefinition_uuid_once_per_tenant": copy(DEFINITION),
    "credentials_credentialdefinition_valid_for_amount_check": change(
        DEFINITION, valid_for_amount="-1"
    ),
    "credentials_credentialdefinition_validity_whole": change(DEFINITION, valid_for_amount="1"),
    "credentials_credentialdefinition.tenant_id": copy(
        *(DEFINITION, copy(ISSUER, uuid=NEW_UUID, tenant_id="0", id="-1")),
        uuid=NEW_UUID,
        tenant_id="0",
        issuer_id="-1",
    ),
    "credentials_image_content_type_known": change(IMAGE, content_type="'image/svg+xml'"),
    "credentials_image_height_check": change(IMAGE, height="-1"),
    "credentials_image_once": copy(IMAGE, uuid=NEW_UUID),
    "credentials_image_pkey": copy(IMAGE, id="id", **NEW_DIGEST),
    "credentials_image_uuid_once_per_tenant": copy(IMAGE, digest="'\\x01'"),
    "credentials_image_width_check": change(IMAGE, width="-1"),
    "credentials_image.tenant_id": copy(IMAGE, uuid=NEW_UUID, tenant_id="0"),
    "credentials_issuerprofile_name_present": change(ISSUER, name="''"),
    "credentials_issuerprofile_pkey": copy(ISSUER, id="id", uuid=NEW_UUID),
    "credentials_issuerprofile_uuid_once_per_tenant": copy(ISSUER),
    "credentials_issuerprofile.tenant_id": copy(ISSUER, uuid=NEW_UUID, tenant_id="0"),
    "credentials_opportunity_definition_id_same_tenant": change(OPPORTUNITY, definition_id="0"),
    "credentials_opportunity_once": copy(OPPORTUNITY),
    "credentials_opportunity_pkey": copy(OPPORTUNITY, id="id", name="'other'"),
    "credentials_opportunity_told": change(OPPORTUNITY, kind="'path'"),
    "credentials_attribute_once_per_award": copy(NOTE, uuid=NEW_UUID),
    "credentials_attribute_pkey": copy(NOTE, id="id", uuid=NEW_UUID, name="'other'"),
    "credentials_attribute_texts_present": change(NOTE, value="''"),
    "credentials_attribute_user_credential_id_same_tenant": change(NOTE, user_credential_id="0"),
    "credentials_attribute_uuid_once_per_tenant": copy(NOTE, name="'other'"),
    "credentials_course_certificate_type_known": change(COURSE, certificate_type="'audit'"),
    "credentials_course_course_id_once": copy(COURSE, uuid=NEW_UUID),
    "credentials_course_course_id_present": change(COURSE, course_id="''"),
    "credentials_course_pkey": copy(COURSE, id="id", uuid=NEW_UUID, course_id="'other'"),
    "credentials_course_title_present": change(COURSE, title="''"),
    "credentials_course_uuid_once_per_tenant": copy(COURSE, course_id="'other'"),
    "credentials_course.tenant_id": copy(COURSE, uuid=NEW_UUID, tenant_id="0"),
    "credentials_program_pkey": copy(PROGRAM, id="id", uuid=NEW_UUID, program_id="2"),
    "credentials_program_program_id_in_range": change(PROGRAM, program_id="0"),
    "credentials_program_program_id_once": copy(PROGRAM, uuid=NEW_UUID),
    "credentials_program_title_present": change(PROGRAM, title="''"),
    "credentials_program_uuid_once_per_tenant": copy(PROGRAM, program_id="2"),
    "credentials_program.tenant_id": copy(PROGRAM, uuid=NEW_UUID, tenant_id="0"),
    "credentials_usercredential_course_id_same_tenant": change(
        AWARD, program_id="null", course_id="0"
    ),
    "credentials_usercredential_course_once_per_holder": copy(
        AWARD, change(AWARD, **TO_COURSE), uuid=NEW_UUID
    ),
    "credentials_usercredential_course_once_per_name": copy(
        AWARD, change(AWARD, **TO_COURSE, holder_id="null"), uuid=NEW_UUID, **TO_NAME
    ),
    "credentials_usercredential_holder_id_same_tenant": change(AWARD, holder_id="0"),
    "credentials_usercredential_one_certificate": change(AWARD, program_id="null"),
    "credentials_usercredential_pkey": copy(AWARD, id="id", uuid=NEW_UUID, holder_id="null"),
    "credentials_usercredential_program_id_same_tenant": change(AWARD, program_id="0"),
    "credentials_usercredential_program_once_per_holder": copy(AWARD, uuid=NEW_UUID),
    "credentials_usercredential_program_once_per_name": copy(
        AWARD, change(AWARD, holder_id="null"), uuid=NEW_UUID, **TO_NAME
    ),
    "credentials_usercredential_status_agrees": change(AWARD, status="'revoked'"),
    "credentials_usercredential_username_present": change(AWARD, username="''"),
    "credentials_usercredential_uuid_once_per_tenant": copy(AWARD, holder_id="null"),
    "credentials_microcredential_dates_in_order": change(
        MICRO, expires_at="issued_at - '1s'::interval"
    ),
    "credentials_microcredential_holder_id_same_tenant": change(MICRO, holder_id="0"),
    "credentials_microcredential_pkey": copy(MICRO, id="id", uuid=NEW_UUID),
    "credentials_microcredential_state_check": change(MICRO, state="-1"),
    "credentials_microcredential_state_known": change(MICRO, state="2"),
    "credentials_microcredential_title_present": change(MICRO, title="''"),
    "credentials_microcredential_uuid_once_per_tenant": copy(MICRO),
    "tenants_apitoken_expires_after_creation": change(TOKEN, expires_at="created_at"),
    "tenants_apitoken_live_name_once_per_tenant": copy(TOKEN, uuid=NEW_UUID, key_hash="'x'"),
    "tenants_apitoken_pkey": copy(TOKEN, id="id", uuid=NEW_UUID, name="'other'"),
    "tenants_apitoken_user_id_same_tenant": change(TOKEN, user_id="0"),
    "tenants_apitoken_uuid_once_per_tenant": copy(TOKEN, name="'other'", key_hash="'x'"),
    "tenants_apitoken.tenant_id": copy(
        TOKEN, MEMBER_OF_NOTHING, uuid=NEW_UUID, key_hash="'x'", tenant_id="0"
    ),
    "tenants_apitoken.user_id": change(TOKEN, NOBODY_IN_TENANT, user_id="0"),
    "tenants_event_pkey": copy(EVENT, id="id", uuid=NEW_UUID),
    "tenants_event_uuid_once_per_tenant": copy(EVENT),
    "tenants_event.actor_id": copy(EVENT, uuid=NEW_UUID, actor_id="0"),
    "tenants_event.tenant_id": copy(EVENT, uuid=NEW_UUID, tenant_id="0"),
    "tenants_chain_pkey": copy("tenants_chain"),
    "tenants_chain.tenant_id": copy("tenants_chain", tenant_id="0"),
    "tenants_eventcontent_blank_when_erased": change(CONTENT, erased_by_id="event_id"),
    "tenants_eventcontent_erased_by_id_same_tenant": change(
        CONTENT, salt="''", content="''", erased_by_id="0"
    ),
    "tenants_eventcontent_event_id_same_tenant": copy(CONTENT, event_id="0"),
    "tenants_eventcontent_pkey": copy(CONTENT),
    "tenants_lookup_pkey": copy("tenants_lookup"),
    "tenants_membership_external_id_once": copy(
        MEMBER,
        AWAITED,
        uuid=NEW_UUID,
        external_id="'17'",
        **INVITED | {"email": "'other@x.example'"},
    ),
    "tenants_membership_invited_once": copy(MEMBER, AWAITED, uuid=NEW_UUID, **INVITED),
    "tenants_membership_of_somebody": copy(MEMBER, uuid=NEW_UUID, **INVITED | {"email": "''"}),
    "tenants_membership_primary_has_come": change(MEMBER, status="'pending'"),
    "tenants_membership_one_primary_per_person": copy(
        MEMBER, uuid=NEW_UUID, tenant_id="0", is_primary="true"
    ),
    "tenants_membership_person_once_per_tenant": copy(MEMBER, uuid=NEW_UUID, is_primary="false"),
    "tenants_membership_pkey": copy(MEMBER, id="id", uuid=NEW_UUID, user_id="0"),
    "tenants_membership_role_known": change(MEMBER, role="'king'"),
    "tenants_membership_status_known": change(MEMBER, status="'away'"),
    "tenants_membership_uuid_once_per_tenant": copy(MEMBER, user_id="0", is_primary="false"),
    "tenants_membership.tenant_id": MEMBER_OF_NOTHING,
    "tenants_membership.user_id": NOBODY_IN_TENANT,
    "tenants_rowcount_pkey": copy(COUNT, id="id", slot="slot + 99"),
    "tenants_rowcount_slot_check": change(COUNT, slot="-1"),
    "tenants_rowcount_slot_once": copy(COUNT),
    "tenants_seal_pkey": copy("tenants_seal", place="place + 99"),
    "tenants_seal_place_once": copy("tenants_seal", event_id="event_id + 99"),
    "tenants_storedanswer_key_once": copy(ANSWER),
    "tenants_storedanswer_pkey": copy(ANSWER, id="id", key="'other'"),
    "tenants_storedanswer_status_check": change(ANSWER, status="-1"),
    "tenants_storedanswer.tenant_id": change(ANSWER, tenant_id="0"),
    "tenants_tenant_name_present": change("tenants_tenant", name="''"),
    "tenants_tenant_pkey": copy("tenants_tenant", id="id", uuid=NEW_UUID, slug="'other'"),
    "tenants_tenant_slug_form": change("tenants_tenant", slug="'-acme'"),
    "tenants_tenant_slug_key": copy("tenants_tenant", uuid=NEW_UUID),
    "tenants_tenant_status_known": change("tenants_tenant", status="'closed'"),
    "tenants_tenant_stored_not_negative": change("tenants_tenant", stored_bytes="-1"),
    "tenants_tenant_uuid_key": copy("tenants_tenant", slug="'other'"),
    "users_signin_expires_after_creation": change("users_signin", expires_at="created_at"),
    "users_signin_pkey": copy("users_signin"),
    "users_signin.tenant_id": change("users_signin", tenant_id="0"),
    "users_signin.user_id": change("users_signin", user_id="0"),
    "users_user_email_once": copy(
        "users_user", uuid=NEW_UUID, username="'other'", email="upper(email)"
    ),
    "users_user_pkey": copy("users_user", id="id", uuid=NEW_UUID, username="'x'", **NO_EMAIL),
    "users_user_state_check": change("users_user", state="-1"),
    "users_user_state_known": change("users_user", state="2"),
    "users_user_username_key": copy("users_user", uuid=NEW_UUID, **NO_EMAIL),
    "users_user_username_once": copy(
        "users_user", uuid=NEW_UUID, username="upper(username)", **NO_EMAIL
    ),
    "users_user_username_present": change("users_user", username="''"),
    "users_user_uuid_key": copy("users_user", username="'other'", **NO_EMAIL),
    "users_user_verified_email_present": change(
        "users_user", email="''", email_verified_at="date_joined"
    ),
    "users_user_groups_pkey": copy(GROUPS, id="id", group_id="0"),
    "users_user_groups(user_id, group_id)": copy(GROUPS),
    "users_user_groups.group_id": change(GROUPS, group_id="0"),
    "users_user_groups.user_id": change(GROUPS, user_id="0"),
    "users_user_user_permissions_pkey": copy(PERMISSIONS, id="id", permission_id="0"),
    "users_user_user_permissions(user_id, permission_id)": copy(PERMISSIONS),
    "users_user_user_permissions.permission_id": change(PERMISSIONS, permission_id="0"),
    "users_user_user_permissions.user_id": change(PERMISSIONS, user_id="0"),
    **certifications.BREAKS,
    **diplomas.BREAKS,
}
# Another constraint says more, so that these can never be the one that refuses.
IMPLIED = {
    # By the primary key; composite foreign keys need them as their target.
    *(
        f"{table}_once_per_tenant"
        for table in (
            *(MICRO, PROGRAM, COURSE, AWARD, NOTE, TOKEN, MEMBER, EVENT),
            *(IMAGE, ISSUER, DEFINITION, ASSERTION),
        )
    ),
    *certifications.IMPLIED,
    *diplomas.IMPLIED,
}
