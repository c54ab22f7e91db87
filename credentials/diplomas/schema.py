"""What the OpenAPI document says of diplomas and titles."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from credentials.diplomas.conflicts import TitleInUse
from credentials.diplomas.fields import MAX_NUMBER, NOT_A_NUMBER, CamelCaseSerializer
from credentials.diplomas.serializers import (
    DiplomaBodySerializer,
    DiplomaChangeSerializer,
    DiplomaQuery,
    DiplomaSerializer,
    ListedSerializer,
    PageQuery,
    TitleSerializer,
)
from credentials_portal.documented import (
    answers,
    answers_nothing,
    documents,
    operation,
    record_path,
    takes,
)
from credentials_portal.problems import Conflict, InputError, InvalidInput

TAG, TITLE_TAG = "Diplomas", "Titles"
AT = "2026-03-02T14:31:07.251Z"
TITLE_ID = 90417
BODY = {
    "titleId": TITLE_ID,
    "obtainedAt": "2025-06-30T00:00:00.000Z",
    "attachment": {"name": "diploma.pdf", "mimeType": "application/pdf", "size": 48213},
}
DIPLOMA = {
    "id": 17,
    "userId": 3,
    "organizationId": 1,
    "titleId": TITLE_ID,
    "obtainedAt": BODY["obtainedAt"],
    "deletedAt": None,
    "updatedAt": AT,
    "createdAt": AT,
}
DOWNLOAD = "https://portal.example/files/WyJkb3dubG9hZCIsMSwxNywxNzcyNDYyNzY3XQ:U2lnbmF0dXJl"
UPLOAD = "https://portal.example/files/WyJ1cGxvYWQiLDEsOSwxNzcyNDYyNzY3XQ:U2lnbmF0dXJl"
LISTED = {
    "id": 17,
    "userId": 3,
    "title": {"id": TITLE_ID, "name": "Master welder"},
    "attachment": {"id": 9, "name": "diploma.pdf"},
    "obtainedAt": BODY["obtainedAt"],
    "deletedAt": None,
    "updatedAt": AT,
    "createdAt": AT,
    "presignedUrl": DOWNLOAD,
    "actions": {"canBeUpdated": True, "canBeDeleted": True},
}
TITLE = {
    "id": TITLE_ID,
    "name": "Master welder",
    "organizationId": 1,
    "createdAt": AT,
    "updatedAt": AT,
}


class DiplomaAnswerSerializer(CamelCaseSerializer):
    sometimes = frozenset({"uploadUrl"})

    diploma = DiplomaSerializer()
    presigned_url = serializers.URLField(help_text="GET the file here, for 15 minutes")
    upload_url = serializers.URLField(
        help_text="PUT the announced file here, while it is awaited; told to whoever may write"
    )


class ActionsSerializer(CamelCaseSerializer):
    can_be_updated = serializers.BooleanField()
    can_be_deleted = serializers.BooleanField()


class ExtendedSerializer(ListedSerializer):
    sometimes = frozenset({"presignedUrl", "actions"})

    presigned_url = serializers.URLField(help_text="with `extend=presigned-url`")
    actions = ActionsSerializer(help_text="with `extend=actions-info`")


class PaginationSerializer(CamelCaseSerializer):
    page = serializers.IntegerField(min_value=1)
    page_size = serializers.IntegerField(min_value=1)


class PageSerializer(CamelCaseSerializer):
    total_count = serializers.IntegerField(min_value=0, help_text="of all that match")
    pagination = PaginationSerializer()


class DiplomaPageSerializer(PageSerializer):
    data: Any = ExtendedSerializer(many=True)


class TitlePageSerializer(PageSerializer):
    data: Any = TitleSerializer(many=True)


def page_of(record: dict[str, Any]) -> dict[str, Any]:
    return {"data": [record], "totalCount": 1, "pagination": {"page": 1, "pageSize": 50}}


NUMBER = {"type": "integer", "format": "int64", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}
PERSON = [
    OpenApiParameter(
        "user_id",
        {"anyOf": [NUMBER, {"type": "string", "const": "me"}]},
        OpenApiParameter.PATH,
        description="Whose: the caller's own number or the word `me`; an issuer may name any "
        "member of the organization.",
        examples=[OpenApiExample("example", "me")],
    )
]
ONE = [*PERSON, record_path(17)]
WHOLE = {"diploma": DIPLOMA, "presignedUrl": DOWNLOAD, "uploadUrl": UPLOAD}
KNOWN = answers(DiplomaAnswerSerializer, WHOLE, "The diploma, and where its file is")
NOBODY = InvalidInput(errors=[InputError("/userId", "invalid", NOT_A_NUMBER)])
ATTACHMENT = (
    "An `attachment` announces a file: the answer's `uploadUrl` takes it, and it must be what was "
    "announced. One that was announced before is awaited no more; one that is there stays until "
    "the new one has come.\n\n"
    "`PUT` the bytes of the file there as they are, with `Content-Length` and without tokens: 204, "
    "or 400 `file-refused`, which says why in `errors` (`size`, `type`, `damaged`, "
    "`too_many_pixels`, `archive_too_large`, `virus`), 409 `quota-reached`, or 403 when the "
    "address has expired: get the diploma for a new one. Of a refused file nothing is stored."
)
ADDRESS = (
    "`presignedUrl` gives the file for 15 minutes, to whoever holds it, always to be saved; it is "
    "404 until there is a file. `uploadUrl` is there while one is awaited, for whoever may write."
)

documented = documents(
    TAG,
    list=operation(
        "list_diplomas",
        "List a member's diplomas",
        description="Newest first. Each filter narrows; a text may be any part of the title or of "
        "the file's name. With `extend=presigned-url` each diploma has the address of its file, "
        "with `extend=actions-info` what the caller may do with it.",
        parameters=[*PERSON, DiplomaQuery],
        responses={200: answers(DiplomaPageSerializer, page_of(LISTED), "A page")},
    ),
    create=operation(
        "create_diploma",
        "Add a diploma",
        description=ATTACHMENT,
        parameters=PERSON,
        request=takes(DiplomaBodySerializer, BODY),
        responses={201: KNOWN},
    ),
    retrieve=operation(
        "get_diploma",
        "Get a diploma",
        description=ADDRESS,
        parameters=ONE,
        responses={200: KNOWN, 400: [NOBODY]},
    ),
    partial_update=operation(
        "change_diploma",
        "Change a diploma",
        description=f"What is left out stays as it is. {ATTACHMENT}",
        parameters=ONE,
        request=takes(DiplomaChangeSerializer, {"obtainedAt": BODY["obtainedAt"]}),
        responses={200: KNOWN},
    ),
    destroy=operation(
        "delete_diploma",
        "Delete a diploma",
        description="One's own; another member's, by an administrator. It is kept with its file, "
        "which is given to nobody: an administrator of the organization can bring both back, or "
        "erase the file.",
        parameters=ONE,
        request=None,
        responses={204: answers_nothing("Deleted: 404 from now on"), 400: [NOBODY]},
    ),
)
KNOWN_TITLE = answers(TitleSerializer, TITLE, "The title")
documented_titles = documents(
    TITLE_TAG,
    list=operation(
        "list_titles",
        "List titles",
        description="Newest first.",
        parameters=[PageQuery],
        responses={200: answers(TitlePageSerializer, page_of(TITLE), "A page")},
    ),
    create=operation(
        "create_title",
        "Add a title",
        request=takes(TitleSerializer, {"name": TITLE["name"]}),
        responses={201: KNOWN_TITLE, 409: [Conflict("A title of this name exists.")]},
    ),
    retrieve=operation(
        "get_title",
        "Get a title",
        parameters=[record_path(TITLE_ID)],
        responses={200: KNOWN_TITLE},
    ),
    partial_update=operation(
        "change_title",
        "Change a title",
        parameters=[record_path(TITLE_ID)],
        request=takes(TitleSerializer, {"name": "Welder, first class"}),
        responses={200: KNOWN_TITLE, 409: [Conflict("A title of this name exists.")]},
    ),
    destroy=operation(
        "delete_title",
        "Delete a title",
        description=TitleInUse.detail,
        parameters=[record_path(TITLE_ID)],
        request=None,
        responses={204: answers_nothing("Deleted: 404 from now on"), 409: [TitleInUse()]},
    ),
)
