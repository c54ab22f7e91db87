"""Short forms for what the API's views say of themselves in the OpenAPI document."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

Serializer = type[BaseSerializer[Any]]
View = TypeVar("View", bound=type[APIView])
# What views said, until the document is made: what reads it takes a tenth of a portal's start.
_said: list[Callable[[], None]] = []


def documents(tag: str, **operations: dict[str, Any]) -> Callable[[View], View]:
    """Decorates a view: what `operation` says of each of its actions, by the action's name."""

    def decorate(view: View) -> View:
        for action, declared in operations.items():
            own = isolate_view_method(view, action)  # type: ignore[no-untyped-call]
            _said.append(partial(extend_schema(tags=[tag], **declared), own))
        return view

    return decorate


def hand_over() -> None:
    """To who makes the document, once the views are loaded."""
    while _said:
        _said.pop(0)()


def operation(operation_id: str, summary: str, **declared: Any) -> dict[str, Any]:
    return {"operation_id": operation_id, "summary": summary, **declared}


def takes(serializer: Serializer, example: Any) -> OpenApiRequest:
    """A request body."""
    return OpenApiRequest(serializer, examples=[OpenApiExample("example", example)])


def answers(serializer: Serializer, example: Any, description: str) -> OpenApiResponse:
    """A successful answer."""
    return OpenApiResponse(serializer, description, [OpenApiExample("example", example)])


def answers_nothing(description: str) -> OpenApiResponse:
    return OpenApiResponse(description=description)


NUMBER = {"type": "integer", "format": "int64", "minimum": 1}
UUID = {"type": "string", "format": "uuid"}


def path_variable(
    name: str, description: str, example: Any, *also: dict[str, Any]
) -> OpenApiParameter:
    """A number or uuid in a path; `also`, schemas of what else it may be."""
    either: dict[str, Any] = {"anyOf": [NUMBER, UUID, *also]}
    examples = [OpenApiExample("example", example)]
    return OpenApiParameter(
        name, either, OpenApiParameter.PATH, description=description, examples=examples
    )


def record_path(example: int) -> OpenApiParameter:
    """The `{record}` in a path, which is a record's `id` or its `uuid`."""
    return path_variable("record", "The record's `id` or its `uuid`.", example)
