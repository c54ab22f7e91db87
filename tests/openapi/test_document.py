"""What the OpenAPI document says, and that it says it of every operation."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command

from tenants import ids
from tests.certifications import access as certifications
from tests.openapi.document import Operation, document, examples, faults, operations, resolved

ORGANIZATION = "/api/v1/organizations/{organization}"
MEMBERS = f"{ORGANIZATION}/organization-members"
TYPE = f"{ORGANIZATION}/certification-types/{{record}}"
ASSIGNMENT = f"{MEMBERS}/{{member}}/job-roles/{{record}}"
VERIFICATION = "/api/v1/certifications/{record}/verification"
DIPLOMAS, TITLES = "/api/v1/users/{user_id}/diplomas", "/api/v1/titles"
PERSON, ENTITY = "/api/v1/credentials/orgs/{org}/users/{user_id}/", "{entity_id}"
# Every operation at its documented spelling, with every answer that it may give.
ANSWERS = {
    "post /api/v1/token": "200 400 401 403 404 413 415 429",
    "post /api/v1/token/refresh": "200 400 401 413 415 429",
    "post /api/v1/logout": "204 400 401 413 415 429",
    "get /api/v1/users/me": "200 304 401 403 404 429",
    "patch /api/v1/users/me": "200 400 401 403 404 413 415 429",
    "get /api/v1/user-micro-credentials": "200 304 400 401 403 404 429",
    "post /api/v1/user-micro-credentials": "200 400 401 403 404 409 413 415 422 429",
    "get /api/v1/user-micro-credential/{record}": "200 304 401 403 404 429",
    "put /api/v1/user-micro-credential/{record}": "200 400 401 403 404 412 413 415 429",
    "patch /api/v1/user-micro-credential/{record}": "200 400 401 403 404 412 413 415 429",
    "delete /api/v1/user-micro-credential/{record}": "204 401 403 404 412 429",
    "get /api/v1/public/user-micro-credential/{record}": "200 304 401 403 404 429",
    "get /api/v1/user_credentials/": "200 304 400 401 403 404 429",
    "post /api/v1/user_credentials/": "201 400 401 403 404 409 413 415 422 429",
    "post /api/v1/user_credentials/bulk/": "207 400 401 403 404 409 413 415 422 429",
    "get /api/v1/user_credentials/{record}": "200 304 401 403 404 429",
    "patch /api/v1/user_credentials/{record}": "200 400 401 403 404 412 413 415 429",
    "get /api/v1/program_credentials/": "200 304 400 401 403 404 429",
    "get /api/v1/course_credentials/": "200 304 400 401 403 404 429",
    "get /api/v1/programs/": "200 304 400 401 403 404 429",
    "post /api/v1/programs/": "201 400 401 403 404 409 413 415 422 429",
    "get /api/v1/programs/{record}": "200 304 401 403 404 429",
    "patch /api/v1/programs/{record}": "200 400 401 403 404 409 412 413 415 429",
    "delete /api/v1/programs/{record}": "204 401 403 404 409 412 429",
    "get /api/v1/courses/": "200 304 400 401 403 404 429",
    "post /api/v1/courses/": "201 400 401 403 404 409 413 415 422 429",
    "get /api/v1/courses/{record}": "200 304 401 403 404 429",
    "patch /api/v1/courses/{record}": "200 400 401 403 404 409 412 413 415 429",
    "delete /api/v1/courses/{record}": "204 401 403 404 409 412 429",
    "get /api/v1/certifications": "200 304 400 401 403 404 429",
    "post /api/v1/certifications": "200 201 400 401 403 404 409 413 415 422 429",
    "get /api/v1/certifications/{record}": "200 304 401 403 404 429",
    "patch /api/v1/certifications/{record}": "200 400 401 403 404 409 412 413 415 429",
    "delete /api/v1/certifications/{record}": "204 401 403 404 412 429",
    f"post {VERIFICATION}": "200 400 401 403 404 409 412 413 415 422 429 503",
    f"get {ORGANIZATION}/certifications": "200 304 400 401 403 404 429",
    f"post {ORGANIZATION}/certifications": "200 201 400 401 403 404 409 413 415 422 429",
    f"get {ORGANIZATION}/certification-types": "200 304 400 401 403 404 429",
    f"post {ORGANIZATION}/certification-types": "201 400 401 403 404 409 413 415 422 429",
    f"get {TYPE}": "200 304 401 403 404 429",
    f"patch {TYPE}": "200 400 401 403 404 409 412 413 415 429",
    "get /api/v1/me": "200 304 401 403 404 429",
    "get /api/v1/organizations": "200 304 400 401 403 404 429",
    f"get {ORGANIZATION}": "200 304 401 403 404 429",
    f"patch {ORGANIZATION}": "200 400 401 403 404 412 413 415 429",
    f"get {MEMBERS}": "200 304 400 401 403 404 429",
    f"post {MEMBERS}": "201 400 401 403 404 409 413 415 422 429",
    f"get {MEMBERS}/{{record}}": "200 304 401 403 404 429",
    f"patch {MEMBERS}/{{record}}": "200 400 401 403 404 409 412 413 415 429",
    f"get {ORGANIZATION}/job-roles": "200 304 400 401 403 404 429",
    f"post {ORGANIZATION}/job-roles": "201 400 401 403 404 409 413 415 422 429",
    f"get {ORGANIZATION}/job-roles/{{record}}": "200 304 401 403 404 429",
    f"patch {ORGANIZATION}/job-roles/{{record}}": "200 400 401 403 404 409 412 413 415 429",
    f"get {ORGANIZATION}/qualifications": "200 304 400 401 403 404 429",
    f"post {ORGANIZATION}/qualifications": "201 400 401 403 404 409 413 415 422 429",
    f"get {ORGANIZATION}/qualifications/{{record}}": "200 304 401 403 404 429",
    f"patch {ORGANIZATION}/qualifications/{{record}}": "200 400 401 403 404 409 412 413 415 429",
    f"put {ASSIGNMENT}": "200 400 401 403 404 409 412 413 415 429",
    f"delete {ASSIGNMENT}": "204 401 403 404 412 429",
    "get /api/v1/qualification-results": "200 304 400 401 403 404 429",
    f"get {ORGANIZATION}/qualification-results": "200 304 400 401 403 404 429",
    f"get {ORGANIZATION}/expirations": "200 304 400 401 403 404 429",
    f"get {PERSON}": "200 304 400 401 403 404 429",
    f"post {PERSON}": "201 400 401 403 404 409 413 422 429",
    f"get {PERSON}issuers/": "200 304 400 401 403 404 429",
    f"post {PERSON}issuers/": "201 400 401 403 404 409 413 422 429",
    f"get {PERSON}{ENTITY}": "200 304 400 401 403 404 429",
    f"put {PERSON}{ENTITY}": "200 400 401 403 404 412 413 429",
    f"delete {PERSON}{ENTITY}": "204 400 401 403 404 409 412 429",
    f"get {PERSON}issuers/{ENTITY}": "200 304 400 401 403 404 429",
    f"put {PERSON}issuers/{ENTITY}": "200 400 401 403 404 412 413 429",
    f"delete {PERSON}issuers/{ENTITY}": "204 400 401 403 404 409 412 429",
    f"post {PERSON}{ENTITY}/assertions/": "201 400 401 403 404 409 413 422 429",
    f"post {PERSON}{ENTITY}/assertions/bulk/": "200 207 400 401 403 404 409 413 422 429",
    f"get {PERSON}assertions/": "200 304 400 401 403 404 429",
    f"get {PERSON}assertions/{ENTITY}": "200 304 400 401 403 404 429",
    f"put {PERSON}assertions/{ENTITY}": "200 400 401 403 404 409 412 413 429",
    f"post {PERSON}signals/": "200 400 401 403 404 409 413 422 429",
    f"get /api/v1/credentials/public/assertions/{ENTITY}": "200 304 401 403 404 410 429",
    f"get {DIPLOMAS}": "200 304 400 401 403 404 429",
    f"post {DIPLOMAS}": "201 400 401 403 404 409 413 415 422 429",
    f"get {DIPLOMAS}/{{record}}": "200 400 401 403 404 429",
    f"patch {DIPLOMAS}/{{record}}": "200 400 401 403 404 412 413 415 429",
    f"delete {DIPLOMAS}/{{record}}": "204 400 401 403 404 412 429",
    "get /api/v1/events": "200 304 400 401 403 404 429",
    "get /api/v1/users/{user_id}/credentials": "200 304 400 401 403 404 429",
    "get /api/v1/credentials": "200 304 400 401 403 404 429",
    f"get {TITLES}": "200 304 400 401 403 404 429",
    f"post {TITLES}": "201 400 401 403 404 409 413 415 422 429",
    f"get {TITLES}/{{record}}": "200 304 401 403 404 429",
    f"patch {TITLES}/{{record}}": "200 400 401 403 404 409 412 413 415 429",
    f"delete {TITLES}/{{record}}": "204 401 403 404 409 412 429",
}
OPEN = {
    "sign_in",
    "refresh_tokens",
    "sign_out",
    "get_public_micro_credential",
    "get_public_assertion",
}

OF_NO_FAMILY = ("/api/v1/token", "/api/v1/logout", "/api/v1/users/me")
each_operation = pytest.mark.parametrize("operation", operations(), ids=str)


def contents(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything with a schema: the body, the answers, the variables of the path."""
    for media_type, part in operation.body.items():
        yield f"body {media_type}", part
    for status, answer in operation.answers.items():
        for media_type, part in answer.get("content", {}).items():
            yield f"{status} {media_type}", part
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            yield f"path {parameter['name']}", parameter


