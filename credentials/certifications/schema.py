"""What the OpenAPI document says of certification records and types."""

from typing import Any

from credentials.certifications.envelopes import list_of, one_of, page_of
from credentials.certifications.serializers import (
    CertificationBodySerializer,
    CertificationChangeSerializer,
    CertificationQuery,
    CertificationSerializer,
    CertificationTypeSerializer,
    StandingQuery,
    VerificationSerializer,
)
from credentials_portal.documented import (
    answers,
    answers_nothing,
    documents,
    operation,
    path_variable,
    takes,
)
from credentials_portal.problems import Conflict, PreconditionFailed, Unavailable

TAG, TYPES_TAG = "Certifications", "Certification types"
TYPE_ID = "0b9ea6a4-5d3c-4b62-8d2f-3a8f5d1f2c11"
ORGANIZATION_ID = "7f1d3c52-9b7a-4a38-9d38-b2a9a3b6a1c4"
MEMBER_ID = "5f0c7b1e-2c39-4c0e-8f0a-1f2b7f8f9d20"
MOMENTS = {"created_at": "2026-03-02T14:31:07.120934Z", "updated_at": "2026-03-02T14:31:07.120934Z"}
BODY: dict[str, Any] = {
    "external_id": "17",
    "external_source": "hr",
    "source": "manual",
    "issued_on": "2026-03-01",
    "expires_on": "2028-02-29",
    "issuer_name": "Red Cross",
    "serial_number": "RC-2026-0017",
}
RECORD = {
    "id": "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e",
    "organization_id": ORGANIZATION_ID,
    "organization_member_id": MEMBER_ID,
    "user_id": "9c1b7a52-3d0e-4f83-8a36-2f0e7c0c5b11",
    "external_id": "17",
    "external_source": "hr",
    "certification_type_id": TYPE_ID,
    "lifecycle_status": "active",
    "source": "manual",
    "issued_on": "2026-03-01",
    "expires_on": "2028-02-29",
    "issuer_name": "Red Cross",
    "serial_number": "RC-2026-0017",
    "verification_status": "unverified",
    "validity_status": "valid",
    "verification_method": None,
    "last_verified_at": None,
    **MOMENTS,
    "certification_type": {
        "id": TYPE_ID,
        "slug": "first-aid",
        "title": "First aid",
        "status": "active",
    },
}
VERIFIED = RECORD | {
    "verification_status": "verified",
    "verification_method": "telephone",
    "last_verified_at": "2026-03-03T08:15:00.000000Z",
}
TYPE_BODY = {"slug": "welding", "title": "Welding", "description": "By ISO 9606."}
TYPE = {
    "id": TYPE_ID,
    **TYPE_BODY,
    "scope": "organization",
    "status": "active",
    "organization_id": ORGANIZATION_ID,
    **MOMENTS,
}


