"""What the OpenAPI document says of qualifications, job roles and what comes of them."""

from typing import Any

from credentials.certifications.envelopes import list_of, one_of, page_of
from credentials.certifications.role_serializers import (
    AssignmentBodySerializer,
    AssignmentSerializer,
    ExpirationQuery,
    ExpirationSerializer,
    JobRoleChangeSerializer,
    JobRoleSerializer,
    OwnResultQuery,
    QualificationChangeSerializer,
    QualificationResultSerializer,
    QualificationSerializer,
    ResultQuery,
)
from credentials.certifications.schema import IN_ORGANIZATION, MEMBER_ID, MOMENTS, ONE, TYPE_ID
from credentials.certifications.serializers import StandingQuery
from credentials_portal.documented import (
    answers,
    answers_nothing,
    documents,
    operation,
    path_variable,
    takes,
)
from credentials_portal.problems import Conflict

QUALIFICATIONS_TAG, ROLES_TAG = "Qualifications", "Job roles"
QUALIFICATION_ID = "c7d0a1de-3a0e-4d5f-9a35-0d4c2f2b7e10"
ROLE_ID = "e1c2b7f4-8d1a-4f0c-a6a1-5b9d3c7e2f08"
REQUIREMENT = {"certification_type_ids": [TYPE_ID], "minimum": 1, "verified_only": True}
QUALIFICATION = {
    "id": QUALIFICATION_ID,
    "slug": "first-responder",
    "title": "First responder",
    "status": "active",
    "requirements": [REQUIREMENT],
    **MOMENTS,
}
NEW_QUALIFICATION: dict[str, Any] = {"title": "First responder", "requirements": [REQUIREMENT]}
ROLE = {
    "id": ROLE_ID,
    "slug": "shift-leader",
    "title": "Shift leader",
    "status": "active",
    "qualification_ids": [QUALIFICATION_ID],
    **MOMENTS,
}
NEW_ROLE = {"title": "Shift leader", "qualification_ids": [QUALIFICATION_ID]}
ASSIGNMENT = {
    "organization_member_id": MEMBER_ID,
    "job_role_id": ROLE_ID,
    "is_primary": True,
    "assigned_at": MOMENTS["created_at"],
    **MOMENTS,
}
TYPE = {"id": TYPE_ID, "slug": "first-aid", "title": "First aid"}
RESULT = {
    "organization_member_id": MEMBER_ID,
    "qualification_id": QUALIFICATION_ID,
    "qualification": {
        "id": QUALIFICATION_ID,
        "slug": "first-responder",
        "title": "First responder",
    },
    "status": "not_qualified",
    "met_requirement_count": 0,
    "total_requirement_count": 1,
    "missing_certification_type_ids": [TYPE_ID],
    "missing_certification_types": [{**TYPE, "status": "active"}],
    "valid_until": None,
    "as_of": "2026-03-02",
    "evaluated_at": "2026-03-02T14:31:07.120934Z",
}
EXPIRATION = {
    "certification_id": "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e",
    "organization_member_id": MEMBER_ID,
    "certification_type": TYPE,
    "issuer_name": "Red Cross",
    "serial_number": "RC-2026-0017",
    "expires_on": "2026-03-20",
    "disqualifies": [
        {
            "qualification_id": QUALIFICATION_ID,
            "slug": "first-responder",
            "title": "First responder",
            "valid_until": "2026-03-20",
        }
    ],
}


ONE_IN_ORGANIZATION = [*IN_ORGANIZATION, *ONE]
OF_MEMBER = [
    *IN_ORGANIZATION,
    path_variable("member", "The organization member's `id`; its number does as well.", MEMBER_ID),
    *ONE,
]
KNOWN_QUALIFICATION = answers(
    one_of(QualificationSerializer), {"data": QUALIFICATION}, "The qualification"
)
KNOWN_ROLE = answers(one_of(JobRoleSerializer), {"data": ROLE}, "The job role")