def with_default(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema that names a default."""
    if isinstance(part, dict) and "default" in part:
        yield part
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in inner:
        yield from with_default(value)


def test_document_is_valid_and_made_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())

    schemathesis.openapi.from_dict(document()).validate()


def test_every_operation_stands_once_with_every_answer() -> None:
    found = {
        f"{operation.method} {operation.path}": " ".join(operation.answers)
        for operation in operations()
    }

    assert found == ANSWERS
    assert document()["openapi"].startswith("3.1.")


def test_every_operation_has_its_own_id_a_summary_and_one_tag() -> None:
    declared = [operation.declared for operation in operations()]

    assert len({part["operationId"] for part in declared}) == len(declared)
    assert [part["operationId"] for part in declared if not part.get("summary")] == []
    assert [part["operationId"] for part in declared if len(part.get("tags", [])) != 1] == []


@each_operation
def test_every_body_and_answer_has_an_example_that_fits_its_schema(operation: Operation) -> None:
    found = {name: examples(part) for name, part in contents(operation)}

    assert found
    assert [name for name, values in found.items() if not values] == []
    assert {
        name: wrong
        for name, part in contents(operation)
        for value in found[name]
        if (wrong := faults(part["schema"], value))
    } == {}


def test_every_default_fits_its_schema() -> None:
    found = list(with_default(document()))

    assert found
    assert [part for part in found if faults(part, part["default"])] == []


@each_operation
def test_every_refusal_is_a_problem_and_its_examples_have_its_status(operation: Operation) -> None:
    refusals = {status: part for status, part in operation.answers.items() if status >= "400"}

    assert refusals
    for status, answer in refusals.items():
        content = answer["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert {example["status"] for example in examples(content)} == {int(status)}


@each_operation
def test_tokens_are_asked_for_except_where_the_operation_is_open(operation: Operation) -> None:
    tokens: list[dict[str, Any]] = [{"accessToken": [], "sessionToken": []}, {"apiToken": []}]
    if not operation.path.startswith((DIPLOMAS, TITLES)):
        tokens = [{"accessToken": []}, *tokens]

    assert operation.declared["security"] == [*tokens, {}] if str(operation) in OPEN else tokens


@each_operation
def test_headers_of_retries_and_conditions_are_where_they_work(operation: Operation) -> None:
    of_family = not operation.path.startswith(OF_NO_FAMILY)
    expected = {
        "get": {"If-None-Match"},
        "post": {"Idempotency-Key"} if of_family else set(),
    }.get(operation.method, {"If-Match"} if of_family else set())
    if operation.method == "get" and operation.path == f"{DIPLOMAS}/{{record}}":
        # Its answer holds signed addresses.
        expected = set()
    if operation.path == VERIFICATION:
        expected = expected | {"If-Match"}

    assert {part["name"] for part in operation.parameters if part["in"] == "header"} == expected
    assert all("X-Request-ID" in answer["headers"] for answer in operation.answers.values())


def test_paths_of_certifications_ask_for_the_id_that_answers_tell() -> None:
    variables = [
        part
        for operation in operations()
        if operation.path.split("/")[3] in certifications.ROOTS
        for part in operation.parameters
        if part["in"] == "path"
    ]

    assert variables
    assert [part for part in variables if "`id`; its number" not in part["description"]] == []
    assert [part for part in variables if not ids.as_uuid(examples(part)[0])] == []


def test_record_of_a_micro_credential_states_types_formats_and_that_nothing_is_null() -> None:
    record = document()["components"]["schemas"]["MicroCredential"]
    shown = {
        name: {
            key: value
            for key, value in (resolved(part.get("allOf", [part])[0]) | part).items()
            if key in {"type", "format", "enum", "maxLength"}
        }
        for name, part in record["properties"].items()
    }

    number, moment = (
        {"type": "integer", "format": "int64"},
        {"type": "string", "format": "date-time"},
    )
    assert shown == {
        "id": number,
        "uuid": {"type": "string", "format": "uuid"},
        "tenant_id": number,
        "user_id": number,
        "title": {"type": "string", "maxLength": 1000},
        "issued": moment,
        "expires": moment,
        "website_url": {"type": "string", "maxLength": 2048},
        "state": {"type": "integer", "enum": [0, 1]},
        "created_time": moment,
        "modified_time": moment,
    }
    assert record["required"] == list(shown)


def test_body_of_a_micro_credential_states_what_is_required_and_what_is_refused() -> None:
    body = {"$ref": "#/components/schemas/MicroCredentialRequest"}
    right = {"title": "T", "issued": "2026-01-01T00:00:00Z", "expires": "2026-01-01T00:00:00Z"}

    assert resolved(body)["required"] == ["expires", "issued", "title"]
    for address in ({}, {"website_url": ""}, {"website_url": "https://school.example"}):
        assert faults(body, right | address) == []
    wrong: tuple[dict[str, Any], ...] = (
        {"title": " "},
        {"title": None},
        {"title": "x" * 1001},
        {"issued": "2026-01-01T00:00:00"},
        {"website_url": None},
        {"website_url": "javascript:alert(1)"},
    )
    for change in wrong:
        assert faults(body, {**right, **change}), change