# A record's `id` is its uuid here.
ONE = [path_variable("record", "The record's `id`; its number does as well.", RECORD["id"])]
IN_ORGANIZATION = [
    path_variable(
        "organization",
        "The organization's `id`; its number or its slug do as well.",
        ORGANIZATION_ID,
        {"type": "string", "pattern": "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},
    )
]
KNOWN = answers(one_of(CertificationSerializer), {"data": RECORD}, "The record")
LISTED = answers(list_of(CertificationSerializer), page_of(RECORD), "A page")
MADE = {
    201: answers(one_of(CertificationSerializer), {"data": RECORD}, "The new record"),
    200: answers(
        one_of(CertificationSerializer), {"data": RECORD}, "The record that the pair names, updated"
    ),
}
UPSERT = (
    "`external_source` and `external_id` together name one record of a member: sent again, they "
    "update it, and what is left out or null stays as it is; an archived one is active again. One "
    "of them alone names nothing."
)
LIST = (
    "Newest first. A filter narrows: archived records are there unless `lifecycle_status` leaves "
    "them out. `validity_status` is that of today, in UTC."
)

documented_own_list = documents(
    TAG,
    list=operation(
        "list_own_certifications",
        "List one's own certifications",
        description=LIST,
        parameters=[CertificationQuery],
        responses={200: LISTED},
    ),
    create=operation(
        "record_own_certification",
        "Record a certification of one's own",
        description=f"`organization_member_id` can only be the caller's own (403). {UPSERT}",
        request=takes(CertificationBodySerializer, BODY),
        responses=MADE,
    ),
)
documented_list = documents(
    TAG,
    list=operation(
        "list_certifications",
        "List an organization's certifications",
        description=LIST,
        parameters=[*IN_ORGANIZATION, CertificationQuery],
        responses={200: LISTED},
    ),
    create=operation(
        "record_certification",
        "Record a member's certification",
        description=f"Without `organization_member_id`, one of the caller's own. {UPSERT}",
        parameters=IN_ORGANIZATION,
        request=takes(CertificationBodySerializer, BODY),
        responses=MADE,
    ),
)
documented = documents(
    TAG,
    retrieve=operation(
        "get_certification",
        "Get a certification",
        description="For its subject, and for an issuer and above.",
        parameters=ONE,
        responses={200: KNOWN},
    ),
    partial_update=operation(
        "change_certification",
        "Change a certification",
        description="What is left out stays, null takes away. A new type, day, issuer or serial "
        "number makes it `unverified`.",
        parameters=ONE,
        request=takes(CertificationChangeSerializer, {"expires_on": "2030-02-28"}),
        responses={200: KNOWN, 409: [Conflict()]},
    ),
    destroy=operation(
        "archive_certification",
        "Archive a certification",
        description="It is kept, with the `lifecycle_status` archived.",
        parameters=ONE,
        request=None,
        responses={204: answers_nothing("Archived, now or before")},
    ),
)
documented_verification = documents(
    TAG,
    create=operation(
        "verify_certification",
        "Verify or reject a certification",
        description="Nobody's own (403). With a `status`, `method` says in words how it was found "
        "out. Without one, `method` names a check of the portal, which finds the status: `portal` "
        "compares the record with the credential that this portal issued under its serial number. "
        "With `If-Match`, only what was read is verified.",
        parameters=ONE,
        request=takes(VerificationSerializer, {"status": "verified", "method": "telephone"}),
        responses={
            200: answers(one_of(CertificationSerializer), {"data": VERIFIED}, "The record"),
            412: [PreconditionFailed()],
            503: [Unavailable("The check 'portal' failed; try again later.")],
        },
    ),
)
KNOWN_TYPE = answers(one_of(CertificationTypeSerializer), {"data": TYPE}, "The type")
documented_types = documents(
    TYPES_TAG,
    list=operation(
        "list_certification_types",
        "List certification types",
        description="The organization's own and the standard ones, newest first.",
        parameters=[*IN_ORGANIZATION, StandingQuery],
        responses={200: answers(list_of(CertificationTypeSerializer), page_of(TYPE), "A page")},
    ),
    create=operation(
        "create_certification_type",
        "Add a certification type",
        parameters=IN_ORGANIZATION,
        request=takes(CertificationTypeSerializer, TYPE_BODY),
        responses={201: KNOWN_TYPE, 409: [Conflict()]},
    ),
    retrieve=operation(
        "get_certification_type",
        "Get a certification type",
        parameters=[*IN_ORGANIZATION, *ONE],
        responses={200: KNOWN_TYPE},
    ),
    partial_update=operation(
        "change_certification_type",
        "Change or archive a certification type",
        description="Archived, it stays on the records that name it and comes on no other. "
        "Standard types are kept by the platform (403).",
        parameters=[*IN_ORGANIZATION, *ONE],
        request=takes(CertificationTypeSerializer, {"status": "archived"}),
        responses={200: KNOWN_TYPE, 409: [Conflict()]},
    ),
)
