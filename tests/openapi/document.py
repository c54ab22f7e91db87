"""The OpenAPI document as tests read it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
from drf_spectacular.renderers import OpenApiJsonRenderer2

from credentials_portal.docs import rendered

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """As it is served."""
    content: dict[str, Any] = json.loads(rendered(OpenApiJsonRenderer2))
    return content


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` stands for."""
    if "$ref" not in part:
        return part
    found: Any = document()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return resolved(found)


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """Why the value is not what the schema says, formats included."""
    return [str(error) for error in validator(json.dumps(schema)).iter_errors(value)]


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """Made once for each schema: making it takes longer than many a request."""
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@dataclass(frozen=True)
class Operation:
    method: str
    path: str

    @property
    def declared(self) -> dict[str, Any]:
        found: dict[str, Any] = document()["paths"][self.path][self.method]
        return found

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        return {status: resolved(part) for status, part in self.declared["responses"].items()}

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [resolved(part) for part in self.declared.get("parameters", [])]

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = self.declared.get("requestBody", {}).get("content", {})
        return found

    @property
    def body_example(self) -> Any:
        """What Try it out would send."""
        for content in self.body.values():
            return examples(content)[0]
        return None

    @property
    def success(self) -> tuple[int, dict[str, Any]]:
        status = min(self.answers)
        return int(status), self.answers[status]

    def __str__(self) -> str:
        return str(self.declared["operationId"])


def examples(part: dict[str, Any]) -> list[Any]:
    return [example["value"] for example in part.get("examples", {}).values()]


def operations() -> list[Operation]:
    return [
        Operation(method, path)
        for path, declared in document()["paths"].items()
        for method in METHODS
        if method in declared
    ]
