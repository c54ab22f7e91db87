"""What the OpenAPI document says of organizations, their members and the caller."""

from typing import Any

from credentials.certifications.envelopes import list_of, one_of, page_of
from credentials.certifications.member_records import MOST
from credentials.certifications.member_serializers import (
    CallerSerializer,
    InvitationSerializer,
    InvitedMemberSerializer,
    OrganizationMemberChangeSerializer,
    OrganizationMemberQuery,
    OrganizationMemberSerializer,
    OrganizationQuery,
    OrganizationSerializer,
)
from credentials.certifications.schema import (
    IN_ORGANIZATION,
    MEMBER_ID,
    MOMENTS,
    ONE,
    ORGANIZATION_ID,
)
from credentials_portal.documented import answers, documents, operation, takes
from credentials_portal.problems import Conflict, MissingScope, NotFound, TenantSuspended
from tenants.conflicts import LastOwner
from tenants.members import HasNotCome, InvitedAlready

TAG, MEMBERS_TAG = "Organizations", "Organization members"
USER_ID = "9c1b7a52-3d0e-4f83-8a36-2f0e7c0c5b11"
ORGANIZATION = {
    "id": ORGANIZATION_ID,
    "name": "Acme",
    "slug": "acme",
    "status": "active",
    "stored_bytes": 48213,
    **MOMENTS,
}
MEMBER = {
    "id": MEMBER_ID,
    "organization_id": ORGANIZATION_ID,
    "user_id": USER_ID,
    "display_name": "Ada Lovelace",
    "email": "ada@acme.example",
    "role": "issuer",
    "status": "active",
    "external_id": "17",
    "is_primary": True,
    **MOMENTS,
}
BODY = {"email": "nova@mail.example", "role": "member", "display_name": "Nova", "external_id": "18"}
INVITED = MEMBER | {
    **BODY,
    "user_id": None,
    "status": "pending",
    "is_primary": False,
    "invitation_url": "https://portal.example/invitations/WzEyLCIyMDI2:1vXyZ:c2lnbmF0dXJl",
    "invitation_expires_at": "2026-03-16T14:31:07.120934Z",
}
CALLER: dict[str, Any] = {
    "user": {"id": USER_ID, "email": "ada@acme.example", "display_name": "Ada Lovelace"},
    "scopes": ["certification_records:read", "certification_records:write"],
    "organizations": [{"id": ORGANIZATION_ID, "name": "Acme", "status": "active"}],
    "organization_memberships": [
        {
            "id": MEMBER_ID,
            "organization_id": ORGANIZATION_ID,
            "role": "member",
            "status": "active",
            "is_primary": True,
        }
    ],
    "accessible_member_ids": [MEMBER_ID],
}
# An API token is nobody outside its organization.
OF_TOKENS = {
    403: [
        MissingScope("The API token lacks the scope organizations:read."),
        TenantSuspended(),
    ],
    404: [NotFound()],
}

documented_caller = documents(
    "People",
    retrieve=operation(
        "get_caller",
        "Get the caller, their scopes, organizations and memberships",
        description="A person's own token has every scope. Organizations are those of active "
        "memberships, suspended ones too; an API token knows its own alone. "
        "`accessible_member_ids` are the memberships whose certification records may be read: the "
        "caller's own, and for an issuer and above all of that organization, newest first, "
        f"{MOST} at most; none where the scope `certification_records:read` is missing or the "
        "organization is suspended.",
        responses={
            200: answers(CallerSerializer, CALLER, "The caller, in no envelope"),
            403: [TenantSuspended()],
            404: [NotFound()],
        },
    ),
)
documented_own = documents(
    TAG,
    list=operation(
        "list_own_organizations",
        "List the caller's organizations",
        description="Those of active memberships, newest first, suspended ones too; of an API "
        "token, its own alone.",
        parameters=[OrganizationQuery],
        responses={
            200: answers(list_of(OrganizationSerializer), page_of(ORGANIZATION), "A page"),
            **OF_TOKENS,
        },
    ),
)
KNOWN = answers(one_of(OrganizationSerializer), {"data": ORGANIZATION}, "The organization")
documented_organization = documents(
    TAG,
    retrieve=operation(
        "get_organization",
        "Get an organization",
        parameters=IN_ORGANIZATION,
        responses={200: KNOWN},
    ),
    partial_update=operation(
        "change_organization",
        "Rename an organization",
        description="For an owner. The slug stays: it is part of addresses.",
        parameters=IN_ORGANIZATION,
        request=takes(OrganizationSerializer, {"name": "Acme Metalwork"}),
        responses={200: KNOWN},
    ),
)
KNOWN_MEMBER = answers(one_of(OrganizationMemberSerializer), {"data": MEMBER}, "The member")
ONE_MEMBER = [*IN_ORGANIZATION, *ONE]
documented_members = documents(
    MEMBERS_TAG,
    list=operation(
        "list_organization_members",
        "List members",
        description="Newest first; without a filter, invited and inactive ones too.",
        parameters=[*IN_ORGANIZATION, OrganizationMemberQuery],
        responses={
            200: answers(list_of(OrganizationMemberSerializer), page_of(MEMBER), "A page"),
        },
    ),
    create=operation(
        "invite_organization_member",
        "Invite a member by email",
        description="A pending member, active once the person signs in with an account of this "
        "verified address, or makes one by the link. Where the portal has a mail server, the link "
        "is mailed too. An account that was made by the mailed link has the address verified; by "
        "the link in this answer, which proves nothing of the kind, the account has no address. A "
        "link works once, for 14 days. Only an owner invites an owner.",
        parameters=IN_ORGANIZATION,
        request=takes(InvitationSerializer, BODY),
        responses={
            201: answers(one_of(InvitedMemberSerializer), {"data": INVITED}, "The pending member"),
            409: [InvitedAlready(), Conflict("This external id is another member's.")],
        },
    ),
    retrieve=operation(
        "get_organization_member",
        "Get a member",
        parameters=ONE_MEMBER,
        responses={200: KNOWN_MEMBER},
    ),
    partial_update=operation(
        "change_organization_member",
        "Change a member's role, status or names",
        description="What is left out stays. `inactive` ends a membership or withdraws an "
        "invitation, whose address can then be invited again; `active` brings a member back who "
        "has been one. Only an owner makes or changes an owner.",
        parameters=ONE_MEMBER,
        request=takes(OrganizationMemberChangeSerializer, {"role": "issuer"}),
        responses={
            200: KNOWN_MEMBER,
            409: [LastOwner(), HasNotCome(), Conflict("This external id is another member's.")],
        },
    ),
)
