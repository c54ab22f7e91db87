"""The envelopes of `pages`, and the variables of this family's paths, for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from credentials.organization_credentials.pages import MAX_PAGE_SIZE
from credentials_portal.documented import Serializer

UUID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"


class OperationStatusSerializer(serializers.Serializer[Any]):
    success = serializers.ChoiceField([True])
    description = serializers.ChoiceField(["Ok", "Created", "Updated"])


class EnvelopeSerializer(serializers.Serializer[Any]):
    status = OperationStatusSerializer()


class EnvelopedPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="the address of the next page")
    previous = serializers.CharField(allow_null=True, help_text="the address of the page before")
    count = serializers.IntegerField(min_value=0, help_text="of all that match, on every page")
    num_pages = serializers.IntegerField(min_value=1)
    page_number = serializers.IntegerField(min_value=1)
    max_page_size = serializers.ChoiceField([MAX_PAGE_SIZE])


def enveloped(name: str, record: Serializer) -> Serializer:
    return _made(f"{name}AnswerSerializer", EnvelopeSerializer, result=record())


def enveloped_page(name: str, record: Serializer) -> Serializer:
    page = _made(f"{name}PageSerializer", EnvelopedPageSerializer, data=record(many=True))
    return _made(f"{name}ListSerializer", EnvelopeSerializer, result=page())


def _made(name: str, base: type[Any], **fields: Any) -> Serializer:
    made: Serializer = type(name, (base,), fields)
    return made


def one_of(record: dict[str, Any], description: str = "Ok") -> dict[str, Any]:
    return {"status": {"success": True, "description": description}, "result": record}


def page_of(record: dict[str, Any]) -> dict[str, Any]:
    numbers = {"num_pages": 1, "page_number": 1, "max_page_size": MAX_PAGE_SIZE}
    return one_of({"next": None, "previous": None, "count": 1, "data": [record], **numbers})


def _variable(name: str, schema: dict[str, Any], description: str, example: Any) -> Any:
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.PATH,
        description=description,
        examples=[OpenApiExample("example", example)],
    )


PERSON_PATH = [
    _variable(
        "org", {"type": "string"}, "The organization's slug; its `id` and `uuid` work too.", "acme"
    ),
    _variable(
        "user_id",
        {"type": "string"},
        "Who makes the request, by `id`, username or the word `me`; an administrator may name any "
        "member.",
        "me",
    ),
    OpenApiParameter("platform_org", str, description="Overrides the organization in the path."),
]
ENTITY_ID = {"type": "string", "format": "uuid"}
ENTITY = _variable("entity_id", ENTITY_ID, "The record's `entity_id`.", UUID)
ENTITY_PATH = [*PERSON_PATH, ENTITY]
