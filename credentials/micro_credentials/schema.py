"""What the OpenAPI document says of micro-credentials."""

from typing import Any

from rest_framework import serializers

from credentials.micro_credentials.serializers import (
    MicroCredentialListQuery,
    MicroCredentialSerializer,
)
from credentials_portal.documented import (
    answers,
    answers_nothing,
    documents,
    operation,
    record_path,
    takes,
)
from credentials_portal.problems import PersonInactive

TAG = "Micro-credentials"
BODY = {
    "title": "Welding, basic level",
    "issued": "2026-03-01T09:00:00Z",
    "expires": "2029-03-01T09:00:00Z",
    "website_url": "https://school.example/welding",
}
RECORD = {
    "id": 4711,
    "uuid": "5e0c3a4e-8f1d-4b52-9c35-0c9f4e3f7a10",
    "tenant_id": 12,
    "user_id": 345,
    **BODY,
    "state": 1,
    "created_time": "2026-03-02T14:31:07.251Z",
    "modified_time": "2026-03-02T14:31:07.251Z",
}
RECORD_PATH = record_path(4711)


class MicroCredentialListSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=0, help_text="of all that match, on every page")
    results = MicroCredentialSerializer(many=True)


documented = documents(
    TAG,
    list=operation(
        "list_micro_credentials",
        "List micro-credentials",
        description="One's own; an issuer and above sees the whole organization's.",
        parameters=[MicroCredentialListQuery],
        responses={
            200: answers(MicroCredentialListSerializer, {"count": 1, "results": [RECORD]}, "A page")
        },
    ),
    create=operation(
        "create_micro_credential",
        "Record a micro-credential of one's own",
        request=takes(MicroCredentialSerializer, BODY),
        responses={200: answers(MicroCredentialSerializer, RECORD, "The new record")},
    ),
    retrieve=operation(
        "get_micro_credential",
        "Get a micro-credential",
        description="For its holder, and for an issuer and above.",
        parameters=[RECORD_PATH],
        responses={200: answers(MicroCredentialSerializer, RECORD, "The record")},
    ),
    update=operation(
        "replace_micro_credential",
        "Replace a micro-credential",
        description="For its holder. A `website_url` that is left out becomes empty.",
        parameters=[RECORD_PATH],
        request=takes(MicroCredentialSerializer, BODY),
        responses={200: answers(MicroCredentialSerializer, RECORD, "The changed record")},
    ),
    partial_update=operation(
        "change_micro_credential",
        "Change parts of a micro-credential",
        description="For its holder. What is left out stays as it is.",
        parameters=[RECORD_PATH],
        request=takes(MicroCredentialSerializer, {"title": BODY["title"]}),
        responses={200: answers(MicroCredentialSerializer, RECORD, "The changed record")},
    ),
    destroy=operation(
        "delete_micro_credential",
        "Delete a micro-credential",
        description="For its holder, and for an admin and above.",
        parameters=[RECORD_PATH],
        request=None,
        responses={204: answers_nothing("Deleted: 404 from now on"), 403: [PersonInactive()]},
    ),
)

documented_public = documents(
    TAG,
    retrieve=operation(
        "get_public_micro_credential",
        "Get a micro-credential without a token",
        description="What anyone with the link may see. While the holder is inactive: only the "
        "holder, and an issuer and above of the same organization.",
        parameters=[RECORD_PATH],
        responses={
            200: answers(MicroCredentialSerializer, RECORD, "The record"),
            403: [PersonInactive()],
        },
    ),
)
