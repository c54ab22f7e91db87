"""What the OpenAPI document says of program credentials."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from credentials.core.pages import PageQuery
from credentials.program_credentials.conflicts import HasAwards
from credentials.program_credentials.serializers import (
    MAX_AWARDS,
    AwardChangeSerializer,
    AwardSerializer,
    CourseCredentialListQuery,
    ProgramCredentialListQuery,
    UserCredentialListQuery,
    UserCredentialListSerializer,
    UserCredentialSerializer,
)
from credentials_portal.documented import (
    View,
    answers,
    answers_nothing,
    documents,
    operation,
    record_path,
    takes,
)
from credentials_portal.problems import Conflict

TAG, CATALOGUE_TAG = "Program credentials", "Programs and courses"
BODY = {
    "username": "test_user",
    "credential": {"program_id": 1},
    "status": "awarded",
    "attributes": [
        {"namespace": "whitelist", "name": "Whitelist", "value": "Reason for whitelisting."}
    ],
}
UUID = "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e"
MOMENTS = {"created": "2026-03-02T14:31:07Z", "modified": "2026-03-02T14:31:07Z"}
RECORD = {
    "id": 4711,
    "username": "test_user",
    "credential": {"credential_id": 12, "program_id": 1},
    "status": "awarded",
    "download_url": None,
    "uuid": UUID,
    "attributes": BODY["attributes"],
    **MOMENTS,
    "certificate_url": f"https://portal.example/c/{UUID}",
}
COURSE_KEY = {"course_id": "course-v1:Acme+W1+2026", "certificate_type": "verified"}
CERTIFICATES: dict[str, dict[str, Any]] = {
    "program": {"program_id": 1, "title": "Metalwork", "is_active": True},
    "course": {**COURSE_KEY, "title": "Welding, basic level", "is_active": True},
}


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/InputError"}})
class ErrorsField(serializers.Field[Any, Any, Any, Any]):
    """As in a problem; pointers are from the root of the body."""


class AwardDoneSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(min_value=0)
    status = serializers.ChoiceField([201])
    change = serializers.ChoiceField(["created", "awarded", "revoked", "changed", "unchanged"])
    record = UserCredentialSerializer()


class AwardRefusedSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(min_value=0)
    status = serializers.ChoiceField([400])
    errors = ErrorsField()  # type: ignore[assignment]  # a field, not DRF's own


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="AwardResult",
        serializers=[AwardDoneSerializer, AwardRefusedSerializer],
        resource_type_field_name=None,
        many=True,
    )
)
class AwardResultsField(serializers.Field[Any, Any, Any, Any]):
    """One for each item."""


class AwardResultsSerializer(serializers.Serializer[Any]):
    results = AwardResultsField()


MANY_AWARDS: Any = {
    "type": "array",
    "items": {"$ref": "#/components/schemas/AwardRequest"},
    "minItems": 1,
    "maxItems": MAX_AWARDS,
}


def page_of(record: dict[str, Any]) -> dict[str, Any]:
    return {"count": 1, "next": None, "previous": None, "results": [record]}


def award_list(operation_id: str, summary: str, query: Any, description: str = "") -> Any:
    return operation(
        operation_id,
        summary,
        description=description,
        parameters=[query],
        responses={200: answers(UserCredentialListSerializer, page_of(RECORD), "A page")},
    )


documented = documents(
    TAG,
    list=award_list(
        "list_user_credentials",
        "List a person's awards",
        UserCredentialListQuery,
        "Newest first. Others than one's own: issuer and above.",
    ),
    create=operation(
        "award_user_credential",
        "Award or revoke a certificate",
        description="One award a person and certificate: posted again, it takes the status and "
        "the attributes that are sent; attributes that are not mentioned stay. No account of the "
        "name need exist. The award of a program takes only the attribute `whitelist`, unless the "
        "organization's setting `program_attributes` is `any`.",
        request=takes(AwardSerializer, BODY),
        responses={201: answers(UserCredentialSerializer, RECORD, "The award as it is now")},
    ),
    retrieve=operation(
        "get_user_credential",
        "Get an award",
        description="For the person it names, and for an issuer and above.",
        parameters=[record_path(4711)],
        responses={200: answers(UserCredentialSerializer, RECORD, "The record")},
    ),
    partial_update=operation(
        "change_user_credential",
        "Revoke an award, or award it again",
        parameters=[record_path(4711)],
        request=takes(AwardChangeSerializer, {"status": "revoked"}),
        responses={200: answers(UserCredentialSerializer, RECORD, "The award as it is now")},
    ),
)
documented_bulk = documents(
    TAG,
    create=operation(
        "award_user_credentials",
        "Award or revoke up to 1,000 certificates",
        description=f"1 to {MAX_AWARDS} awards, in order. What is refused of one leaves the others "
        "done. Safe to send again: what stands already is `unchanged`.",
        request=takes(MANY_AWARDS, [BODY]),
        responses={
            207: answers(
                AwardResultsSerializer,
                {"results": [{"index": 0, "status": 201, "change": "created", "record": RECORD}]},
                "One result for each item",
            )
        },
    ),
)
documented_programs = documents(
    TAG,
    list=award_list(
        "list_program_credentials",
        "List the awards of a program",
        ProgramCredentialListQuery,
        "Newest first.",
    ),
)
documented_courses = documents(
    TAG,
    list=award_list(
        "list_course_credentials",
        "List the awards of a course",
        CourseCredentialListQuery,
        "Newest first.",
    ),
)


def catalogue(name: str, serializer: Any, page: Any) -> Callable[[View], View]:
    """Decorates the view of programs, or of courses."""
    body = CERTIFICATES[name]
    record = {"id": 12, "uuid": UUID, **body, **MOMENTS}
    known, path = answers(serializer, record, "The record"), [record_path(12)]
    return documents(
        CATALOGUE_TAG,
        list=operation(
            f"list_{name}s",
            f"List {name}s",
            description="Newest first.",
            parameters=[PageQuery],
            responses={200: answers(page, page_of(record), "A page")},
        ),
        create=operation(
            f"create_{name}",
            f"Add a {name}",
            request=takes(serializer, body),
            responses={201: known, 409: [Conflict()]},
        ),
        retrieve=operation(f"get_{name}", f"Get a {name}", parameters=path, responses={200: known}),
        partial_update=operation(
            f"change_{name}",
            f"Change a {name}",
            description="What is left out stays as it is. Awards follow their certificate.",
            parameters=path,
            request=takes(serializer, {"is_active": True}),
            responses={200: known, 409: [Conflict()]},
        ),
        destroy=operation(
            f"delete_{name}",
            f"Delete a {name} that was never awarded",
            parameters=path,
            request=None,
            responses={204: answers_nothing("Deleted"), 409: [HasAwards()]},
        ),
    )