documented_qualifications = documents(
    QUALIFICATIONS_TAG,
    list=operation(
        "list_qualifications",
        "List qualifications",
        description="Newest first.",
        parameters=[*IN_ORGANIZATION, StandingQuery],
        responses={
            200: answers(list_of(QualificationSerializer), page_of(QUALIFICATION), "A page")
        },
    ),
    create=operation(
        "create_qualification",
        "Add a qualification",
        description="A member has it who meets all requirements: each asks for at least `minimum` "
        "of its certification types, held, active and valid on the day, not rejected, and verified "
        "where `verified_only`.",
        parameters=IN_ORGANIZATION,
        request=takes(QualificationSerializer, NEW_QUALIFICATION),
        responses={201: KNOWN_QUALIFICATION, 409: [Conflict()]},
    ),
    retrieve=operation(
        "get_qualification",
        "Get a qualification",
        parameters=ONE_IN_ORGANIZATION,
        responses={200: KNOWN_QUALIFICATION},
    ),
    partial_update=operation(
        "change_qualification",
        "Change or archive a qualification",
        description="`requirements` that are sent take the place of all before. Archived, it is "
        "asked of nobody.",
        parameters=ONE_IN_ORGANIZATION,
        request=takes(QualificationChangeSerializer, {"status": "archived"}),
        responses={200: KNOWN_QUALIFICATION, 409: [Conflict()]},
    ),
)
documented_job_roles = documents(
    ROLES_TAG,
    list=operation(
        "list_job_roles",
        "List job roles",
        description="Newest first.",
        parameters=[*IN_ORGANIZATION, StandingQuery],
        responses={200: answers(list_of(JobRoleSerializer), page_of(ROLE), "A page")},
    ),
    create=operation(
        "create_job_role",
        "Add a job role",
        description="`qualification_ids` are what it asks of the members who have it.",
        parameters=IN_ORGANIZATION,
        request=takes(JobRoleSerializer, NEW_ROLE),
        responses={201: KNOWN_ROLE, 409: [Conflict()]},
    ),
    retrieve=operation(
        "get_job_role",
        "Get a job role",
        parameters=ONE_IN_ORGANIZATION,
        responses={200: KNOWN_ROLE},
    ),
    partial_update=operation(
        "change_job_role",
        "Change or archive a job role",
        description="`qualification_ids` that are sent take the place of all before. Archived, it "
        "asks for nothing, and nobody is given it anew.",
        parameters=ONE_IN_ORGANIZATION,
        request=takes(JobRoleChangeSerializer, {"title": "Head of shift"}),
        responses={200: KNOWN_ROLE, 409: [Conflict()]},
    ),
)
documented_assignments = documents(
    ROLES_TAG,
    update=operation(
        "assign_job_role",
        "Give a member a job role",
        description="What is left out or null stays as it is. A new primary job role takes the "
        "place of the one before.",
        parameters=OF_MEMBER,
        request=takes(AssignmentBodySerializer, {"is_primary": True}),
        responses={
            200: answers(one_of(AssignmentSerializer), {"data": ASSIGNMENT}, "The assignment"),
            409: [Conflict("The job role is archived.")],
        },
    ),
    destroy=operation(
        "unassign_job_role",
        "Take a job role from a member",
        parameters=OF_MEMBER,
        request=None,
        responses={204: answers_nothing("The member no longer has it")},
    ),
)
RESULTS = answers(list_of(QualificationResultSerializer), page_of(RESULT), "A page")
ON_A_DAY = (
    "A member's qualifications are those of their job roles; newest member first, then newest "
    "qualification. With a `status`, a page may hold fewer than `limit`, or none, while more "
    "follow: go on until `has_more` is false. The pages after the first judge the same day."
)
documented_own_results = documents(
    QUALIFICATIONS_TAG,
    list=operation(
        "list_own_qualification_results",
        "List what one is qualified for",
        description=ON_A_DAY,
        parameters=[OwnResultQuery],
        responses={200: RESULTS},
    ),
)
documented_results = documents(
    QUALIFICATIONS_TAG,
    list=operation(
        "list_qualification_results",
        "List who is qualified",
        description=ON_A_DAY,
        parameters=[*IN_ORGANIZATION, ResultQuery],
        responses={200: RESULTS},
    ),
)
documented_expirations = documents(
    QUALIFICATIONS_TAG,
    list=operation(
        "list_expirations",
        "List what lapses next",
        description="The certifications whose last day is within so many days from today (UTC), "
        "soonest first; with each, the qualifications that its member loses the day after.",
        parameters=[*IN_ORGANIZATION, ExpirationQuery],
        responses={200: answers(list_of(ExpirationSerializer), page_of(EXPIRATION), "A page")},
    ),
)
