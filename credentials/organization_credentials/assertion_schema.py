"""What the OpenAPI document says of assertions and signals."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from credentials.organization_credentials.assertion_serializers import (
    MAX_RECIPIENTS,
    AssertionChangeSerializer,
    AssertionIssueSerializer,
    AssertionListQuery,
    AssertionSerializer,
    BulkIssueSerializer,
    PublicAssertionSerializer,
    SignalSerializer,
)
from credentials.organization_credentials.conflicts import (
    AlreadyIssued,
    NotIssuable,
    RevocationStands,
    Revoked,
)
from credentials.organization_credentials.envelopes import (
    ENTITY,
    ENTITY_PATH,
    PERSON_PATH,
    UUID,
    enveloped,
    enveloped_page,
    one_of,
    page_of,
)
from credentials.organization_credentials.schema import TAG
from credentials_portal.documented import answers, documents, operation, takes
from credentials_portal.problems import PersonInactive

ASSERTION_UUID = "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e"
ISSUE_BODY = {
    "recipient": {"identity": "ada@school.example"},
    "narrative": "Passed with distinction.",
    "evidence_url": "https://school.example/seams/17",
}
RECORD = {
    "entity_id": ASSERTION_UUID,
    "credential": UUID,
    "recipient": {"identity": "ada@school.example", "username": "ada", "name": "Ada Lovelace"},
    "issued_on": "2026-03-02T14:31:07.251Z",
    "expires_at": "2028-03-02T14:31:07.251Z",
    "revoked": False,
    "revocation_reason": "",
    "revoked_at": None,
    "narrative": ISSUE_BODY["narrative"],
    "evidence_url": ISSUE_BODY["evidence_url"],
    "public_url": f"https://portal.example/c/{ASSERTION_UUID}",
}
PUBLIC_RECORD = RECORD | {"recipient": {"identity": None, "username": None, "name": "Ada Lovelace"}}
CHANGE = {"revoked": True, "revocation_reason": "Issued by mistake."}
REVOKED = RECORD | CHANGE | {"revoked_at": "2026-04-01T08:00:00Z"}
SIGNAL = {"signal": "COURSE_PASSED", "course": "course-v1:Acme+W1+2026", "username": "ada"}
SKIPPED = {"identity": "grace", "code": "already_issued", "detail": AlreadyIssued.detail}


class SkippedSerializer(serializers.Serializer[Any]):
    identity = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class BulkIssuedSerializer(serializers.Serializer[Any]):
    issued = AssertionSerializer(many=True)
    skipped = SkippedSerializer(many=True)


class SkippedBySignalSerializer(SkippedSerializer):
    credential = serializers.UUIDField(help_text="the definition's `entity_id`")


class SignalledSerializer(serializers.Serializer[Any]):
    issued = AssertionSerializer(many=True)
    skipped = SkippedBySignalSerializer(many=True)


ONE = enveloped("Assertion", AssertionSerializer)
documented_assertions = documents(
    TAG,
    list=operation(
        "list_assertions",
        "List a person's assertions",
        description="Of the person in the path, newest first. For an issuer and above of any "
        "`recipient`: a member's username or verified email address, or one that nobody bears yet.",
        parameters=[*PERSON_PATH, AssertionListQuery],
        responses={
            200: answers(
                enveloped_page("Assertion", AssertionSerializer), page_of(RECORD), "A page"
            )
        },
    ),
    retrieve=operation(
        "get_assertion",
        "Get an assertion",
        description="For its recipient, and for an issuer and above.",
        parameters=ENTITY_PATH,
        responses={200: answers(ONE, one_of(RECORD), "The record")},
    ),
    update=operation(
        "revoke_assertion",
        "Revoke an assertion",
        description="With its reason, which everyone is told who asks for the assertion. Other "
        "fields are ignored.",
        parameters=ENTITY_PATH,
        request=takes(AssertionChangeSerializer, CHANGE),
        responses={
            200: answers(ONE, one_of(REVOKED, "Updated"), "The record as it is now"),
            409: [RevocationStands()],
        },
    ),
)
documented_issue = documents(
    TAG,
    create=operation(
        "issue_assertion",
        "Issue an assertion",
        description="To a member, or to a username or email address that nobody bears yet: it "
        "becomes theirs who come to bear it, an address once it is verified.",
        parameters=ENTITY_PATH,
        request=takes(AssertionIssueSerializer, ISSUE_BODY),
        responses={
            201: answers(ONE, one_of(RECORD, "Created"), "The new assertion"),
            409: [AlreadyIssued(), NotIssuable()],
        },
    ),
)
SOME = {"issued": [RECORD], "skipped": [SKIPPED]}
documented_bulk_issue = documents(
    TAG,
    create=operation(
        "issue_assertions",
        f"Issue up to {MAX_RECIPIENTS:,} assertions",
        description="Who holds it already is skipped: safe to send again.",
        parameters=ENTITY_PATH,
        request=takes(BulkIssueSerializer, {"users": ["ada@school.example", "grace"]}),
        responses={
            200: answers(BulkIssuedSerializer, SOME | {"skipped": []}, "All were issued"),
            207: answers(BulkIssuedSerializer, SOME, "Some were not issued"),
            409: [NotIssuable()],
        },
    ),
)
documented_signals = documents(
    TAG,
    create=operation(
        "send_signal",
        "Tell that a course or program was completed",
        description="Issues every definition that waits for this signal of this course or program, "
        "once per recipient: safe to send again. Names a course or a program, not both.",
        parameters=PERSON_PATH,
        request=takes(SignalSerializer, SIGNAL),
        responses={
            200: answers(
                SignalledSerializer,
                {"issued": [RECORD], "skipped": [{"credential": UUID, **SKIPPED}]},
                "What was issued by it, and what was issued before",
            )
        },
    ),
)
documented_public_assertion = documents(
    TAG,
    retrieve=operation(
        "get_public_assertion",
        "Get an assertion without a token",
        description="What anyone with the link may see.",
        parameters=[ENTITY],
        responses={
            200: answers(
                enveloped("PublicAssertion", PublicAssertionSerializer),
                one_of(PUBLIC_RECORD),
                "The record",
            ),
            403: [PersonInactive()],
            410: [Revoked("Issued by mistake.", datetime(2026, 4, 1, 8, tzinfo=UTC))],
        },
    ),
)
