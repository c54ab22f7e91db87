"""The OpenAPI document: what every operation has in common is read from what its view declares."""
# mypy: disallow-untyped-calls=False

from typing import Any, cast

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, force_instance, is_list_serializer
from rest_framework import serializers

from credentials.core import field_schema  # noqa: F401 - spectacular finds it there
from credentials_portal import documented, form_schema
from credentials_portal.json_format import AnyTypeParser
from credentials_portal.schema_components import (
    ABOUT,
    COMPONENTS,
    PROBLEMS,
    Part,
    headers,
    reference,
    refusal,
    refusal_name,
)
from tenants.access import Open
from tenants.models import Role
from tenants.views import PortalView

METHODS = ("get", "post", "put", "patch", "delete")
WITH_BODY = ("POST", "PUT", "PATCH")


class PortalGenerator(SchemaGenerator):
    """Each operation once, at its documented spelling."""

    def __init__(self, *, urlconf: Any = None, **options: Any) -> None:
        super().__init__(urlconf=urlconf or "credentials_portal.api", **options)
        for kind, parts in COMPONENTS.items():
            for name, part in parts.items():
                self.registry.register(ResolvedComponent(name, kind, part, object=name))

    def parse(self, *args: Any) -> dict[str, Part]:
        """In one order, for every process: the document's ETag depends on it."""
        self._initialise_endpoints()
        documented.hand_over()
        paths: dict[str, Part] = super().parse(*args)
        return {
            path: {method: operations[method] for method in METHODS if method in operations}
            for path, operations in paths.items()
        }

    def get_schema(self, *args: Any, **options: Any) -> Part:
        document: Part = super().get_schema(*args, **options)
        document["info"]["description"] = ABOUT
        return document


class PortalSchema(AutoSchema):
    """One operation: its tokens, its headers and every refusal that may answer it."""

    @property
    def portal_view(self) -> PortalView:
        view: Any = self.view
        return cast("PortalView", view)

    @property
    def least(self) -> Role | Open:
        return self.portal_view.roles[self.portal_view.action]

    @property
    def is_tagged(self) -> bool:
        return self.method == "GET" and self.portal_view.action not in self.portal_view.untagged

    @property
    def family_method(self) -> str:
        """The method, for an operation on a family's credentials."""
        return str(self.method) if self.portal_view.family else ""

    def get_operation(self, *args: Any) -> Part | None:
        operation: Part | None = super().get_operation(*args)
        if operation:
            names = self.shared_parameters(operation["responses"])
            shared = [reference("parameters", name) for name in names]
            operation["parameters"] = [*operation.get("parameters", []), *shared]
            takes_query = any(p.get("in") == "query" for p in operation["parameters"])
            self.add_answers(operation["responses"], takes_query=takes_query)
        return operation

    def get_auth(self) -> list[Part]:
        tokens: list[Part] = [{"accessToken": [], "sessionToken": []}, {"apiToken": []}]
        if not self.portal_view.needs_session:
            tokens = [{"accessToken": []}, *tokens]
        return [*tokens, {}] if self.least is Open.ANYONE else tokens

    def shared_parameters(self, answers: Part) -> list[str]:
        if self.method == "GET":
            return ["If-None-Match"] if self.is_tagged else []
        if self.family_method == "POST":
            return ["Idempotency-Key", *(["If-Match"] if "412" in answers else [])]
        return ["If-Match"] if self.family_method else []

    def add_answers(self, answers: Part, *, takes_query: bool) -> None:
        for answer in answers.values():
            answer.setdefault("headers", headers(*self.success_headers()))
        if self.is_tagged:
            answers["304"] = {"description": "Not Modified", "headers": headers("ETag")}
        for status in self.refusals(takes_query=takes_query):
            answers.setdefault(str(status), reference("responses", refusal_name(status)))
        for code in sorted(answers):
            answers[code] = answers.pop(code)

    def success_headers(self) -> list[str]:
        if self.method == "GET":
            return ["ETag"] if self.is_tagged else []
        return ["Idempotency-Replayed"] if self.family_method == "POST" else []

    def refusals(self, *, takes_query: bool = False) -> set[int]:
        """The statuses with which the portal may refuse the operation."""
        found = {401, 429}
        if isinstance(self.least, Role):
            found |= {403, 404}
        if "{" in self.path:
            found.add(404)
        if takes_query:
            found.add(400)
        if self.method in WITH_BODY:
            found |= {400, 413}
            if AnyTypeParser not in self.portal_view.parser_classes:
                found.add(415)
        if self.family_method == "POST":
            found |= {409, 422}
        elif self.family_method not in {"", "GET"}:
            found.add(412)
        return found

    # --- How spectacular reads a declaration

    def get_description(self) -> str:  # type: ignore[override]
        """Declared, or none: docstrings are for colleagues."""
        return ""

    def _get_response_for_code(self, serializer: Any, status_code: str, *a: Any, **k: Any) -> Part:
        """A list holds the problems that an operation adds to those of its kind."""
        if not isinstance(serializer, list):
            answer: Part = super()._get_response_for_code(serializer, status_code, *a, **k)
            return answer
        status = int(status_code)
        shared = PROBLEMS[status] if status in self.refusals() else []
        return refusal(status, [*shared, *serializer])

    def _get_request_body(self, direction: str = "request") -> Part | None:
        body: Part | None = super()._get_request_body(direction)
        declared = self.get_request_serializer()
        serializer = force_instance(getattr(declared, "request", declared))
        for media_type in form_schema.FORMS:
            part = (body or {}).get("content", {}).get(media_type)
            if part and (encoding := form_schema.encoding(serializer, media_type)):
                part["encoding"] = encoding
        return body

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Nothing is a bare list unless its declaration says so."""
        return bool(is_list_serializer(serializer))

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Part:
        """An answer always has all of its fields; what a PATCH leaves out has no default."""
        schema: Part = super()._map_basic_serializer(serializer, direction)
        for part in schema["properties"].values():
            # Where a pattern or nothing is allowed, the default need not fit the pattern.
            for option in part.get("oneOf", ()):
                if "default" in option:
                    part["default"] = option.pop("default")
            if direction == "response" or getattr(serializer, "partial", False):
                part.pop("default", None)
        if direction == "response":
            sometimes: frozenset[str] = getattr(serializer, "sometimes", frozenset())
            schema["required"] = [each for each in schema["properties"] if each not in sometimes]
        return schema

    def _map_serializer_field(self, field: Any, direction: str, *args: Any) -> Part:
        schema: Part = super()._map_serializer_field(field, direction, *args)
        if isinstance(field, serializers.IntegerField) and f"_{field.field_name}".endswith("_id"):
            schema["format"] = "int64"
        if isinstance(field, serializers.ChoiceField) and says_nothing(field):
            del schema["description"]
        if direction == "request" and getattr(field, "is_cleared_by_null", False):
            # Taken, though never answered.
            schema = with_null(schema)
        return schema


def with_null(schema: Part) -> Part:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {**schema, "oneOf": [*schema["oneOf"], {"type": "null"}]}


def says_nothing(field: serializers.ChoiceField) -> bool:
    """Its choices are their own labels."""
    return not field.help_text and all(value == label for value, label in field.choices.items())
